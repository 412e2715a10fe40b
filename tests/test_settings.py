"""Where it runs: a user's own settings, a process without outputs, and notebooks started in any terminal."""

import json
import os
import subprocess
import sys

import keras
import nbformat
import pytest
from nbclient import NotebookClient

import localization_utils as lu
from localization_utils import settings

OWN = {"backend": "jax", "image_data_format": "channels_first", "floatx": "float64", "epsilon": 1e-7}
REPORT = """
import localization_utils as lu, keras, os, sys, tensorflow
trunk = lu.build_trunk(32, weights=None)
policy = keras.config.dtype_policy().name
growth = os.environ["TF_FORCE_GPU_ALLOW_GROWTH"]
print(keras.config.backend(), keras.config.image_data_format(), policy, trunk.output.dtype, growth)
print("to nobody", file=sys.stderr)
os.write(2, b"to nobody")"""
CELL = """
import localization_utils as lu, keras, sys
import matplotlib.pyplot as plt
from tqdm import tqdm
keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, name="box")], name="model").summary()
for _ in tqdm([1], "some words before it", file=sys.stdout, bar_format="{desc}: {n_fmt}|{bar:60}|"):
    pass
plt.plot([1, 2])
plt.show()"""
TERMINALS = (
    {"NO_COLOR": "1", "COLUMNS": "40", "LINES": "20", "MPLBACKEND": "Agg"},
    {"FORCE_COLOR": "1", "COLUMNS": "200", "TERM": "dumb"},
)


@pytest.mark.skipif(os.name == "nt", reason="needs a shell that closes a descriptor")
def test_a_users_settings_and_a_closed_error_stream_do_no_harm(tmp_path):
    (tmp_path / "keras.json").write_text(json.dumps(OWN))
    shell = ["sh", "-c", 'exec "$0" -c "$1" 2>&-', sys.executable, REPORT]
    own = {"KERAS_HOME": str(tmp_path), "KERAS_BACKEND": "torch"}
    said = subprocess.run(shell, env=os.environ | own, check=True, stdout=subprocess.PIPE, text=True).stdout
    assert said == "tensorflow channels_last float32 float32 true\n"
    assert json.loads((tmp_path / "keras.json").read_text()) == OWN  # nobody's file is changed


def test_keras_on_another_backend_is_one_line(monkeypatch):
    monkeypatch.setattr(keras.config, "backend", lambda: "torch")
    with pytest.raises(
        ImportError, match="already runs on torch, .* or set KERAS_BACKEND=tensorflow"
    ) as said:
        settings.prepare()
    assert "\n" not in str(said.value)


@pytest.mark.parametrize(
    "name, value, usual, said",
    [
        ("image_data_format", "channels_first", "channels_last", 'the course needs "channels_last"'),
        ("floatx", "float64", "float32", 'the course needs "float32"'),
        ("floatx", "float16", "float32", 'the course needs "float32"'),
        ("dtype_policy", "float16", "float32", 'set_dtype_policy\\("mixed_float16"\\)'),
    ],
)
def test_what_keras_cannot_be_set_to_is_one_line(name, value, usual, said):
    change = getattr(keras.config, f"set_{name}")
    change(value)
    try:
        with pytest.raises(ValueError, match=said) as refused:
            lu.build_trunk(32, weights=None)
    finally:
        change(usual)
    assert value in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16", "float64"])
def test_a_global_policy_leaves_the_trunk_alone(policy):
    keras.config.set_dtype_policy(policy)
    try:
        assert lu.build_trunk(32, weights=None).output.dtype == "float32"
        assert keras.config.dtype_policy().name == policy
    finally:
        keras.config.set_dtype_policy("float32")


def outputs_of(variables):
    """What a notebook's cell shows in a kernel that was started with these variables."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    client = NotebookClient(notebook, kernel_name="python3", coalesce_streams=True)
    client.execute(env=kept | variables)
    return notebook.cells[0].outputs


@pytest.mark.slow
def test_a_notebook_shows_the_same_in_every_terminal():
    narrow, wide = map(outputs_of, TERMINALS)
    assert narrow == wide
    data = [output["data"] for output in wide if "data" in output]
    table = next(each["text/html"] for each in data if "┏" in each.get("text/html", ""))
    assert "color: #00af00" in table and f"┏{'━' * 33}┳{'━' * 24}┳{'━' * 15}┓" in table  # 76 columns
    assert any("image/png" in each for each in data)
    assert f"some words before it: 1|{'█' * 60}|" in "".join(output.get("text", "") for output in wide)
