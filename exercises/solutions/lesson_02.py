import numpy as np

import localization_utils as lu
from exercises import check

# %% 1
training = "lower"  # solution: "higher", "lower" or "about the same"
held_out_images = "lower"  # solution: "higher", "lower" or "about the same"

check("2.1", (training, held_out_images))


# %% 2
def giou(a, b):
    # solution: a and b are xyxy boxes (n, 4); begin with lu.iou(a, b)
    shared = np.maximum(np.minimum(a[:, 2:], b[:, 2:]) - np.maximum(a[:, :2], b[:, :2]), 0)
    areas = (a[:, 2:] - a[:, :2]).prod(axis=1) + (b[:, 2:] - b[:, :2]).prod(axis=1)
    union = areas - shared.prod(axis=1)
    hull = (np.maximum(a[:, 2:], b[:, 2:]) - np.minimum(a[:, :2], b[:, :2])).prod(axis=1)
    return lu.iou(a, b) - (hull - union) / hull
    # end of solution


check("2.2", giou)


# %% 3
def original_accuracy(targets, predictions):
    return np.mean(targets.argmax(axis=1) == predictions.argmax(axis=1))


def fool(target):
    # solution: four numbers for which the accuracy is 1 and the IoU 0
    return np.where(np.arange(4) == target.argmax(), 0.73, 0.27)
    # end of solution


check("2.3", fool)
