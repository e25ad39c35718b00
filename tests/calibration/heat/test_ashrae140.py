"""Cases of ASHRAE 140: the description closes, changes act in the right direction, real ranges are met."""

import numpy as np
import pytest

from exante.calibration.heat.cases import get_case, list_cases, specification
from exante.calibration.heat.room import Box, schedules, shades_of
from exante.calibration.heat.verify import read_reference, verify_cases
from exante.quantities.errors import SourceError, UserError

#: Air-to-air conductance of parts, W/K, as the standard prints them (through the same restatement).
UA = {
    ("600", "wall"): (63.6, 26.598),
    ("600", "roof"): (48.0, 13.237),
    ("600", "floor"): (48.0, 1.867),
    ("900", "wall"): (63.6, 26.509),
    ("900", "floor"): (48.0, 1.867),
    ("680", "wall"): (63.6, 9.097),
    ("680", "roof"): (48.0, 4.431),
    ("980", "wall"): (63.6, 9.096),
}


@pytest.mark.parametrize("key", UA)
def test_layers_and_films_add_to_the_standards_own_conductances(key):
    spec, case = specification(), get_case(key[0])
    resistance = sum(d / k for k, d, _, _ in spec["layers"][getattr(case, key[1])])
    films = [1 / spec["films"][side][key[1]] for side in ("inside_combined", "outside_combined")]
    area, conductance = UA[key]
    # Films are printed with two figures, which leaves 0.3 % where the inner film is 1.7.
    assert area / (resistance + sum(films)) == pytest.approx(conductance, rel=0.003)


def test_windows_and_infiltration_too():
    spec = specification()
    films = 1 / spec["films"]["inside_combined"]["window"] + 1 / spec["films"]["outside_combined"]["window"]
    assert 12 / (films + spec["glazing"]["double"]["resistance"]) == pytest.approx(25.184, rel=1e-3)
    assert 12 / (films + spec["glazing"]["low_e"]["resistance"]) == pytest.approx(14.239, rel=1e-3)
    site = spec["site"]
    assert 0.5 * 129.6 / 3600 * site["air_density"] * site["air_heat"] == pytest.approx(18.555, rel=1e-3)


def test_changes_add_up_along_the_chain():
    case = get_case("930")
    assert (case.wall, case.shade, case.glazed) == ("heavy_wall", "overhang_and_fins", {"east": 1, "west": 1})
    assert get_case("950ff").free_float
    assert get_case("195").glazed == {}
    assert get_case("320").cooling == 27.0
    with pytest.raises(UserError, match="no case '601'"):
        get_case("601")
    assert len(list_cases()) == 52


def test_setback_ramps_and_night_ventilation_hours():
    heating, cooling, extra = schedules(get_case("640"), 96, 4, plant=True)
    assert heating[6 * 4 : 9 * 4].tolist() == [10.0] * 4 + [12.5, 15.0, 17.5, 20.0] + [20.0] * 4
    assert (heating[23 * 4 :] == 10).all()
    heating, cooling, extra = schedules(get_case("650"), 24, 1, plant=True)
    assert np.flatnonzero(extra).tolist() == [*range(7), *range(18, 24)]
    assert np.flatnonzero(np.isfinite(cooling)).tolist() == list(range(7, 18))
    assert np.isinf(heating).all()


def test_geometry_of_windows_and_shades():
    case = get_case("610")
    box = Box(8.0, 6.0, 2.7, case.glazed)
    np.testing.assert_allclose(box.windows("south"), [(2 / 3, 0.2, 11 / 3, 2.2), (13 / 3, 0.2, 22 / 3, 2.2)])
    (overhang,) = shades_of(case, box, "south")
    assert (overhang.at, overhang.start, overhang.stop, overhang.depth) == (2.7, 0.0, 8.0, 1.0)
    case = get_case("630")
    shades = shades_of(case, Box(8.0, 6.0, 2.7, case.glazed), "east")
    assert [s.kind for s in shades] == ["overhang", "fin", "fin"]
    assert shades[1].start == pytest.approx(-0.3)


