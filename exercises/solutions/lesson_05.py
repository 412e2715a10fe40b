import numpy as np

from exercises import check

# %% 1
times_larger = 500  # solution: your guess; right is what is within a factor of 2

check("5.1", times_larger)


# %% 2
def inverse_softplus(y):
    # solution: undoes log(1 + exp(u)), for any y above 0, also for large ones
    return y + np.log(-np.expm1(-y))
    # end of solution


check("5.2", inverse_softplus)


# %% 3
def original_input(x):
    return x


def vgg16_input(x):
    # solution: from float 0..1, red, green, blue, to what VGG16 was trained on
    return 255 * x[..., ::-1] - np.array([103.939, 116.779, 123.68], "float32")
    # end of solution


check("5.3", vgg16_input)
