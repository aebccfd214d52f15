"""A chair that looks for no deal: it aims at the median of the members' stated positions."""

from negotiation_sim.engine.plugins import chair
from negotiation_sim.model.phases import row_of


def median(given, positions, row, k):
    """Return the lowest position on an issue with half of the venue's members at or below it."""
    best = 1.0
    for i in range(positions.shape[0]):
        if given.seats.member[row, i]:
            n = below = 0
            for j in range(positions.shape[0]):
                if given.seats.member[row, j]:
                    n += 1
                    below += 1 if positions[j, k] <= positions[i, k] else 0
            if 2 * below >= n:
                best = min(best, positions[i, k])
    return best


@chair
def to_the_median(given, world, state, positions, m, t):
    """Write into ``state.aim`` where the texts of track ``m`` and its package should go."""
    row = row_of(state, state.tracks.venue[m])
    for item in range(m, m + state.tracks.n_items[m]):
        for k in range(positions.shape[1]):
            state.aim[item, k] = median(given, positions, row, k)
