import numpy as np

import localization_utils as lu
from exercises import check

# %% 1
mean_iou_3_px_off = 0.73  # solution: your guess; right is what is within 0.06

check("3.1", mean_iou_3_px_off)


# %% 2
def by_place(boxes, scores, cells=4):
    # solution: (cells, cells) means of scores, by where the centres of the xyxy boxes (n, 4) are
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    column, row = np.clip(centres / (224 / cells), 0, cells - 1).astype(int).T
    means = np.full((cells, cells), np.nan)
    for r in range(cells):
        for c in range(cells):
            inside = (row == r) & (column == c)
            if inside.any():
                means[r, c] = scores[inside].mean()
    return means
    # end of solution


check("3.2", by_place)


# %% 3
def original_decoding(y):
    tlhw = np.clip((lu.reverse_sigmoid(y) + 1) * 112, 1, 223)
    top, left, height, width = tlhw.T
    return np.stack([left, top, left + width, top + height], axis=-1)


def fixed_decoding(y):
    # solution: the same boxes (n, 4), none of which leaves the image or is inverted
    tlhw = (lu.reverse_sigmoid(y) + 1) * 112
    top, left = np.clip(tlhw[:, :2], 0, 223).T
    height, width = np.maximum(tlhw[:, 2:], 1).T
    return np.clip(np.stack([left, top, left + width, top + height], axis=-1), 0, 224)
    # end of solution


check("3.3", fixed_decoding)