@pytest.fixture(scope="module")
def folder(data_dir):
    path = data_dir / "energy" / "std140"
    if not path.is_dir():
        pytest.skip("no reference results of ASHRAE 140 in the folder of real data")
    return path


@pytest.mark.real_data
@pytest.mark.parametrize("steps", [1, 4])
def test_every_value_lies_inside_the_range_of_the_six_tools(folder, steps):
    reference = read_reference(folder)
    assert reference.cases == ["600", "620", "600FF", "900"]
    rows = [m for r in verify_cases(reference.cases, reference, steps) for m in r["metrics"]]
    assert len(rows) == 15
    assert all(m["inside"] for m in rows)


@pytest.mark.real_data
def test_coefficients_that_follow_the_temperatures_change_loads_by_a_few_per_cent(folder):
    reference = read_reference(folder)
    constant, natural = (
        {m["name"]: m["value"] for m in verify_cases(["900"], reference, 1, natural=n)[0]["metrics"]}
        for n in (False, True)
    )
    assert all(m["inside"] for m in verify_cases(["900", "600FF"], reference, 1, natural=True)[0]["metrics"])
    for name, value in constant.items():
        assert natural[name] == pytest.approx(value, rel=0.12)
    assert natural["peak_cooling_kW"] > constant["peak_cooling_kW"]


@pytest.mark.real_data
@pytest.mark.slow
def test_changes_of_a_case_act_as_they_must(folder):
    reference = read_reference(folder)
    names = ["600", "610", "640", "650FF", "600FF", "660", "670", "680", "900", "960", "210", "220"]
    told = {r["case"]: {m["name"]: m["value"] for m in r["metrics"]} for r in verify_cases(names, reference)}
    heat = {k: v.get("annual_heating_MWh") for k, v in told.items()}
    cool = {k: v.get("annual_cooling_MWh") for k, v in told.items()}
    assert cool["610"] < 0.85 * cool["600"]
    assert heat["600"] < heat["610"] < 1.1 * heat["600"]
    assert heat["640"] < 0.75 * heat["600"]
    assert heat["680"] < 0.6 * heat["600"]
    assert heat["900"] < 0.5 * heat["600"]
    assert heat["660"] < heat["600"] < heat["670"]
    assert heat["210"] < heat["220"]
    assert told["650FF"]["average_temperature"] < told["600FF"]["average_temperature"] - 4
    assert set(told["960"]) >= {"annual_heating_MWh", "maximum_temperature"}
    assert told["960"]["minimum_temperature"] > 0


def test_folders_without_weather_or_with_broken_tables_are_refused(tmp_path):
    with pytest.raises(SourceError, match="does not exist"):
        read_reference(tmp_path / "nowhere")
    with pytest.raises(SourceError, match="must hold one weather file"):
        read_reference(tmp_path)
    (tmp_path / "a.epw").write_text("")
    assert read_reference(tmp_path).ranges == {}
    table = tmp_path / "loads_by_tool.csv"
    table.write_text("tool,case,annual_heating_MWh\nX,600,4\n")
    with pytest.raises(SourceError, match="lacks the columns annual_cooling_MWh, peak_heating_kW, peak_cooling_kW"):
        read_reference(tmp_path)
    table.write_text("tool,case,annual_heating_MWh,annual_cooling_MWh,peak_heating_kW,peak_cooling_kW\nX,600,4,x,1,1\n")
    with pytest.raises(SourceError, match="annual_cooling_MWh is no number"):
        read_reference(tmp_path)
    table.write_text(
        "tool,case,annual_heating_MWh,annual_cooling_MWh,peak_heating_kW,peak_cooling_kW\nX,600,4,6,1,1\nY,600,5,5,,2\n"
    )
    ranges = read_reference(tmp_path).ranges
    assert ranges[("600", "annual_heating_MWh")] == (4.0, 5.0)
    assert ranges[("600", "peak_heating_kW")] == (1.0, 1.0)
