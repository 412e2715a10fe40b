"""The project's own tools. Importing them imports the helper package first, before Keras.

Only the doctor goes without: it has to start where that cannot be imported, and find out why.
"""

import sys

if sys.version_info >= (3, 11) and "tools.doctor" not in sys.orig_argv:
    import localization_utils  # noqa: F401
