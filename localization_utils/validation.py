"""How far a number can be trusted: folds for cross-validation, and intervals of a difference."""

import numpy as np


def folds(photos, count=5, seed=0):
    """Deal `photos` photos into `count` folds of nearly the same size: `(photos,)` int, 0..count-1, shuffled.

    Raises ValueError where there are fewer photos than folds, or fewer than two folds.
    """
    if not 2 <= count <= photos:
        raise ValueError(f"count is {count}; for {photos} photos it must be in 2..{photos}.")
    return np.random.default_rng(seed).permutation(np.arange(photos) % count)


def interval(differences, seed=0, samples=2000):
    """Between which two values 95 % of the means of new samples lie: the bootstrap, for `(n,)` numbers.

    Of two models that were asked for the same photos give the differences photo by photo: what both find
    easy or hard then cancels out (Efron 1979).
    """
    differences = np.asarray(differences, float)
    if differences.ndim != 1 or not len(differences) or np.isnan(differences).any():
        raise ValueError(f"differences have shape {differences.shape}; give one number a photo, none NaN.")
    drawn = np.random.default_rng(seed).integers(len(differences), size=(samples, len(differences)))
    return np.percentile(differences[drawn].mean(axis=1), [2.5, 97.5])
