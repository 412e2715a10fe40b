import keras
import numpy as np
import pytest

import localization_utils as lu


@pytest.mark.parametrize("steps", [1, 19, 20, 60, 1000])
def test_the_warm_up_gives_the_rates_of_keras(steps):
    ours = lu.WarmupCosine(3e-3, steps)
    theirs = keras.optimizers.schedules.CosineDecay(3e-4, steps, warmup_target=3e-3, warmup_steps=steps // 20)
    for step in range(0, steps + steps // 20 + 3, max(1, steps // 40)):
        np.testing.assert_allclose(ours(step), theirs(step), rtol=1e-4, atol=1e-9)


def test_a_head_that_trains_with_it_loads_again(tmp_path):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.AdamW(lu.WarmupCosine(0.1, 40)), "mse")
    model.fit(np.ones((2, 1)), np.ones((2, 1)), verbose=0)
    model.save(tmp_path / "model.keras")
    rate = keras.saving.load_model(tmp_path / "model.keras").optimizer._learning_rate
    assert (rate.peak, rate.steps) == (0.1, 40)
