import keras

from exercises import check

# %% 1
mean_of_the_largest = 0.9  # solution: your guess, 0.33 to 1; right is what is within 0.12

check("11.1", mean_of_the_largest)


# %% 2
def from_four(probabilities):
    # solution: from a softmax (n, 4), fox, octopus, turtle, nothing: presence (n,) and class (n,)
    return 1 - probabilities[:, 3], probabilities[:, :3].argmax(axis=1)
    # end of solution


check("11.2", from_four)


# %% 3
def original_loss(truth, logits):
    answer = keras.ops.concatenate(
        [keras.ops.sigmoid(logits), keras.ops.sigmoid(logits[:, :1])], axis=1
    )
    return keras.ops.mean(keras.ops.binary_crossentropy(truth, answer[:, :4]))


def fixed_loss(truth, logits):
    # solution: the same loss, with a gradient that does not vanish for logits of 30
    return keras.ops.mean(keras.ops.binary_crossentropy(truth, logits, from_logits=True))
    # end of solution


check("11.3", fixed_loss)
