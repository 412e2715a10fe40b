"""Measure a head on 1,024 images of a seed used for nothing else: `python -m tools.measure NAME`."""

import sys

import numpy as np

import localization_utils as lu
from localization_utils.trunk import PROJECT

UNTOUCHED_SEED = 1_000
SPRITES = sorted((PROJECT / "assets" / "sprites").glob("*.png"))
SCENES = {"sprites": lu.Sprites(SPRITES)}  # every other head: white rectangles


def main(name):
    """Print the head's mean IoU with its standard error, beside the constant box."""
    scene = SCENES.get(name, lu.WhiteRectangles())
    head = lu.load_localizer(name, scene).layers[-1]
    sequence = lu.LocalizationSequence(batches=32, scene=scene, seed=UNTOUCHED_SEED, fixed=True)
    features, targets = lu.cached_features(sequence, head.inputs[0].name)
    actual = np.round(lu.to_pil_rect(targets))
    predicted = lu.decode_boxes(head.predict(features, batch_size=32, verbose=0))
    scores = lu.iou(actual, predicted)
    constant = lu.iou(actual, lu.to_pil_rect(targets.mean(axis=0)))
    error = scores.std() / np.sqrt(len(scores))
    print(f"{name}: mean IoU {scores.mean():.3f} ± {error:.3f}, median {np.median(scores):.3f}")
    rounded = np.round(predicted)
    exact = (rounded == actual).all(axis=1).mean()
    print(f"rounded to pixels: mean IoU {lu.iou(actual, rounded).mean():.3f}, exact {exact:.1%}")
    print(f"constant box: mean IoU {constant.mean():.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:] or ["localization-1"])
