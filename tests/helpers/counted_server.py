"""The page's server, with one route more that tells how many models are alive and how much memory is held."""

from __future__ import annotations

import gc
import sys
import threading
from pathlib import Path

from negotiation_sim.engine.agents import NegotiationModel
from negotiation_sim.faces.page import serve


def add_count() -> None:
    """Register the route."""
    from nicegui import app
    from starlette.responses import PlainTextResponse

    @app.get("/count")
    def count() -> PlainTextResponse:
        gc.collect()
        models = sum(isinstance(thing, NegotiationModel) for thing in gc.get_objects())
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        return PlainTextResponse(f"{models} {pages * 4096} {threading.active_count()}")


if __name__ == "__main__":
    add_count()
    serve(sys.argv[2] if len(sys.argv) > 2 else "bellagio", int(sys.argv[1]), browser=False)
