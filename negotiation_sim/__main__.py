"""``python -m negotiation_sim`` is the command ``negotiation-sim``."""

from negotiation_sim.cli import main

main()
