"""The affinity network: states around a circle, each beside one it is close to."""

from __future__ import annotations

import math

from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.faces.page.charts import Options, base, legend
from negotiation_sim.faces.page.month_in_words import name_of
from negotiation_sim.faces.page.space_charts import CROWD, labels, sizes, words_of
from negotiation_sim.faces.page.theme import INK, SAYS, SMALL, TEXT
from negotiation_sim.faces.page.watching import SAYINGS, Frame, TrackFrame

TIES_SHOWN = 3


def around(scenario: Scenario) -> list[int]:
    """Return the states in the order around the circle: each beside one it is close to."""
    n = len(scenario.actor_ids)
    place = {actor: i for i, actor in enumerate(scenario.actor_ids)}
    weight = {}
    for a, b, w in scenario.setting.affinity:
        weight[place[a], place[b]] = weight[place[b], place[a]] = w
    order, left = [0], list(range(1, n))
    while left:
        nearest = max(left, key=lambda j: (weight.get((order[-1], j), 0.0), -j))
        order.append(nearest)
        left.remove(nearest)
    return order


def network(scenario: Scenario, frame: Frame, number: int, chosen: str = "") -> Options:
    """Return the affinity network: each state with its strongest ties, marked by what it says."""
    track, n = frame.tracks[number], len(scenario.actor_ids)
    place = {}
    for turn, i in enumerate(around(scenario)):
        angle = 2.0 * math.pi * turn / n
        place[i] = [round(math.sin(angle), 4), round(math.cos(angle), 4)]
    wide = 2.1 if n > CROWD else 1.7
    hidden = {"show": False, "min": -wide, "max": wide}
    names = [words_of(saying, track) for saying in SAYINGS]
    series = [_ties(scenario, place), *(_nodes(scenario, track, s, place, chosen) for s in SAYINGS)]
    return base(
        "Who is close to whom", f"Affinity network: the {TIES_SHOWN} strongest ties of each state.",
        shown=False, grid={"left": 2, "right": 2, "top": 8, "bottom": 8},
        xAxis=dict(hidden), yAxis=hidden | ({"min": -1.7, "max": 1.7} if n > CROWD else {"min": -1.15, "max": 1.15}),
        legend=legend(names), series=series,
    )  # fmt: skip


def _ties(scenario: Scenario, place: dict[int, list[float]]) -> Options:
    return {
        "name": "ties", "type": "lines", "coordinateSystem": "cartesian2d", "silent": True, "z": 2,
        "animation": False, "lineStyle": {"color": "#4A4A4A"},
        "data": [
            {
                "coords": [place[a], place[b]],
                "lineStyle": {
                    "width": round(0.7 + 5.0 * w * w, 2), "opacity": round(0.25 + 0.45 * w, 2),
                    "curveness": 0.1,
                },
            }
            for a, b, w in strongest(scenario)
        ],
    }  # fmt: skip


def _nodes(
    scenario: Scenario, track: TrackFrame, saying: str, place: dict[int, list[float]], chosen: str
) -> Options:
    colour, symbol = SAYS[saying]
    size, names = sizes(scenario), labels(scenario)
    crowd = len(names) > CROWD
    data = [
        {
            "name": actor,
            "value": [*place[i], name_of(scenario, actor)],
            "symbolSize": round((0.5 if crowd else 0.85) * size[i], 1),
            "label": {"formatter": names[i], **(_radial if crowd else _outward)(*place[i])},
            "itemStyle": {"borderColor": "#111111", "borderWidth": 4 if actor == chosen else 1},
        }
        for i, actor in enumerate(scenario.actor_ids)
        if track.says[i] == saying
    ]
    return {
        "name": words_of(saying, track), "type": "scatter", "symbol": symbol, "data": data, "z": 6,
        "animation": False, "itemStyle": {"color": colour}, "labelLayout": {"hideOverlap": crowd},
        "label": {
            "show": True, "fontSize": SMALL if crowd else TEXT, "color": INK,
            "fontWeight": "bold", "textBorderColor": "#FFFFFF", "textBorderWidth": 3,
        },
        "tooltip": {":formatter": "p => p.value[2] + ': ' + p.seriesName"},
    }  # fmt: skip


def _radial(x: float, y: float) -> Options:
    """Return a name's place in a crowd: it points away from the middle, as spokes do."""
    turn = math.degrees(math.atan2(y, x))
    if abs(turn) > 90.0:
        return {"position": "left", "align": "right", "rotate": round(turn - 180.0, 1)}
    return {"position": "right", "align": "left", "rotate": round(turn, 1)}


def _outward(x: float, y: float) -> Options:
    """Return the side of a mark on the circle that faces away from the ties."""
    if abs(y) > 0.97:
        return {"position": "top" if y > 0 else "bottom"}
    return {"position": "right" if x >= 0 else "left"}


def strongest(scenario: Scenario) -> list[tuple[int, int, float]]:
    """Return the strongest ties of each state that the model keeps, with their affinity."""
    arrays = scenario.arrays
    place = {actor: i for i, actor in enumerate(scenario.actor_ids)}
    weight = {}
    for a, b, w in scenario.setting.affinity:
        weight[tuple(sorted((place[a], place[b])))] = w
    kept = set()
    for i in range(len(scenario.actor_ids)):
        ties = list(range(int(arrays.cast["n_ties"][i])))
        ties.sort(key=lambda t: (-float(arrays.ties["weight"][i, t]), t))
        kept |= {tuple(sorted((i, int(arrays.ties["other"][i, t])))) for t in ties[:TIES_SHOWN]}
    most = max(weight.values(), default=1.0) or 1.0
    return [(a, b, weight.get((a, b), 0.0) / most) for a, b in sorted(kept)]
