"""Tables that fit are laid out as Rich would, without it."""

from __future__ import annotations

import pytest

from negotiation_sim.faces.cli import console

ROWS = [["code@adhoc-optin", "0.236", "open", ""], ["b", "-1,234.5", "", "x y"]]
COLUMNS = ["strategy", "P(timely\nsuccess)", "a longer heading", "last\nof\nall"]


@pytest.mark.parametrize(
    ("columns", "rows", "right"),
    [
        (COLUMNS, ROWS, {1, 3}),
        (COLUMNS, ROWS, set()),
        (["one"], [["1"]], {0}),
        (["a", "b"], [["x" * 40, "y"], ["", ""]], {0, 1}),
    ],
)
def test_a_table_that_fits_is_what_rich_prints(capsys, columns, rows, right):
    console._show_folded(columns, rows, right)
    known = capsys.readouterr().out
    console.show_table(columns, rows, right)
    assert capsys.readouterr().out == known
    assert console.laid_out(columns, rows, right, console.WIDE)


def test_what_is_too_wide_or_not_plain_is_left_to_rich():
    assert not console.laid_out(["a"], [["x" * 50]], set(), 40)
    assert console.laid_out(["a"], [["x" * 38]], set(), 40)
    assert not console.laid_out(["a"], [["x" * 39]], set(), 40)
    assert not console.laid_out(["a"], [["日本"]], set(), 40)
    assert not console.laid_out(["a"], [["two\nlines"]], set(), 40)


def test_a_table_too_wide_is_printed_in_parts_that_fit():
    columns = [
        "strategy",
        "timely\nsuccess",
        "95%\ninterval",
        "main cause\nof failure",
        "median\nyears",
        "mandate",
    ]
    rows = [["discuss-ban-treaty@adhoc-inclusive", "65%", "60-69%", "participation", "over 15", ">99%"],
            ["a@adhoc-optin+pledges+code@COPUOS", "0%", "0-0.8%", "text", "over 15", "100%"]]  # fmt: skip
    parts = console.in_parts(columns, rows, 80)
    assert [part[0] for part in parts] == [0] * len(parts) and len(parts) > 1
    assert [n for part in parts for n in part[1:]] == [1, 2, 3, 4, 5]
    for part in parts:
        widest = sum(max(len(line) for cell in (columns[n], *(row[n] for row in rows))
                         for line in cell.split("\n")) + 2 for n in part)  # fmt: skip
        assert widest <= 80
    assert console.in_parts(columns, rows, 200) == [[0, 1, 2, 3, 4, 5]]
    assert all(len(part) > 1 for part in console.in_parts(columns, rows, 10))
