"""The project's own tools. Importing them imports the helper package first, before Keras."""

import localization_utils  # noqa: F401
