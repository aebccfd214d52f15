"""Writes experiments/backtest/outside_view.json: the outside view's record, out of fold.

python tools/outside_record.py [--check]    # about a minute; --check: exit code 1 where it differs
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from negotiation_sim.studies.history.case_forecasts import plain
from negotiation_sim.studies.history.case_table import coded_cases
from negotiation_sim.studies.history.outside_record import KNOWN_AT, RECORD, record_of

ROOT = Path(__file__).resolve().parent.parent


def record_text() -> str:
    found = {at.isoformat(): record_of(coded_cases(), at) for at in KNOWN_AT}
    rounded = json.loads(json.dumps(plain(found)), parse_float=lambda text: round(float(text), 4))
    return json.dumps(rounded, indent=1) + "\n"


def main() -> int:
    path, text = ROOT / RECORD, record_text()
    if "--check" in sys.argv[1:]:
        same = path.is_file() and path.read_text("utf-8") == text
        if not same:
            print(f"{RECORD}: differs; run python tools/outside_record.py", file=sys.stderr)
        return 0 if same else 1
    path.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
