"""What several test files need."""

import shutil

import pytest
from playwright.sync_api import sync_playwright

NO_BROWSER = (
    "Nothing was opened in a browser, for there is no Chromium or Chrome here. "
    "Get one with `apt-get install chromium` or `.venv/bin/playwright install chromium`."
)


@pytest.fixture
def in_float32(monkeypatch):
    """The trunk as on a processor without bfloat16, where features are compared to more than two digits."""
    monkeypatch.setenv("LOCALIZATION_PRECISION", "float32")


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        names = ("chromium", "chromium-browser", "google-chrome", playwright.chromium.executable_path)
        found = next(filter(None, map(shutil.which, names)), None)
        if found is None:
            pytest.skip(NO_BROWSER)
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()
