import numpy as np

from exercises import check

# %% 1
times_larger = 500  # solution: your guess; right is what is within a factor of 2

check("5.1", times_larger)


# %% 2
def unpaired_interval(a, b):
    # solution: for scores a (n,) and b (m,) of different images: low and high of mean(b) - mean(a)
    rng = np.random.default_rng(0)
    drawn = [each[rng.integers(len(each), size=(2000, len(each)))] for each in (a, b)]
    return np.percentile(drawn[1].mean(axis=1) - drawn[0].mean(axis=1), [2.5, 97.5])
    # end of solution


check("5.2", unpaired_interval)


# %% 3
def careless_input(x):
    x *= 255
    x -= np.array([103.939, 116.779, 123.68], "float32")
    return x


def vgg16_input(x):
    # solution: from float 0..1, red, green, blue, to what VGG16 was trained on
    return 255 * x[..., ::-1] - np.array([103.939, 116.779, 123.68], "float32")
    # end of solution


check("5.3", vgg16_input)
