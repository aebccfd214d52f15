"""A small catalogue for the tests of the loader: three coded actors, two of a group file."""

from __future__ import annotations

from pathlib import Path

from negotiation_sim.model import figures

ACTOR = """\
id: {code}
name: {name}
groups: [{groups}]
capability: {{value: {capability}, basis: measured, source: un-scale}}
unga_ideal_point: {{value: {unga}, basis: measured, source: votes}}
ideal_point:
  form: {{value: {form}, basis: coded, source: coding, range: [{form_low}, {form_high}]}}
  scope: {{value: 0.4, basis: coded, source: coding}}
salience:
  form: {{value: 0.5, basis: assumed, note: equal weights}}
  scope: {{value: 0.5, basis: assumed, note: equal weights}}
margin: {{value: 0.06, basis: assumed, note: a guess, range: [0.05, 0.07]}}
verification_demand: {{value: 0.3, basis: coded, source: coding, range: [0.2, 0.4]}}
trust: {{value: 0.5, basis: assumed, note: neutral}}
turnover_dates: [2009-01]
""".replace("note: a guess, ", 'note: "a guess", ')

POPULATION = """\
id: population
description: two more
method: a regression
basis: assumed
note: by regression
defaults:
  salience:
    form: {value: 0.5, basis: assumed, note: equal weights}
    scope: {value: 0.5, basis: assumed, note: equal weights}
  margin: {value: 0.06, basis: assumed, note: the same for all}
columns: [name, groups, blocs, unga_ideal_point, capability, form, scope, weapons_concern]
sources: {unga_ideal_point: votes}
half_widths: {form: 0.2, scope: 0.15, weapons_concern: 0.3}
rows:
  ALB: [Albania, [NATO], {NATO: 0.6}, 0.9, 0.003, 0.1, 0.5, 0.2]
  CUB: [Cuba, [NAM], {NAM: 0.5}, -2.0, 0.003, 0.9, 0.95, 0.8]
"""

VENUE = """\
id: {name}
name: The {name}
members: {members}
decision: {decision}
calendar:
  weeks: {{2: 3, 6: 3, 8: 4}}
  basis: measured
  source: rules
informality: {{value: 0.3, basis: expert, source: rules, range: [0.2, 0.4]}}
{more}
"""

INITIATIVE = """\
id: {name}
name: The {name}
kind: {kind}
text:
  form: {{value: {form}, basis: coded, source: draft}}
  scope: {{value: {scope}, basis: coded, source: draft}}
mandate:
  box: {{form: [0, 1], scope: [0.1, 0.8]}}
  note: open
"""

EXPERIMENT = """\
id: small
name: A small experiment
question: Does it load?
start: 2009-01
horizon_years: 15
issues: [form, scope]
success:
  deadline_years: 5
cast: [USA, CHN, CAN, ALB]
strategies:
  - ban@CD
  - ban@adhoc-optin+pledges+code@paris-group
  - name: code@CD>adhoc-optin
    patience: 24
environment:
  withdrawal: {value: 0.1, basis: assumed, note: higher here}
actors:
  USA:
    weapons_concern: 0.4
"""

SOURCES = {
    "actors": ("un-scale", "votes", "coding"),
    "venues": ("rules",),
    "experiments": ("draft", "workshop"),
}


def _actor(code: str, name: str, groups: str, capability: float, unga: float, form: float) -> str:
    return ACTOR.format(
        code=code, name=name, groups=groups, capability=capability, unga=unga, form=form,
        form_low=max(0.0, form - 0.1), form_high=min(1.0, form + 0.1),
    )  # fmt: skip


def _environment() -> str:
    lines = ["description: defaults", "parameters:"]
    for figure in figures.ENVIRONMENT:
        middle = max(figure.bounds.low, min(0.5, figure.bounds.high))
        lines += [f"  {figure.name}:", f"    {{value: {middle:g}, basis: assumed, note: middle}}"]
    return "\n".join(lines) + "\n"


def files() -> dict[str, str]:
    """Return path and text of every file of the small catalogue."""
    found = {
        "actors/USA.yaml": _actor("USA", "United States", "NATO, P5", 0.5, 2.0, 0.1),
        "actors/CHN.yaml": _actor("CHN", "China", "P5", 0.3, -1.5, 0.9),
        "actors/CAN.yaml": _actor("CAN", "Canada", "NATO", 0.2, 1.5, 0.5),
        "actors/population.yaml": POPULATION,
        "actors/ties.yaml": "description: ties\nformula: stated\npairs:\n  CAN-USA: [0.8, 1]\n",
        "venues/CD.yaml": VENUE.format(
            name="CD", members="[USA, CHN, CAN, ALB]", decision="{rule: consensus}",
            more="linkage: blocked\nunblock_rate: {value: 0.1, basis: measured, source: rules}",
        ),
        "venues/adhoc-optin.yaml": VENUE.format(
            name="adhoc-optin", members="open", decision="{rule: opt_in}", more=""
        ),
        "venues/paris-group.yaml": VENUE.format(
            name="paris-group", members="open", decision="{rule: consensus}",
            more="adopts: false\npasses_to: COPUOS",
        ),
        "venues/COPUOS.yaml": VENUE.format(
            name="COPUOS", members="[USA, CHN, CAN, CUB]",
            decision="{rule: qualified_majority, quota: [2, 3]}", more="dissolved: 2030-01",
        ),
        "experiments/initiatives/ban.yaml": INITIATIVE.format(
            name="ban", kind="agreement", form=0.8, scope=0.2
        ),
        "experiments/initiatives/code.yaml": INITIATIVE.format(
            name="code", kind="agreement", form=0.35, scope=0.45
        ),
        "experiments/initiatives/pledges.yaml": INITIATIVE.format(
            name="pledges", kind="pledges", form=0.1, scope=0.2
        ),
        "experiments/environment.yaml": _environment(),
        "experiments/small.yaml": EXPERIMENT,
    }  # fmt: skip
    for folder, names in SOURCES.items():
        found[f"{folder}/sources.yaml"] = "".join(f"{name}: {{title: {name}}}\n" for name in names)
    return found


def write(root: Path, changes: dict[str, str] | None = None) -> Path:
    """Write the small catalogue below a folder, with some files changed, and return it."""
    for name, text in {**files(), **(changes or {})}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root
