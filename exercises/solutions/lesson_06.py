import keras
import numpy as np

from exercises import check

# %% 1
share_left = 0.8  # solution: your guess, 0..1; right is what is within 0.03

check("6.1", share_left)


# %% 2
class SlowDown(keras.callbacks.Callback):
    # solution: on_epoch_begin(self, epoch, logs=None); epochs are counted from 0
    def on_epoch_begin(self, epoch, logs=None):
        self.model.optimizer.learning_rate = 0.002 * 0.98 ** max(0, epoch - 9)

    # end of solution


check("6.2", SlowDown)


# %% 3
def reported_loss(targets, predictions):
    return keras.losses.BinaryCrossentropy()(targets, predictions)


def excess(targets, predictions):
    # solution: how far these predictions (n, 4) are from the best ones, in this loss; 0 for the best
    return reported_loss(targets, predictions) - reported_loss(targets, np.asarray(targets))
    # end of solution


check("6.3", excess)
