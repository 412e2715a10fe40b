"""Measure the course's generator beside the original's algorithm, in one run on one machine."""

from timeit import repeat

import numpy as np

import localization_utils as lu
from localization_utils.trunk import PROJECT

BATCH, SIZE = 32, 224


def draw_pixel_by_pixel(boxes):
    """The original's way: every pixel of every rectangle is set in a Python loop."""
    images = np.zeros((len(boxes), SIZE, SIZE, 3), np.uint8)
    for image, (top, left, height, width) in zip(images, boxes):
        for row in range(top, top + height):
            for column in range(left, left + width):
                image[row, column] = 255
    return images


def milliseconds(call, number):
    """The median time of a call."""
    return 1000 * float(np.median(repeat(call, number=1, repeat=number)))


def generator():
    """Time one batch of 32 images, over the same 20 seeds for both algorithms."""
    scene, sequence = lu.WhiteRectangles(SIZE), lu.LocalizationSequence(BATCH, batches=20)
    rngs = [np.random.default_rng(seed) for seed in range(20)]
    boxes = [scene.sample(rng, BATCH)[1] for rng in rngs]
    order = iter(range(20))
    slow = milliseconds(lambda: draw_pixel_by_pixel(boxes[next(order)]), 20)
    draws = iter(np.random.default_rng(seed) for seed in range(20))
    fast = milliseconds(lambda: scene.sample(next(draws), BATCH), 20)
    indices = iter(range(20))
    whole = milliseconds(lambda: sequence[next(indices)], 20)
    print(f"Drawing {BATCH} images of {SIZE}x{SIZE}, median of 20 batches")
    print(f"  pixel by pixel, as the original  {slow:7.2f} ms  {1000 * BATCH / slow:9,.0f} images/s")
    print(f"  WhiteRectangles                  {fast:7.2f} ms  {1000 * BATCH / fast:9,.0f} images/s")
    print(f"  LocalizationSequence, all told   {whole:7.2f} ms  {1000 * BATCH / whole:9,.0f} images/s")
    assets = PROJECT / "assets"
    sprites, photos = sorted(assets.glob("sprites/*.png")), sorted(assets.glob("photos/seen/*.jpg"))
    for name, scene in {
        "Sprites on black": lu.Sprites(sprites),
        "Sprites on photos": lu.Sprites(sprites, photos),
        "Sprites on augmented photos": lu.Sprites(sprites, photos, augment=True),
    }.items():
        sequence, indices = lu.LocalizationSequence(BATCH, batches=20, scene=scene), iter(range(20))
        whole = milliseconds(lambda: sequence[next(indices)], 20)  # noqa: B023
        print(f"  {name + ', all told':<33}{whole:7.2f} ms  {1000 * BATCH / whole:9,.0f} images/s")


if __name__ == "__main__":
    generator()
