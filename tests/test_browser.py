"""Every notebook in JupyterLab in a browser: all cells run, every slider moved, as a student would.

Here is checked what one sees. The numbers are checked by nbval, so long trainings are short here and have few
images, and the lessons' own assertions about results are off.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import nbformat
import pytest
from playwright.sync_api import expect

from tools.course import PROJECT, lessons_in
from tools.notebooks import with_constants

PATHS = lessons_in()[::-1]  # the short ones last: no worker waits long for another
SCREENSHOTS = PROJECT / "build" / "browser"
MINUTE = 60_000  # milliseconds
WIDTH = 1366  # a small laptop's
FEW = {"EPOCHS": 1, "TRAIN_IMAGES": 64, "HELD_OUT_IMAGES": 64}
SHORT = {  # what makes the lessons that train for minutes short
    "02": {"EPOCHS": 2},
    "05": {"EPOCHS": 1, "RATES": (1e-3,)},
    "06": {"EPOCHS": 6},
    "07": FEW | {"SHORT_IMAGES": 64, "SHORT_EPOCHS": 1, "DENSE_EPOCHS": 1},
    **dict.fromkeys(("08", "10", "11"), FEW),
    "09": FEW | {"COMPARED": 64},
    "12": FEW | {"SECOND_LOOKS": 8},
    "13": {"STEPS": 9, "FOLDS": 2},
    "14": {"EPOCHS": 1, "TRAIN_IMAGES": 64, "LABEL_COUNTS": (10,), "LABEL_STEPS": 4, "SEEDS": (1,)}
    | {"PEAKS": (1e-3,), "BLOCK5_EPOCHS": 1},
}
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none", "scrollPastLastCell": False},
}
READY = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
RUN = """() => {
    const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    Object.assign(window, { complaints: [], answers: 0, finished: false });
    kernel.iopubMessage.connect((_, { header, parent_header, content }) => {
        if (header.msg_type === "error") complaints.push(content.ename + ": " + content.evalue);
        // JupyterLab asks a new kernel for its widgets, maybe before that has imported ipywidgets
        const stderr = header.msg_type === "stream" && content.name === "stderr";
        if (stderr && !/^(No such comm.*\\n)+$/.test(content.text)) complaints.push(content.text);
        if (parent_header.msg_type === "comm_msg" && content.execution_state === "idle") answers += 1;
    });
    jupyterapp.commands.execute("notebook:run-all-cells").finally(() => { finished = true; });
}"""
CELLS = "Array.from(jupyterapp.shell.currentWidget.content.model.cells).map(cell => cell.toJSON())"
BROKEN = "pictures => pictures.filter(p => !p.naturalWidth).map(p => p.outerHTML.slice(0, 200))"
OUTER = "document.querySelector('.jp-WindowedPanel-outer')"
SOURCES = "pictures => pictures.map(picture => picture.src)"
VALUE = "control => control.value ?? control.ariaValueNow"
CONTROLS = {  # and keys that move them, there and back
    ".widget-slider .noUi-handle": ("PageUp", "PageDown"),
    ".widget-dropdown select": ("End", "Home"),  # the arrows select the cell above or below
}
PICTURE = "img.widget-image"
WIDGET = "application/vnd.jupyter.widget-view+json"
PEN, READS = ".jp-OutputArea-output .image > svg", "drawn_box(pen)"
SHARES = (0.3, 0.7)  # of the photo: from where to where a box is drawn
RUN_AGAIN = """async (word) => {
    const notebook = jupyterapp.shell.currentWidget.content;
    const cells = Array.from(notebook.model.cells);
    notebook.activeCellIndex = cells.findIndex(cell => cell.sharedModel.source.includes(word));
    await jupyterapp.commands.execute("notebook:run-cell");
    return cells[notebook.activeCellIndex].toJSON().outputs.map(output => output.text).flat().join("");
}"""
WRONG = ".jp-Dialog, .Toastify__toast--error, .jupyter-widgets-error-widget, mjx-merror"


@pytest.fixture(scope="module")
def lab(browser, tmp_path_factory):
    """The address of a JupyterLab without anybody's settings, and its folder, laid out as the project."""
    home = tmp_path_factory.mktemp("lab")
    root, settings = home / "root", home / "config" / "labconfig" / "default_setting_overrides.json"
    (root / "notebooks").mkdir(parents=True)
    (root / "assets").symlink_to(PROJECT / "assets")
    for name in ("localization_utils", "exercises", "saved-models"):  # what lessons save lands there
        shutil.copytree(PROJECT / name, root / name, ignore=shutil.ignore_patterns("my-*", "__pycache__"))
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps(SETTINGS))
    own = {f"JUPYTER_{kind.upper()}_DIR": str(home / kind) for kind in ("config", "data", "runtime")}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", f"--port={port}", "--allow-root"]
    command += ["--IdentityProvider.token=t", "--LabApp.expose_app_in_browser=True", f"--notebook-dir={root}"]
    environment = os.environ | own | {"IPYTHONDIR": str(home / "ipython"), "PYTHONOPTIMIZE": "1"}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH")]))
    environment.setdefault("LOCALIZATION_CACHE", str(PROJECT / "build" / "features"))
    environment.pop("PYTEST_CURRENT_TEST")  # where a kernel sees it, it hides what C++ writes on stderr
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # else each kernel compiles TensorFlow anew, optimized
    with open(home / "log", "w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{address}/api/status?token=t").close()
                break
            except OSError:
                time.sleep(0.5)
        else:
            pytest.fail("JupyterLab did not start:\n" + (home / "log").read_text())
        yield address, root
    finally:
        server.terminate()  # it stops its kernels
        server.wait(60)


