"""Long series of temperature: months, whole summers, and two variables that are kept apart."""

import pytest

from exante.quantities.errors import SourceError
from exante.sources import temperature_series
from exante.sources.report import Report


def _write(tmp_path, text):
    path = tmp_path / "series.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_months(tmp_path):
    text = "Any,Mes,Desc_Mes,Temperatura\n1780,2,Febrer,7.3\n1780,1,Gener,6.7\n1780,3,Març,\n"
    report = Report()
    table = temperature_series.read_months(_write(tmp_path, text), "B", report)
    assert table[["period", "temperature"]].to_numpy().tolist() == [["1780-01", 6.7], ["1780-02", 7.3]]
    assert [(f.kind, f.count) for f in report.findings] == [("read", 3), ("gap", 1), ("kept", 2)]


def test_a_summer_of_too_few_days_is_left_out(tmp_path):
    text = "year,summer_mean_daily_tmax,days,source\n1961,29.8,92,s\n1962,30,91,s\n"
    report = Report()
    table = temperature_series.read_summers(_write(tmp_path, text), report)
    assert table.to_numpy().tolist() == [["s", "1961", "summer mean of daily maximum", 29.8]]
    assert "1 summers of fewer than 92 days are left out" in report.lines[0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("year,days,source\n1961,92,s\n", "expected one of summer_mean_daily_tmax, .*; found year, days, source"),
        ("year,days,source,summer_mean_air_temperature\n1961,92,s,1\n1961,92,s,2\n", "1961 stands twice"),
        ("year,days,source,summer_mean_air_temperature\n1961,92,s,99\n", "'99' in column summer_mean_air_temperature"),
    ],
)
def test_bad_series(tmp_path, text, told):
    with pytest.raises(SourceError, match=told):
        temperature_series.read_summers(_write(tmp_path, text), Report())


@pytest.mark.real_data
def test_real_series(data_dir):
    months = temperature_series.read_months(
        data_dir / "barcelona" / "weather" / "temperature_monthly_1780_2021.csv", "Barcelona", Report()
    )
    assert len(months) == 2904 == 242 * 12
    folder = data_dir / "bologna" / "weather"
    highest = temperature_series.read_summers(folder / "central_air_temperature_1961_2025.csv", Report())
    mean = temperature_series.read_summers(folder / "summer_air_temperature_2013_2025.csv", Report())
    assert (len(highest), len(mean)) == (65, 13)
    both = highest.merge(mean, on="period")
    assert (both["temperature_x"] > both["temperature_y"] + 4).all()  # maxima are not means
