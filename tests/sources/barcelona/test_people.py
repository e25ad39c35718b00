"""The profile of the barris: what is read, and what a changed file is told."""

import pandas as pd
import pytest

from exante.quantities.errors import SourceError
from exante.sources.barcelona import people


@pytest.fixture
def workbook(monkeypatch, tmp_path):
    """Stands for the workbook's sheet `Data`."""

    def give(frame):
        monkeypatch.setattr(people.pd, "read_excel", lambda *_, **__: frame)
        return tmp_path / "profile.xlsx"

    return give


def test_persons_are_dwellings_times_size_and_the_young_a_share(workbook):
    row = {"Codi_Barri": 7, "Hab_25_39_Age": 300, "Hab_40_64_Age": 700} | dict.fromkeys(people.DWELLINGS, 10)
    found = people.read_profile(workbook(pd.DataFrame([row]))).iloc[0]
    assert (found["barri"], found["young"]) == ("07", 0.3)
    assert [found[f"persons_{k}"] for k in range(1, 6)] == [10, 20, 30, 40, 10 * (5 + 6 + 7 + 8 + 10)]


def test_a_profile_with_other_columns_shows_both_sides(workbook):
    with pytest.raises(SourceError) as error:
        people.read_profile(workbook(pd.DataFrame({"Codi_Barri": [1], "Habitants": [2]})))
    assert "the table lacks Hab_25_39_Age" in str(error.value)
    assert "found Codi_Barri, Habitants" in str(error.value)


def test_a_file_that_is_no_workbook_is_told(tmp_path):
    file = tmp_path / "profile.xlsx"
    file.write_text("no workbook")
    with pytest.raises(SourceError) as error:
        people.read_profile(file)
    assert str(error.value).startswith("the profile of the barris cannot be read (")
    assert str(error.value).endswith("(in profile.xlsx). Fetch it again.")
