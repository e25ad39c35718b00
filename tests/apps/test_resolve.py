"""Names of cities: what a misspelt one is answered."""

import pytest

from exante.apps.resolve import list_embedded, open_city, store_folder
from exante.quantities.errors import CityError


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("bolonga", "Did you mean bologna? "),
        ("Bologna", "Did you mean bologna? "),
        ("vilage", "Did you mean village? "),
        ("stord", "Did you mean stored? "),
        ("xyz", ""),
    ],
)
def test_a_misspelt_city(tmp_path, monkeypatch, name, question):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXANTE_STORE", str(tmp_path / "store"))
    (tmp_path / "village.city").mkdir()
    (tmp_path / "store" / "stored.city").mkdir(parents=True)
    with pytest.raises(CityError) as error:
        open_city(name)
    assert str(error.value) == (
        f"there is no city '{name}' (in ./{name}.city, {store_folder() / name}.city or the embedded "
        f"sketches). {question}Embedded cities: {', '.join(list_embedded())}. Make one with "
        "`exante city build NAME` or `exante city sketch NAME`."
    )
