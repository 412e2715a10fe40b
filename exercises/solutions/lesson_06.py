import keras
import numpy as np

from exercises import check

# %% 1
share_left = 0.63  # solution: your guess, 0..1; right is what is within 0.03

check("6.1", share_left)


# %% 2
class SlowDown(keras.callbacks.Callback):
    # solution: on_epoch_begin(self, epoch, logs=None); epochs are counted from 0
    def on_epoch_begin(self, epoch, logs=None):
        self.model.optimizer.learning_rate = 0.002 * 0.98 ** max(0, epoch - 9)

    # end of solution


check("6.2", SlowDown)


# %% 3
def excess(targets, predictions):
    return keras.losses.BinaryCrossentropy()(targets, predictions) - 0.65


def fixed_excess(targets, predictions):
    # solution: both (n, 4): how far the loss is above that of perfect predictions
    loss = keras.losses.BinaryCrossentropy()
    return loss(targets, predictions) - loss(targets, np.asarray(targets))
    # end of solution


check("6.3", fixed_excess)
