"""The table on the console: fits its width, carries the words, never a change without its interval."""

import importlib.util
import io
from pathlib import Path

import pytest
from rich.console import Console

from exante.apps.table import print_table

_SPEC = importlib.util.spec_from_file_location(
    "exante_fake_forecast_table", Path(__file__).parents[1] / "evidence" / "fake.py"
)
fake = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(fake)


def shown(width=100, encoding="utf-8", **more):
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    print_table(fake.make_forecast(side=8, **more), Console(file=file, width=width))
    file.seek(0)
    return file.read()


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_it_fits(width):
    lines = shown(width).splitlines()
    assert max(map(len, lines)) <= min(width, 100)
    assert any("90 % interval" in line for line in lines)


def test_it_tells_the_whole_story():
    told = shown()
    assert told.index("What would Città 30 do to Bologna?") < told.index("Outcome")
    assert "very likely lower" in told
    assert "−1.8 to −0.5" in told
    assert "64/64" in told
    assert "noise ±600" in told
    assert "Charges paid" not in told
    assert "Who loses most:" in told
    assert "Footprint: 180 CPU-seconds" in told
    assert "Back-test score: none yet" in told


def test_a_sketch_says_so():
    assert "SKETCH: from published statistics, level 0" in shown(level=0)
    assert "SKETCH" not in shown()


def test_a_console_without_unicode():
    assert "-1.8 to -0.5" in shown(encoding="ascii")


def test_a_policy_without_effect():
    told = shown(nothing=True, draws=16)
    assert "no distinguishable effect" in told
    assert "likely lower" not in told


def test_what_never_moves_is_one_line():
    forecast = fake.make_forecast(side=8)
    name = str(next(iter(forecast.indicators.data_vars)))
    array = forecast.indicators[name].copy()
    array[1] = array[0]
    forecast.indicators[name] = array
    file = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    print_table(forecast, Console(file=file, width=100))
    file.seek(0)
    assert f"Exactly the same in every draw: {array.attrs['title']}." in " ".join(file.read().split())
