"""Reads and cross-checks ``actors/``, ``venues/`` and ``experiments/``; errors with file and line.

The modules build on one another in this order: strict_yaml, records, reports, folders,
environment, population, checks, overrides, lookup, cast, strategies, tracks, loading, browse,
checking, study.
"""

from negotiation_sim.catalogue.browse import describe, list_catalogue
from negotiation_sim.catalogue.check_files import check_paths
from negotiation_sim.catalogue.folders import KINDS, find_root
from negotiation_sim.catalogue.imports import Imported, import_study
from negotiation_sim.catalogue.loading import load_setting, load_sweep
from negotiation_sim.catalogue.overrides import apply_overrides, parse_set
from negotiation_sim.catalogue.paths import known_paths, targets
from negotiation_sim.catalogue.process_parameters import environment_table
from negotiation_sim.catalogue.records import EnvironmentEntry
from negotiation_sim.catalogue.strategy_names import parse_strategy
from negotiation_sim.catalogue.study import init_study

__all__ = [
    "KINDS",
    "EnvironmentEntry",
    "Imported",
    "apply_overrides",
    "check_paths",
    "describe",
    "environment_table",
    "find_root",
    "import_study",
    "init_study",
    "known_paths",
    "list_catalogue",
    "load_setting",
    "load_sweep",
    "parse_set",
    "parse_strategy",
    "targets",
]
