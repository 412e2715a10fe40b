import keras
import numpy as np

from exercises import check

# %% 1
right_upside_down = 0.95  # solution: your guess, 0.33 to 1; right is what is within 0.12

check("11.1", right_upside_down)


# %% 2
def balanced_weights(labels):
    # solution: labels (n,): 0, 1, 2, or -1 for nothing; weights (n,)
    weights = np.zeros(len(labels))
    classes, counts = np.unique(labels[labels >= 0], return_counts=True)
    for which, count in zip(classes, counts):
        weights[labels == which] = counts.sum() / (len(classes) * count)
    return weights
    # end of solution


check("11.2", balanced_weights)


# %% 3
def original_loss(truth, logits):
    # truth (n, 1): 1 where an animal is shown; logits (n, 4): of presence, then of the classes
    answer = keras.ops.concatenate(
        [keras.ops.sigmoid(logits[:, :1]), keras.ops.softmax(logits[:, 1:])], axis=1
    )
    return keras.ops.mean(keras.ops.binary_crossentropy(truth, answer[:, :1]))


def fixed_loss(truth, logits):
    # solution: the same loss of presence, with a gradient that does not vanish for logits of 30
    presence = logits[:, :1]
    return keras.ops.mean(keras.ops.binary_crossentropy(truth, presence, from_logits=True))
    # end of solution


check("11.3", fixed_loss)
