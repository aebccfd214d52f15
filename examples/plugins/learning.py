"""Three states learn what waiting brings: each holds out while texts get better for it."""

from negotiation_sim.engine.agents import Policy


class Learner(Policy):
    """Keeps a running estimate of what one more round is worth to it, and compares it with none.

    An instance is made for every replicate and strategy: what it has learned ends with them.
    """

    states = ("CHN", "RUS", "USA")
    rate, enough = 0.5, 0.002

    def __init__(self):
        self.seen = {}
        self.gain = {}

    def accept(self, agent, track, advice):
        """Return whether it accepts: what the rules would, once waiting brings no more."""
        worth = agent.worth(track)
        last = self.seen.get(track.number, worth)
        known = self.gain.get(track.number, 0.02)
        self.seen[track.number] = worth
        self.gain[track.number] = known + self.rate * (worth - last - known)
        return advice and self.gain[track.number] < self.enough
