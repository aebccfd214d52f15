"""A seat for a language model, or a person: one state's decisions are asked for in words.

Put your own call in the place of ``reply``: it is given the question and the two options.
"""

from negotiation_sim.engine.plugins import AskedPolicy


def reply(question, options):
    """Answer as a delegation that comes to every table and signs nothing: no model is asked."""
    yes, no = options
    return yes if yes == "back" else no


class Seat(AskedPolicy):
    """What India decides is asked of ``reply``."""

    states = ("IND",)

    def ask(self, question, options):
        """Return one of the options."""
        return reply(question, options)
