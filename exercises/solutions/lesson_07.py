import numpy as np

from exercises import check

# %% 1
mean_iou_of_even_edges = 0.87  # solution: your guess; a guess within 0.05 counts

check("7.1", mean_iou_of_even_edges)


# %% 2
def heaviest_five(logits):
    # solution: logits (n, 4, 225): positions (n, 4), each the mean within its heaviest five
    p = np.exp(logits - logits.max(axis=-1, keepdims=True))
    fives = np.lib.stride_tricks.sliding_window_view(p, 5, axis=-1)  # (n, 4, 221, 5)
    first = fives.sum(axis=-1).argmax(axis=-1)
    best = np.take_along_axis(fives, first[..., None, None], axis=2)[:, :, 0]
    return first + (best * np.arange(5)).sum(axis=-1) / best.sum(axis=-1)
    # end of solution


check("7.2", heaviest_five)


# %% 3
def bell_target(edges):
    distance = np.arange(225) - edges[..., None]
    return np.exp(-(distance**2) / 8) / np.sqrt(8 * np.pi)


def fixed_bell_target(edges):
    # solution: edges (n, 4) in px, 0..224: a distribution for each, (n, 4, 225)
    weights = bell_target(edges)
    return weights / weights.sum(axis=-1, keepdims=True)
    # end of solution


check("7.3", fixed_bell_target)
