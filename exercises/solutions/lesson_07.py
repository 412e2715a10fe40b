import keras
import numpy as np

import localization_utils as lu
from exercises import check

# %% 1
mean_iou_of_even_edges = 0.87  # solution: your guess; right is what is within 0.05

check("7.1", mean_iou_of_even_edges)


# %% 2
def soft_argmax(logits):
    # solution: logits (n, 4, 225): the mean position (n, 4) of each whole softmax
    weights = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return (weights * np.arange(logits.shape[-1])).sum(axis=-1) / weights.sum(axis=-1)
    # end of solution


check("7.2", soft_argmax)


# %% 3
class OriginalSequence(keras.utils.PyDataset):
    def __init__(self, batch_size):
        self.batch_size = batch_size

    def __len__(self):
        return 2

    def __getitem__(self, index):
        images, tlhw = lu.WhiteRectangles().sample(
            np.random.default_rng(index), self.batch_size
        )
        return images / np.float32(255), lu.sigmoid_targets(tlhw)


class FixedSequence(OriginalSequence):
    # solution: so that fit() does not warn, and FixedSequence(4, workers=2) has two workers
    def __init__(self, batch_size, **keras_workers):
        super().__init__(batch_size)
        keras.utils.PyDataset.__init__(self, **keras_workers)

    # end of solution


check("7.3", FixedSequence)
