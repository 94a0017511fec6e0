"""The simple classifier of a published Fashion-MNIST project, for images of one size.

Batch normalisation, 64 filters of 5×5, batch normalisation, 2×2 pooling, dense.
"""

from keras import Model, layers

from denoising.networks.tensors import ImageShape, named_input

KIND = "classifier"
FIXED_SIZE = True


def build(image_shape: ImageShape, classes: int) -> Model:
    """Build the classifier: images (N, H, W, C) in [0, 1] to logits (N, classes)."""
    image = named_input(image_shape, "image")
    x = layers.BatchNormalization(name="norm_in")(image)
    x = layers.Conv2D(64, 5, padding="same", activation="relu", name="conv")(x)
    x = layers.BatchNormalization(name="norm_out")(x)
    x = layers.MaxPooling2D(2, name="pool")(x)
    x = layers.Flatten(name="flatten")(x)
    logits = layers.Dense(classes, dtype="float32", name="classification")(x)
    return Model(image, logits, name="simple")
