"""Who wanted the adopted texts, and who only went along, counted by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.tables import table
from negotiation_sim.analysis.consent import consent


def rows(*texts, strategy: str = "code@CD") -> pd.DataFrame:
    """Return rows with month of adoption, who wanted the text and who went along."""
    return table(
        *({"strategy": strategy, "chance": n, "adoption_month": month, "wanted_by": wanted,
           "went_along": along} for n, (month, wanted, along) in enumerate(texts))
    )  # fmt: skip


def test_shares_are_of_the_texts_adopted_in_time():
    found = consent(
        rows((10, "CAN DEU", "CHN"), (60, "CAN CHN", ""), (61, "USA", "CAN"), (None, "", "")), 60
    ).set_index("actor")
    assert found["texts"].tolist() == [2, 2, 2]
    assert found.index.tolist() == ["CAN", "CHN", "DEU"]  # who wanted most first
    assert found.loc["CAN", ["wanted", "along"]].tolist() == [2, 0]
    assert found.loc["CHN", ["p_wanted", "p_along"]].tolist() == [0.5, 0.5]
    assert found.loc["DEU", ["p_wanted", "p_along"]].tolist() == [0.5, 0.0]


def test_strategies_are_counted_apart_and_errors_left_out():
    failed = rows((5, "IND", "")).assign(error="no")
    both = pd.concat([rows((10, "CAN", "")), rows((9, "", "CAN"), strategy="open@CD"), failed])
    found = consent(both, 60)
    assert found[["strategy", "wanted", "along"]].to_numpy().tolist() == [
        ["code@CD", 1, 0], ["open@CD", 0, 1],
    ]  # fmt: skip


@pytest.mark.parametrize("months", [(None,), (61,)])
def test_without_a_text_in_time_there_is_nothing(months):
    assert not len(consent(rows(*((m, "CAN", "") for m in months)), 60))
