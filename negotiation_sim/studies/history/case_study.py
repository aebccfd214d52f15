"""A historical case as a study: the scenario that the back-test runs, to be run, varied and argued with."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from negotiation_sim.catalogue.names import check_name
from negotiation_sim.catalogue.schema import Setting
from negotiation_sim.catalogue.setting_files import write_setting
from negotiation_sim.errors import CatalogueError, UsageError, nearest
from negotiation_sim.studies.history.case_runs import HORIZON_YEARS, case_environment
from negotiation_sim.studies.history.cases import Case, read_cases
from negotiation_sim.studies.history.mapping import case_to_setting
from negotiation_sim.studies.history.parameter_file import Calibrated, calibrated

SAID = "A historical case by the mapping of docs/backtest-mapping.md: the scenario that `backtest cases` runs."
RESULTS_OF = "Adoption within so many years, in its tables, is what the back-test forecasts."


def find_case(file: str | PathLike[str], name: str) -> Case:
    """Return the case of an id in a file of cases.

    Raises
    ------
    CatalogueError
        Where the file cannot be read, or has no such id: with the nearest.
    """
    found = {case.id: case for case in read_cases(file)[0]}
    if name not in found:
        raise CatalogueError(str(file), None, "id", f"no case '{name}'{nearest(name, found)}")
    return found[name]


def case_setting(
    case: Case, member: int | None = None, parameters: Calibrated | None = None
) -> Setting:
    """Return the scenario that the back-test runs for a case, under the case's id and name.

    Parameters
    ----------
    case : Case
    member : int, optional
        Of the fits among which the back-test shares its worlds, counted from 1; by default the one
        fitted to all cases.
    parameters : Calibrated, optional
        Those in force by default.
    """
    known = parameters or calibrated()
    environment, mapping = known.environment, known.mapping
    if member is not None:
        if not 1 <= member <= len(known.points):
            raise UsageError(f"member: {member} is not between 1 and {len(known.points)}")
        environment, mapping = known.points[member - 1]
    setting = case_to_setting(
        case, case_environment(environment), mapping, horizon_years=HORIZON_YEARS
    )
    return setting.model_copy(update={"id": case.id, "name": _name(case)})


def write_case(
    file: str | PathLike[str], name: str, out: str | PathLike[str], member: int | None = None
) -> list[Path]:
    """Write the study of a case into a new or empty folder; return its files."""
    setting = case_setting(find_case(file, name), member)
    return write_setting(setting, Path(out), f"{SAID}\n{RESULTS_OF}")


def _name(case: Case) -> str:
    """Return the case's name where an experiment may have it, else its id."""
    try:
        return check_name(case.name)
    except ValueError:
        return case.id