@pytest.fixture
def page(browser):
    page = browser.new_page(viewport={"width": WIDTH, "height": 768})
    yield page
    page.evaluate("window.jupyterapp?.serviceManager.sessions.shutdownAll()")
    page.close()


def shown(cell):
    """What a cell shows: kinds of output, and how many pictures. A widget's still is not shown."""
    kinds = [kind for o in cell.outputs for kind in o.get("data", [o.get("name", o.output_type)])]
    if WIDGET in kinds:
        kinds = [kind for kind in kinds if not kind.startswith("image/")]
    return sorted(set(kinds)), sum(kind.startswith("image/") for kind in kinds)


def check(page, before, moment):
    """All cells ran, nothing that was there `before` is missing, nothing complains."""
    page.wait_for_timeout(1000)  # a picture is loaded a moment after it was sent
    wrong = page.locator(WRONG).all_inner_texts()
    assert not wrong, f"{moment}, the page shows {wrong}"
    after = [nbformat.from_dict(cell) for cell in page.evaluate(CELLS) if cell["cell_type"] == "code"]
    for number, (cell, committed) in enumerate(zip(after, before, strict=True), 1):
        where = f"{moment}, code cell {number}"
        for output in cell.outputs:
            assert output.output_type != "error", f"{where} fails with {output.ename}: {output.evalue}"
            assert output.get("name") != "stderr", f"{where} writes on stderr: {output.text}"
        assert cell.execution_count == number, f"{where} has the execution count {cell.execution_count}."
        assert shown(cell) == shown(committed), f"{where} shows {shown(cell)}, not {shown(committed)}."
    complaints = page.evaluate("complaints")
    assert not complaints, f"{moment}, the kernel complains: {complaints}"
    pictures = page.locator(".jp-OutputArea .jp-RenderedImage img").count()
    assert pictures == sum(shown(cell)[1] for cell in after), f"{moment}, only {pictures} pictures are shown."
    broken = page.locator(".jp-Notebook img").evaluate_all(BROKEN)
    assert not broken, f"{moment}, pictures are broken: {broken}"


