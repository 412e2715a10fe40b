"""Time how the course draws its images, next to the original's way, in one run on one machine."""

from time import process_time
from timeit import repeat

import numpy as np

import localization_utils as lu
from exercises.checking import assets
from tools.record import record

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
    """The median of the processor's time for a call, which other programs on the machine hardly change."""
    return 1000 * float(np.median(repeat(call, number=1, repeat=number, timer=process_time)))


def generator():
    """Time one batch of 32 images, over the same 20 seeds for both algorithms."""
    scene, sequence = lu.WhiteRectangles(SIZE), lu.LocalizationSequence(BATCH, batches=20)
    rngs = [np.random.default_rng(seed) for seed in range(20)]
    boxes = [scene.sample(rng, BATCH)[1] for rng in rngs]
    order = iter(range(20))
    draws = iter(np.random.default_rng(seed) for seed in range(20))
    sprites, photos = assets("sprites/*.png"), assets("photos/seen/*.jpg")
    scenes = {
        "Sprites on black": lu.Sprites(sprites),
        "Sprites on photos": lu.Sprites(sprites, photos),
        "Sprites on augmented photos": lu.Sprites(sprites, photos, augment=True),
    }
    rows = {
        "pixel by pixel, as the original": lambda: draw_pixel_by_pixel(boxes[next(order)]),
        "WhiteRectangles": lambda: scene.sample(next(draws), BATCH),
        "WhiteRectangles, with targets": batches_of(sequence),
    }
    for name, each in scenes.items():
        rows[name + ", with targets"] = batches_of(lu.LocalizationSequence(BATCH, batches=20, scene=each))
    print(f"Drawing {BATCH} images of {SIZE}x{SIZE}, median of 20 batches")
    found = {}
    for name, call in rows.items():
        found[name] = milliseconds(call, 20)
        print(f"  {name:<42}{found[name]:7.2f} ms  {1000 * BATCH / found[name]:9,.0f} images/s")
    record("drawing", "python -m tools.benchmark", batch=BATCH, milliseconds=found)


def batches_of(sequence):
    """A function that gives the next batch of a sequence at each call."""
    indices = iter(range(len(sequence)))
    return lambda: sequence[next(indices)]


if __name__ == "__main__":
    generator()
