"""The panel on precedents: what it says is the outside view, and it opens in a browser."""

import pytest

from negotiation_sim import api
from negotiation_sim.catalogue import load_setting


def test_the_table_is_the_outside_view_escaped():
    from negotiation_sim.faces.page.precedents_panel import precedents_html
    from negotiation_sim.faces.page.theme import percent

    setting = load_setting("bellagio")
    text = precedents_html(setting, ["ppwt@CD", "ppwt@CD+code@COPUOS", "pledges@first-committee"])
    first, _, second = views = [
        *api.precedents("bellagio", "ppwt@CD"), *api.precedents("bellagio", "ppwt@CD+code@COPUOS")
    ]  # fmt: skip
    assert text.count("<tr>") == 1 + len(views)
    for view in (first, second):
        assert percent(view.chance()) in text and view.precedents[0].case.name in text
    assert "not tested for such a case" in text and "of ppwt@CD+code@COPUOS" in text


def test_an_experiment_too_early_for_cases_says_none():
    from negotiation_sim.faces.page.precedents_panel import precedents_html

    early = load_setting("bellagio").model_copy(update={"start": "1946-01"})
    assert "none" in precedents_html(early, ["ppwt@CD"]) and "nan" not in precedents_html(
        early, ["ppwt@CD"]
    )


@pytest.mark.long
def test_the_button_brings_the_table(visit):
    visitor = visit("/?tab=compare&compare=ppwt@CD")
    visitor.page.locator("[data-testid=precedents]").click()
    table = visitor.page.locator("[data-testid=precedents-table] tbody tr")
    table.first.wait_for(timeout=60_000)
    assert "CD/1679" in table.first.inner_text()
