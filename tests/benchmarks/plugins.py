"""What a plug-in's rule costs, compiled: a copy of consensus beside the built-in that it copies."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
from measure import Line

from negotiation_sim.catalogue import load_setting
from negotiation_sim.engine import ensemble
from negotiation_sim.engine.given_plugins import with_plugin
from negotiation_sim.engine.scenario import compile_setting
from negotiation_sim.engine.table import frame_of, rows_of

COPY = '''\
from negotiation_sim.engine.plugins import rule


@rule("consensus")
def copied(ballot):
    """Consensus as it is built in: somebody accepts, and no member objects."""
    return (
        ballot.n_accepting > 0 and ballot.required_objecting == 0 and ballot.n_objecting == 0
    )
'''
PAIRS, REPLICATES = 11, 40


def rule() -> list[Line]:
    """Alternate both, in every strategy of bellagio; the median of the pairs' ratios."""
    setting = load_setting("bellagio")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "copied.py"
        file.write_text(COPY, "utf-8")
        plugged = compile_setting(with_plugin(setting, file))
        built_in = compile_setting(setting)
        every = list(range(len(built_in.strategy_names)))
        tables = []
        for scenario in (built_in, plugged):  # compiles
            worlds = ensemble.worlds_of(0, REPLICATES)
            found = ensemble.simulate(scenario, every, 1, worlds)
            tables.append(frame_of(rows_of(scenario, every, 1, worlds, found)))
        ratios = []
        for pair in range(PAIRS):
            worlds = ensemble.worlds_of(1000 * pair, REPLICATES)
            seconds = []
            for scenario in (built_in, plugged):
                start = time.process_time()
                ensemble.simulate(scenario, every, 1, worlds)
                seconds.append(time.process_time() - start)
            ratios.append(seconds[1] / seconds[0])
    low, high = np.quantile(ratios, [0.25, 0.75])
    same = "the same table" if tables[0].equals(tables[1]) else "ANOTHER TABLE"
    value = f"{statistics.median(ratios):.2f} ({low:.2f} to {high:.2f}), {same}"
    return [Line("a plug-in's copy of consensus, to the built-in", value, "1.2 at most")]
