"""Run folders: written whole or not at all, read back as pandas or as a lazy dataset.

``results/<experiment>/<run id>/`` holds ``manifest.json`` (the inputs whole, seed, versions,
counts, chunks with checksums; nothing that changes from run to run), ``log.json`` (times),
``replicates/part-00000.parquet`` onwards, ``summary.csv`` and ``figures/``. While a run is being
written its folder is called ``<run id>.unfinished``; only a finished one gets its name.
"""

from negotiation_sim.runs.identity import (
    canonical,
    hash_of_sources,
    run_id,
    source_version,
    unknown_form,
    versions,
)
from negotiation_sim.runs.store.reader import (
    Run,
    differences,
    find_run,
    latest_runs,
    load,
    open_run,
    read_unfinished,
    setting_errors,
)
from negotiation_sim.runs.store.replicate_columns import replicate_schema
from negotiation_sim.runs.store.run_folders import is_taken, part_problems
from negotiation_sim.runs.store.writer import RunWriter

__all__ = [
    "Run",
    "RunWriter",
    "canonical",
    "differences",
    "find_run",
    "hash_of_sources",
    "is_taken",
    "latest_runs",
    "load",
    "open_run",
    "part_problems",
    "read_unfinished",
    "replicate_schema",
    "run_id",
    "setting_errors",
    "source_version",
    "unknown_form",
    "versions",
]
