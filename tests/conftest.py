"""Fixtures that every test may use: hand-made cities, the sketch, and the folder of real data."""

import importlib.util
import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def _golden(name):
    """Module of `tests/golden`, loaded by file: with importlib import mode the tests are no package."""
    key = f"exante_golden_{name}"
    if key not in sys.modules:
        spec = importlib.util.spec_from_file_location(key, Path(__file__).parent / "golden" / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[key] = module
        spec.loader.exec_module(module)
    return sys.modules[key]


@pytest.fixture(scope="session")
def braess():
    """Module `tests/golden/braess.py`, with the numbers on paper."""
    return _golden("braess")


@pytest.fixture(scope="session")
def braess_city(braess):
    """The four nodes of Braess, with the fifth road."""
    return braess.build()


@pytest.fixture(scope="session")
def village_city():
    """Three zones, eight street nodes, one gate: small enough to check by hand."""
    return _golden("village").build()


@pytest.fixture(scope="session")
def dwellings():
    """Module `tests/golden/dwellings.py`: buildings, weather and prices of the village."""
    return _golden("dwellings")


@pytest.fixture(scope="session")
def built_village(dwellings, village_city, tmp_path_factory):
    """The village with buildings of two sizes, two periods and three states, weather and prices."""
    table = dwellings.variants(_golden("houses"), tmp_path_factory.mktemp("dwellings") / "variants.csv")
    return dwellings.build(village_city, table)


@pytest.fixture(scope="session")
def sketch_city():
    """Bologna, sketched from published statistics."""
    from exante.sources.sketch import sketch

    return sketch("bologna").city


@pytest.fixture(scope="session")
def data_dir():
    """Folder of the real data of both cities."""
    folder = Path(os.environ.get("EXANTE_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "README.md").exists():
        pytest.skip(f"no real data at {folder}: set EXANTE_DATA to the folder that holds it")
    return folder


@pytest.fixture
def portal(monkeypatch):
    """A web server on loopback with files, tags, ranges and refusals; pauses are recorded, not waited for."""
    from exante.sources import download

    pauses = []
    monkeypatch.setattr(download, "wait", pauses.append)
    with _golden("portal").serve() as running:
        running.pauses = pauses
        yield running


@pytest.fixture(scope="session")
def town():
    """Module `tests/golden/town.py`: the files of a small made-up town, and its document."""
    pytest.importorskip("geopandas", reason="building a city needs the extra sources")
    return _golden("town")
