"""Checks of lesson 9: backgrounds."""

from functools import cache

import numpy as np

import localization_utils as lu

from .checking import Wrong, animals, array, choice, compared, hidden, mean_iou, side_by_side


def check_1(answer):
    """Photos and animals in grey."""
    colour, without = _colour_and_grey()
    hint = f"Not {answer!r}. How does one tell an orange fox from a meadow, or from a rock?"
    choice(answer, ("higher", "lower", "about the same"), compared(without - colour), hint)
    says = f"On 32 images: {colour:.2f} in colour, {without:.2f} in grey. "
    return says + "Colour is missing, or grey is unfamiliar: this test cannot tell which."


@cache
def _colour_and_grey():
    images, tlhw = animals(on_photos=True).sample(hidden(), 32)
    boxes, model = lu.tlhw_to_xyxy(tlhw), lu.load_localizer("backgrounds")
    grey = images.mean(axis=-1, keepdims=True).round().astype("uint8").repeat(3, axis=-1)
    return [mean_iou(model, x, boxes) for x in (images, grey)]


def check_2(occlusions):
    """One image for each patch that is covered."""
    image = hidden().integers(0, 256, (12, 18, 3)).astype("uint8")
    kept = image.copy()
    got = array(occlusions(image, 6), (6, 12, 18, 3), "images of 12x18 px, covered by patches of 6")
    if not np.array_equal(image, kept):
        raise Wrong("It paints on the image that it is given. Copy it first.")
    for i in range(6):
        right = kept.copy()
        row, column = divmod(i, 3)
        right[row * 6 : row * 6 + 6, column * 6 : column * 6 + 6] = 128
        if not np.array_equal(got[i], right):
            figure = side_by_side([got[i], right], ["yours", "right"], f"Number {i} of 6")
            covered = (got[i] != kept).any(axis=-1).mean()
            says = f"Image {i} should show everything but one patch, row by row."
            if covered > 0.2:
                says += " In yours patches of earlier images are still covered: start each from a fresh copy."
            raise Wrong(says, figure)
    return "Ask a model for its box on each of them: where it changes most, there it looks."


def check_3(held_out):
    """A split in which no photo is on both sides, of a quarter of the images."""
    chances = np.geomspace(1, 40, 30)
    photos = 7 * hidden().choice(30, 2000, p=chances / chances.sum()) + 3  # from 3 to 206, some of them
    mask = _mask(held_out, photos, 3)
    both = set(photos[mask]) & set(photos[~mask])
    if not mask.any() or mask.all():
        raise Wrong(f"{mask.sum():,} of 2,000 images are held out: one side is empty.")
    if both:
        raise Wrong(
            f"Photos {sorted(map(int, both))[:3]} and {max(0, len(both) - 3)} more are on both sides."
        )
    if not np.array_equal(mask, _mask(held_out, photos, 3)):
        raise Wrong(
            "Asked twice with the same generator it splits in two ways: draw from rng, and from it alone."
        )
    others = [_mask(held_out, photos, seed) for seed in range(4, 24)]
    if all(np.array_equal(mask, other) for other in others):
        raise Wrong("Another generator gives the same split: let chance order the photos.")
    for each in [mask, *others]:
        _check_share(photos, each)
    return f"{mask.sum()} of 2,000 images from {len(set(photos[mask]))} photos, and no photo on both sides."


def _mask(held_out, photos, seed):
    got = held_out(photos.copy(), np.random.default_rng(seed))
    return array(got, (len(photos),), "what it gives").astype(bool)


def _check_share(photos, mask):
    """At least a quarter of the images, and no photo more than that needs."""
    _, images = np.unique(photos[mask], return_counts=True)
    if mask.mean() < 0.25:
        raise Wrong(f"{mask.sum()} of 2,000 images are held out; it should be at least a quarter, 500.")
    if (mask.sum() - images >= 500).all():
        raise Wrong(f"{mask.sum()} of 2,000 images are held out: stop as soon as 500 are.")
