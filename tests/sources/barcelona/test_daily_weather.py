"""Daily weather of Barcelona: two forms of file, and the day they have in common with nothing lost."""

import pytest

from exante.quantities.errors import SourceError
from exante.sources.barcelona import daily_weather
from exante.sources.report import Report

WIDE = "CODI_ESTACIO,DATA_LECTURA,TM,TX,TN,HRM,PPT24H,HPA,RS24H,VVM10\n"
LONG = '"DATA_LECTURA","DATA_EXTREM","CODI_ESTACIO","ACRÒNIM","VALOR"\n'


def _write(tmp_path, text):
    path = tmp_path / "days.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_one_day_in_both_forms_is_the_same(tmp_path):
    wide = daily_weather.read_wide(_write(tmp_path, WIDE + "X8,03/02/2020,10,15,5,60,1.5,1010,8,2\n"), Report())
    values = {"TM": 10, "TX": 15, "TN": 5, "HRM": 60, "PPT": 1.5, "PM": 1010, "RS24h": 8, "VVM10": 2, "HRX": 99}
    rows = "".join(f'2020-02-03,NA,"X8","{k}",{v}\n' for k, v in values.items())
    report = Report("days")
    long = daily_weather.read_long(_write(tmp_path, LONG + rows + LONG), report)
    assert long.to_dict("records") == wide.to_dict("records")
    assert "1 rows of other variables are not used: HRX" in report.lines[0]
    assert "1 rows of column names" in report.lines[1]
    assert sum(f.count for f in report.findings if f.item == "rows" and f.kind == "left_out") == 2


def test_a_blank_is_missing_and_a_repeated_day_counts_once(tmp_path):
    report = Report()
    line = "X8,03/02/2020,,15,5,60,1.5,1010,8,2\n"
    table = daily_weather.read_wide(_write(tmp_path, WIDE + line + line), report)
    assert len(table) == 1
    assert table["temperature_mean"].isna().all()
    assert "1 days repeated" in report.lines[0]
    assert "without: temperature_mean 1" in report.lines[0]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("X8,2020-02-03,1,1,1,1,1,1010,1,1", "'2020-02-03' is no day"),
        ("X8,03/02/2020,99,1,1,1,1,1010,1,1", "'99' in column TM is no number between -40 and 50"),
    ],
)
def test_bad_days(tmp_path, line, told):
    with pytest.raises(SourceError, match=told):
        daily_weather.read_wide(_write(tmp_path, WIDE + line + "\n"), Report())


def test_the_columns_of_the_other_form_are_shown(tmp_path):
    with pytest.raises(
        SourceError, match=r"the table lacks ACRÒNIM, VALOR: expected DATA_LECTURA, .*; found CODI_ESTACIO"
    ):
        daily_weather.read_long(_write(tmp_path, WIDE), Report())


@pytest.mark.real_data
def test_real_files(data_dir):
    folder, report = data_dir / "barcelona" / "weather", Report()
    early = daily_weather.read_wide(folder / "meteo-barcelona-2019.csv", report)
    late = daily_weather.read_long(folder / "meteo-barcelona-2020-2022.csv", report)
    assert (len(early), len(late)) == (4262, 3384)
    assert late.groupby("station_id").size().to_dict() == {"D5": 846, "X2": 846, "X4": 846, "X8": 846}
    assert early["date"].max() < late["date"].min()
    mean = late.groupby("station_id")["temperature_mean"].mean()
    assert mean["X4"] - mean["D5"] > 1.5  # the observatory at 411 m is cooler
    assert (late["temperature_min"] <= late["temperature_max"]).all()
