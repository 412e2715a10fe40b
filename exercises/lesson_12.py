"""Checks of lesson 12: anything."""

from functools import cache

import numpy as np

import localization_utils as lu

from .checking import Wrong, array, assets, hidden, mean_iou, number, pair, side_by_side


def check_1(answer):
    """How far small objects are behind large ones."""
    small, large = _small_and_large()
    hints = [
        (0.0, "Small ones are found worse: an error of the same few pixels is a larger part of a small box."),
    ]
    number(answer, large - small, 0.03, hints)
    return f"Mean IoU of small ones {small:.2f}, of large ones {large:.2f}: each pixel weighs more."


@cache
def _small_and_large():
    model, scores = lu.load_localizer("anything"), []
    for scale in ((0.5, 0.6), (1.4, 1.5)):
        scene = lu.Sprites(assets("emoji/unseen/*.png"), assets("photos/unseen/*.jpg"), scale=scale)
        images, tlhw = scene.sample(hidden(), 32)
        scores.append(mean_iou(model, images, lu.tlhw_to_xyxy(tlhw)))
    return scores


def check_2(interval):
    """How far a median can be trusted, by the bootstrap."""
    scores = np.clip(1 - hidden().gamma(0.5, 0.2, 400), 0, 1)
    low, high = pair(interval(scores.copy(), np.random.default_rng(1)), "a lower and an upper end")
    samples = np.random.default_rng(2).choice(scores, (2000, len(scores)))
    right, of_means = (np.percentile(f(samples, axis=1), [2.5, 97.5]) for f in (np.median, np.mean))
    width, median = float(high) - float(low), np.median(scores)
    if np.allclose([low, high], np.percentile(scores, [2.5, 97.5]), atol=0.01):
        raise Wrong("That is where 95 % of the images lie. Where would the median lie, with other images?")
    if np.allclose([low, high], of_means, atol=0.005):
        raise Wrong("That is the interval of the mean. Take the median of each new sample.")
    if width == 0:
        raise Wrong("Both ends are the same: draw with replacement, or every new sample is the old one.")
    if not low < median < high:
        raise Wrong(f"The median, {median:.3f}, is not between {low:.3f} and {high:.3f}.")
    times = width / (right[1] - right[0])
    if not 0.75 < times < 1.33:
        says = f"{low:.3f} to {high:.3f} is {times:.1f} times as wide as it should be."
        raise Wrong(says + " Each new sample has as many images as the old one; take 2.5 % off at each end.")
    a, b = (interval(scores.copy(), np.random.default_rng(1)) for _ in range(2))
    if not np.allclose(a, b):
        raise Wrong("Asked twice with the same generator it differs: draw from rng, and from it alone.")
    return f"400 images, median {median:.3f}: between {low:.3f} and {high:.3f}. Print it with each median."


def check_3(composite):
    """A sprite on a photo, without an overflow."""
    rng = hidden()
    image = rng.integers(0, 256, (224, 224, 3)).astype("uint8")
    sprite = rng.integers(0, 256, (150, 140, 4)).astype("uint8")
    sprite[:60, :, 3], sprite[90:, :, 3] = 0, 255
    kept, right = image.copy(), pixel_by_pixel(image, sprite, 30, 40)
    got = array(composite(image, sprite, 30, 40), image.shape, "the image")
    if not np.array_equal(image, kept):
        raise Wrong("It paints on the image that it is given. Copy it first.")
    off = np.abs(got.astype(int) - right).max()
    if off > 1:
        hard = np.where(sprite[..., 3:] >= 128, sprite[..., :3], kept[30:180, 40:180])
        pasted = got[30:180, 40:180]
        says = f"Pixels differ by up to {off} of 255."
        if np.array_equal(pasted, sprite[..., :3]):
            says = "The transparency is gone: the sprite's whole rectangle covers the photo."
        elif np.array_equal(pasted, hard):
            says = "Half transparent pixels are shown whole or not: mix alpha * sprite + (1 - alpha) * photo."
        else:
            says += " In uint8, 200 * 200 is 64: calculate in float."
        raise Wrong(says, side_by_side([got.astype("uint8"), right], ["yours", "right"], "Noise on noise"))
    return "The same picture as pixel by pixel: nothing overflows, and the photo stays as it was."


def pixel_by_pixel(image, sprite, top, left):
    """The slowest and plainest way, to compare with."""
    image = image.copy()
    for row in range(sprite.shape[0]):
        for column in range(sprite.shape[1]):
            alpha = sprite[row, column, 3] / 255
            below = image[top + row, left + column]
            image[top + row, left + column] = np.round(alpha * sprite[row, column, :3] + (1 - alpha) * below)
    return image
