"""What several test files need."""

import pytest


@pytest.fixture
def in_float32(monkeypatch):
    """The trunk as on a processor without bfloat16, where features are compared to more than two digits."""
    monkeypatch.setenv("LOCALIZATION_PRECISION", "float32")
