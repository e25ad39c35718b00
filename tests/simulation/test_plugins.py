"""Models of other institutes: a package found by its entry points takes part in a forecast."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from exante.city import save
from exante.quantities.errors import WiringError
from exante.quantities.plugins import load

PACKAGE = Path(__file__).parents[1] / "golden" / "citytrees"


def _python(code, *folders):
    path = os.pathsep.join([*map(str, folders), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": path, "EXANTE_CACHE": "off"},
        check=False,
    )


@pytest.mark.slow
def test_an_installed_package_takes_part_in_a_forecast(village_city, tmp_path):
    save(village_city, tmp_path / "village.city")
    code = (
        "import exante as xa\n"
        f"f = xa.forecast(xa.open_city({str(tmp_path / 'village.city')!r}), xa.read_policy('citta-30'), draws=2)\n"
        "row = f.table().loc['shaded_traffic']\n"
        "assert 10 < row['baseline'] < 50, row\n"
        "assert row['unit'] == 'percent'\n"
        "print('shaded', row['p50'])\n"
    )
    told = _python(code, PACKAGE)
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith("shaded")
    assert _python("from exante.models import list_models; print([m.name for m in list_models()])").stdout.count(
        "citytrees"
    ) == 0


@pytest.mark.parametrize(
    ("module", "told"),
    [
        ("MODEL = 3\n", "gives a int, not a Model"),
        ("import nowhere\n", "cannot be loaded (ModuleNotFoundError"),
    ],
)
def test_a_broken_package_is_named(module, told, tmp_path, monkeypatch):
    from exante.quantities.declarations import Model

    (tmp_path / "broken.py").write_text(module)
    info = tmp_path / "broken-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[exante.models]\nbad = broken:MODEL\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    sys.modules.pop("broken", None)
    with pytest.raises(WiringError) as error:
        load("exante.models", Model)
    assert told in str(error.value)
    sys.modules.pop("broken", None)
