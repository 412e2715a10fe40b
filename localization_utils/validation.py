"""How far a number can be trusted: folds for cross-validation, and the interval of a mean."""

import numpy as np

from .arguments import checked, refuse, whole
from .arrays import array


@checked(photos=whole(2), count=whole(2), seed=whole(0))
def folds(photos, count=5, seed=0):
    """Split photos into `count` folds of nearly the same size: `(photos,)` int, 0..count-1, shuffled.

    Raises ValueError if there are fewer photos than folds, or fewer than two folds.
    """
    if count > photos:
        refuse("count", count, f"2..{photos} for {photos} photos")
    return np.random.default_rng(seed).permutation(np.arange(photos) % count)


@checked(differences=array("n", dtype="float64", nan=False), seed=whole(0), samples=whole(1))
def interval(differences, seed=0, samples=2000):
    """The 95 % interval of the mean of `(n,)` numbers, by the bootstrap: `[low, high]`.

    New samples are drawn from the numbers, with replacement; 95 % of their means lie in the interval (Efron
    1979). To compare two models on the same photos, pass the differences photo by photo: what is easy or hard
    for both then cancels out.
    """
    if not len(differences):
        refuse("differences", differences, "one number a photo, of one photo or more")
    drawn = np.random.default_rng(seed).integers(len(differences), size=(samples, len(differences)))
    return np.percentile(differences[drawn].mean(axis=1), [2.5, 97.5])
