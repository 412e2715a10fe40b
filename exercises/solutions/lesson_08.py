import numpy as np

from exercises import check

# %% 1
iou_of_silhouettes = 0.7  # solution: your guess, 0 to 1; a guess within 0.1 counts

check("8.1", iou_of_silhouettes)


# %% 2
def visible_part(tlhw, image_size):
    # solution: the tlhw box (4,) of what lies inside the image; four NaN if nothing does
    start = np.maximum(tlhw[:2], 0)
    end = np.minimum(tlhw[:2] + tlhw[2:], image_size)
    if (end <= start).any():
        return np.full(4, np.nan)
    return np.concatenate([start, end - start])
    # end of solution


check("8.2", visible_part)


# %% 3
def wrong_tlhw(sprite):
    visible = sprite[..., 3] > 0
    rows, columns = np.flatnonzero(visible.any(axis=1)), np.flatnonzero(visible.any(axis=0))
    return [rows[0], columns[0], rows[-1] - rows[0], columns[-1] - columns[0]]


def tight_tlhw(sprite):
    # solution: the tight tlhw box of a sprite (height, width, RGBA); four NaN if nothing is visible
    visible = sprite[..., 3] >= 128
    if not visible.any():
        return np.full(4, np.nan)
    rows, columns = np.flatnonzero(visible.any(axis=1)), np.flatnonzero(visible.any(axis=0))
    return [rows[0], columns[0], rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1]
    # end of solution


check("8.3", tight_tlhw)
