import keras
import numpy as np

import localization_utils as lu
from exercises import check

# %% 1
target_of_56 = 0.38  # solution: your estimate

check("1.1", target_of_56)


# %% 2
def sample_at_least(rng, count, smallest):
    # solution: images and boxes as sample_rectangles gives them, but no side shorter than smallest
    corner = rng.integers(1, 223 - smallest, (count, 2), endpoint=True)
    extent = rng.integers(smallest, 223 - corner, endpoint=True)
    images = np.zeros((count, 224, 224, 3), np.uint8)
    for image, (top, left), (height, width) in zip(images, corner, extent):
        image[top : top + height, left : left + width] = 255
    return images, np.concatenate([corner, extent], axis=1)
    # end of solution


check("1.2", sample_at_least)


# %% 3
class OriginalSequence(keras.utils.PyDataset):
    def __init__(self, batch_size=32, batches=32, seed=0):
        super().__init__()
        self.batch_size, self.batches, self.seed = batch_size, batches, seed

    def __len__(self):
        return self.batch_size

    def __getitem__(self, index):
        # images and boxes, drawn as by sample_rectangles
        rng = np.random.default_rng(self.seed + index)
        return lu.WhiteRectangles().sample(rng, self.batch_size)


class FixedSequence(OriginalSequence):
    # solution: redefine the methods that are wrong
    def __len__(self):
        return self.batches

    def __getitem__(self, index):
        rng = np.random.default_rng([self.seed, index])
        return lu.WhiteRectangles().sample(rng, self.batch_size)

    # end of solution


check("1.3", FixedSequence)
