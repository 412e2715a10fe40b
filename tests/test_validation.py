"""Folds and intervals."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import localization_utils as lu


@given(st.integers(2, 200), st.data(), st.integers(0, 99))
def test_folds_are_nearly_equal_and_a_function_of_the_seed(photos, data, seed):
    count = data.draw(st.integers(2, photos))
    fold = lu.folds(photos, count, seed)
    sizes = np.bincount(fold, minlength=count)
    assert len(sizes) == count and sizes.max() - sizes.min() <= 1
    assert np.array_equal(fold, lu.folds(photos, count, seed))


def test_the_interval_holds_the_true_mean_about_as_often_as_it_says():
    rng = np.random.default_rng(1)
    hits = [low < 0.3 < high for low, high in (lu.interval(rng.exponential(0.3, 60)) for _ in range(300))]
    assert 0.89 < np.mean(hits) < 0.98
