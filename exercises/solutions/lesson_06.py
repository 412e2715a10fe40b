import keras
import numpy as np

from exercises import check

# %% 1
moved = 5.2  # solution: your guess; right is what is within 0.3

check("6.1", moved)


# %% 2
class SlowDown(keras.callbacks.Callback):
    # solution: on_epoch_begin(self, epoch, logs=None); epochs are counted from 0
    def on_epoch_begin(self, epoch, logs=None):
        self.model.optimizer.learning_rate = 0.002 * 0.98 ** max(0, epoch - 9)

    # end of solution


check("6.2", SlowDown)


# %% 3
def turn(rates, losses):
    return rates[np.argmin(losses)]


def fixed_turn(rates, losses):
    # solution: rates (n,) and running means (n,): the rate with the lowest loss of a single step
    sums = losses * np.arange(1, len(losses) + 1)
    return rates[np.argmin(np.diff(sums, prepend=0))]
    # end of solution


check("6.3", fixed_turn)
