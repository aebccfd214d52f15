"""``python -m negotiation_sim`` is the command ``negotiation-sim``."""

from negotiation_sim.faces.cli.main import main

main()
