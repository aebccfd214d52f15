"""The page for the classroom: watch one negotiation, compare venues, play a seat, follow a lesson.

The modules build on one another in this order: address, library, levers, watching, words,
comparing, game, debrief, lessons, exports (these know nothing of NiceGUI); style, charts,
space_charts, time_charts, compare_charts (plain dictionaries for ECharts); and, with NiceGUI,
parts, then one module for each tab, page and server.
"""

from __future__ import annotations

from typing import Any


def serve(*arguments: Any, **options: Any) -> None:
    """Serve the page until interrupted; see :func:`negotiation_sim.faces.page.server.serve`."""
    from negotiation_sim.faces.page.server import serve as serve_page

    serve_page(*arguments, **options)
