"""Consensus less one: a single objection holds nothing up, neither a text nor a mandate."""

from negotiation_sim.engine.plugins import rule


@rule("consensus")
def less_one(ballot):
    """Return whether somebody accepts and at most one member objects."""
    return ballot.n_accepting > 0 and ballot.n_objecting <= 1
