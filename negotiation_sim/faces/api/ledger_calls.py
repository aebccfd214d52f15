"""The calls of ``api`` on sealed forecasts: seal, and check, show or score a ledger."""

from __future__ import annotations

from datetime import UTC, date, datetime
from os import PathLike
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from negotiation_sim.runs.ledger import Sealed
    from negotiation_sim.runs.store import Run
    from negotiation_sim.studies.sealing import Score

PathOrName = str | PathLike[str]


def _today() -> date:
    return datetime.now(UTC).date()


def seal(
    run: PathOrName | Run,
    resolves: str,
    by: str,
    *,
    strategy: str | None = None,
    event: str = "adoption",
    ledger: PathOrName = "ledger.txt",
    root: PathOrName = "results",
) -> Sealed:
    """Append a run's forecast to a ledger.

    Parameters
    ----------
    run : path, str or Run
        A run folder, the first digits of an id, or an experiment (then its latest run), under
        ``root``.
    resolves : str
        How anybody will see whether it happened.
    by : str
        The day by which, YYYY-MM-DD: after today, within the run's horizon.
    strategy : str, optional
        Which one, where the run has several.
    event : {'adoption', 'mandate', 'entry_into_force', 'success'}
    ledger : path
        Begun where there is none.
    root : path
        The results root in which ids are looked up.

    Returns
    -------
    Sealed
        ``entry`` (question, P, hash of manifest and tables, version, dates) and ``hash``.

    Raises
    ------
    NegotiationSimError
        Bad input, or a ledger that does not check; nothing is written then.
    """
    from negotiation_sim.runs import ledger as chain
    from negotiation_sim.runs import store
    from negotiation_sim.studies import sealing

    today = _today()
    found = store.find_run(run, root, kind="run")
    content = sealing.of_run(found, strategy, event, resolves, by, today)
    return chain.append(ledger, content, today)


def read_ledger(ledger: PathOrName = "ledger.txt", *, head: str | None = None) -> list[Sealed]:
    """Check a ledger line by line and return what was sealed.

    Parameters
    ----------
    ledger : path
    head : str, optional
        A hash that was published earlier, which some line must have.

    Raises
    ------
    StoreError
        Naming the first line that is not as it was sealed.
    """
    from negotiation_sim.runs import ledger as chain

    sealed = chain.read_ledger(ledger)
    if head is not None:
        chain.check_head(ledger, sealed, head)
    return sealed


def score_ledger(outcomes: PathOrName, ledger: PathOrName = "ledger.txt") -> Score:
    """Score the forecasts of a ledger by what happened.

    Parameters
    ----------
    outcomes : path
        A CSV file with the columns ``number`` and ``outcome`` (1 happened, 0 did not).
    ledger : path

    Returns
    -------
    Score
        ``rows``, ``brier``, ``log_score``, ``base_brier`` and the numbers that are ``overdue``.
    """
    from negotiation_sim.studies import sealing

    return sealing.score(read_ledger(ledger), sealing.read_outcomes(outcomes), _today())