def moves(page, control, key):
    """Press a key on a control and wait for the kernel's answer; whether the control moved."""
    value, answers = control.evaluate(VALUE), page.evaluate("answers")
    control.press(key)
    moved = control.evaluate(VALUE) != value
    if moved:
        page.wait_for_function(f"answers > {answers}", timeout=MINUTE)
    return moved


def picture_follows(page, control, key):
    """Whether a widget's picture changes when a key moves a control; None where that cannot move."""
    before = page.locator(PICTURE).evaluate_all(SOURCES)
    if not moves(page, control, key):
        return None
    for _ in range(300):
        if page.locator(PICTURE).evaluate_all(SOURCES) != before:
            return True
        page.wait_for_timeout(100)
    return False


def move_controls(page, name):
    """Each slider and menu a little up and down: the picture follows. Then to its ends, for `check`."""
    controls = [(control, keys) for kind, keys in CONTROLS.items() for control in page.locator(kind).all()]
    for number, (control, keys) in enumerate(controls, 1):
        expect(control, f"{name}: one must scroll to see control {number}").to_be_in_viewport(ratio=0.5)
        follows = {picture_follows(page, control, key) for key in keys} - {None}
        assert follows == {True}, f"{name}: the picture does not follow control {number} of {len(controls)}."
    for number, widget in enumerate(page.locator(f".jp-OutputArea-output:has({PICTURE})").all(), 1):
        widget.screenshot(path=SCREENSHOTS / f"{name}-widget-{number}.png")
    for control, _ in controls:
        for key in ("Home", "End"):
            moves(page, control, key)


def draw_a_box(page, name):
    """Draw a box with the mouse on the first photo; the cell that reads boxes, run again, got it."""
    pen = page.locator(PEN).first
    pen.scroll_into_view_if_needed()
    place = pen.bounding_box()
    corners = [
        (place["x"] + share * place["width"], place["y"] + share * place["height"]) for share in SHARES
    ]
    page.mouse.move(*corners[0])
    page.mouse.down()
    page.mouse.move(*corners[1], steps=5)
    page.mouse.up()
    pen.locator("xpath=ancestor::*[contains(@class, 'jp-OutputArea-output')]").last.screenshot(
        path=SCREENSHOTS / f"{name}-drawn.png"
    )
    text = page.evaluate(RUN_AGAIN, READS)
    assert text.startswith("drawn by you: 1 of"), f"{name}: after a box was drawn, the kernel has {text!r}."


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_lesson_in_the_browser(path, lab, page):
    address, root = lab
    notebook = nbformat.read(path, as_version=4)
    before = [cell.copy() for cell in notebook.cells if cell.cell_type == "code"]
    with_constants(notebook, SHORT.get(path.name[:2], {}))
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    nbformat.write(notebook, root / "notebooks" / path.name)
    page.goto(f"{address}/lab/tree/notebooks/{path.name}?token=t&reset")
    page.wait_for_function(READY, timeout=5 * MINUTE)
    page.evaluate(RUN)
    page.wait_for_function(f"window.finished || document.querySelector('{WRONG}')", timeout=30 * MINUTE)
    if any(word in cell.source for cell in before for word in ("Slider(", "live_picture(")):
        for what in (", ".join(CONTROLS), PICTURE):
            expect(page.locator(what).first, f"{path.stem} should show {what}").to_be_visible(timeout=MINUTE)
    height = page.evaluate(f"{OUTER}.scrollHeight")
    page.set_viewport_size({"width": WIDTH, "height": min(height + 150, 16_000)})
    page.evaluate(f"{OUTER}.scrollTop = 0")
    page.locator(".jp-NotebookPanel").screenshot(path=SCREENSHOTS / f"{path.stem}.png")
    check(page, before, f"{path.stem} when all cells have run")
    move_controls(page, path.stem)
    check(page, before, f"{path.stem} when its sliders have moved")
    if any("BBoxWidget(" in cell.source for cell in before):
        draw_a_box(page, path.stem)
