import numpy as np

from exercises import check

# %% 1
difference = 0.05  # solution: large minus small; right is what is within 0.03

check("12.1", difference)


# %% 2
def interval(scores, rng):
    # solution: the ends between which 95 % of the medians of new samples lie; 1,000 are enough
    samples = rng.choice(scores, (1000, len(scores)))
    return np.percentile(np.median(samples, axis=1), [2.5, 97.5]).tolist()
    # end of solution


check("12.2", interval)


# %% 3
def original_composite(image, sprite, top, left):
    height, width = sprite.shape[:2]
    image = image.copy()
    region = image[top : top + height, left : left + width]
    alpha = sprite[..., 3:]
    region[:] = (alpha * sprite[..., :3] + (255 - alpha) * region) // 255
    return image


def composite(image, sprite, top, left):
    # solution: the sprite on the photo, uint8, and image stays as it was
    height, width = sprite.shape[:2]
    image = image.copy()
    region = image[top : top + height, left : left + width]
    alpha = sprite[..., 3:] / 255
    region[:] = np.round(alpha * sprite[..., :3] + (1 - alpha) * region)
    return image
    # end of solution


check("12.3", composite)
