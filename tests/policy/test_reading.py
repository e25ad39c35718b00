"""Documents: every fault in one paragraph, with its line and a remedy."""

import datetime as dt
import pickle

import pytest

from exante.policy import list_policies, read_document, read_policy, read_text
from exante.policy.measures import MEASURES
from exante.quantities.errors import PolicyError

LIMIT = 'kind = "speed_limit"\nwhere = { within = "built-up" }\nspeed = { value = 30, unit = "km/h" }\ncompliance = 0.5'
CHARGE = """kind = "access_charge"
around = { within = "centre" }
hours = "07:30-19:00"
amount = { value = 5, unit = "EUR" }"""
TITLE = 'title = "Trial"\n\n[[measure]]\n'
KEYS = "Keys here: within, zone, district, polygon, outside, road_class, street, link, limit_above, restored."


def changed(old, new, text=LIMIT):
    assert old in text
    return TITLE + text.replace(old, new)


ERRORS = {
    "unknown kind": (
        changed('"speed_limit"', '"sped_limit"'),
        "there is no measure of kind 'sped_limit' (in trial.toml, line 4). Did you mean speed_limit? "
        "Kinds: "
        + ", ".join(["speed_limit", *(kind for kind in MEASURES if kind != "speed_limit")][:12])
        + f" and {len(MEASURES) - 12} more.",
    ),
    "no kind": (
        changed('kind = "speed_limit"\n', ""),
        "measure 1 has no 'kind' (in trial.toml, line 3). Write kind = one of " + ", ".join(MEASURES) + ".",
    ),
    "misspelt key": (
        changed("compliance", "complience"),
        "unknown key 'complience' (in trial.toml, line 7). Did you mean compliance? "
        "Keys here: kind, where, speed, compliance, raise.",
    ),
    "misspelt condition": (
        changed("within", "witin"),
        f"unknown key 'witin' (in trial.toml, line 5). Did you mean within? {KEYS}",
    ),
    "misspelt key of the policy": (
        "titel = 3\n" + TITLE + LIMIT,
        "unknown key 'titel' (in trial.toml, line 1). Did you mean title? "
        "Keys here: title, summary, city, starts, ends, source, cost, measure.",
    ),
    "speed without unit": (
        changed('{ value = 30, unit = "km/h" }', "20"),
        'the speed 20 has no unit (in trial.toml, line 6). Write for example { value = 30, unit = "km/h" }.',
    ),
    "speed in a table without unit": (
        changed(', unit = "km/h"', ""),
        'the speed has no unit (in trial.toml, line 6). Write for example { value = 30, unit = "km/h" }.',
    ),
    "speed in kilograms": (
        changed("km/h", "kg"),
        "the speed is in 'kg', which cannot be read as km/h (in trial.toml, line 6). "
        'Write for example { value = 30, unit = "km/h" }.',
    ),
    "speed out of range": (
        changed("30", "300"),
        "the speed 300 km/h is outside 5 to 140 km/h (in trial.toml, line 6). "
        'Write for example { value = 30, unit = "km/h" }.',
    ),
    "beta without bounds for a speed": (
        changed("value = 30", "beta = [2, 2]"),
        "the beta distribution of the speed has no bounds (in trial.toml, line 6). Add low and high in km/h.",
    ),
    "share above one": (
        changed("0.5", "1.5"),
        "the share 1.5 is outside 0 to 1 (in trial.toml, line 7). Write for example 0.5 or { beta = [4, 4] }.",
    ),
    "unbounded distribution": (
        changed("0.5", "{ normal = [0.5, 0.1] }"),
        "'normal' has no bounds (in trial.toml, line 7). Add low and high.",
    ),
    "unknown road class": (
        changed('within = "built-up"', 'road_class = "residental"'),
        "there is no road class 'residental' (in trial.toml, line 5). Did you mean residential? Road "
        "classes: motorway, "
        "trunk, primary, secondary, tertiary, unclassified, residential, living_street, busway.",
    ),
    "no condition": (
        changed('{ within = "built-up" }', "{ }"),
        "no condition says where (in trial.toml, line 5). Give at least one of within, zone, district, polygon, "
        "outside, road_class, street, link, limit_above, restored.",
    ),
    "uncertain condition": (
        changed('within = "built-up"', 'limit_above = { uniform = [40, 50], unit = "km/h" }'),
        'the speed cannot be a distribution (in trial.toml, line 5). Write for example { value = 30, unit = "km/h" }.',
    ),
    "missing file": (
        changed('within = "built-up"', 'polygon = "nowhere.geojson"'),
        "the file nowhere.geojson cannot be found from here (in trial.toml, line 5). Write the corners into "
        "the document.",
    ),
    "line instead of a polygon": (
        changed('within = "built-up"', "polygon = [[1, 2], [3, 4]]"),
        "a polygon is a list of at least three [longitude, latitude] corners (in trial.toml, line 5). Give "
        "the path of a "
        "GeoJSON file with a Polygon, or a list of [longitude, latitude] corners.",
    ),
    "projected polygon": (
        changed('within = "built-up"', "polygon = [[686000, 4929000], [687000, 4929000], [687000, 4930000]]"),
        "the polygon is not in degrees of longitude and latitude (in trial.toml, line 5). Project it to EPSG:4326.",
    ),
    "crossing polygon": (
        changed('within = "built-up"', "polygon = [[11, 44], [12, 45], [12, 44], [11, 45]]"),
        "the polygon is not a valid polygon (Self-intersection[11.5 44.5]) (in trial.toml, line 5). "
        "Draw it without crossing lines.",
    ),
    "truth in words": (
        TITLE + LIMIT + '\nraise = "maybe"',
        "raise = 'maybe' is not true or false (in trial.toml, line 8). Write true or false, without quotes.",
    ),
    "negative charge": (
        changed("value = 5", "value = -5", CHARGE),
        'the charge -5 EUR is negative (in trial.toml, line 7). Write for example { value = 5, unit = "EUR" }.',
    ),
    "charge that may be negative": (
        changed("value = 5", "uniform = [-1, 5]", CHARGE),
        "the charge 2 EUR (90 % between -0.7 and 4.7) can be negative (in trial.toml, line 7). "
        'Write for example { value = 5, unit = "EUR" }.',
    ),
    "another currency": (
        changed("EUR", "USD", CHARGE),
        "the charge is in 'USD', which cannot be read as EUR (in trial.toml, line 7). "
        'Write for example { value = 5, unit = "EUR" }.',
    ),
    "impossible hours": (
        changed("19:00", "25:00", CHARGE),
        "'07:30-25:00' are not hours of a day (in trial.toml, line 6). "
        'Write for example hours = "07:30-19:00", or a list of such spans that do not overlap.',
    ),
    "overlapping hours": (
        changed('"07:30-19:00"', '["07:30-10:00", "09:00-12:00"]', CHARGE),
        "the hours 07:30-10:00 and 09:00-12:00 overlap (in trial.toml, line 6). "
        'Write for example hours = "07:30-19:00", or a list of such spans that do not overlap.',
    ),
    "unknown vehicle": (
        TITLE + CHARGE + '\nvehicles = ["cars"]',
        "there is no vehicle class 'cars' (in trial.toml, line 8). Did you mean car? "
        "Vehicle classes: car, van, truck, motorcycle, bus.",
    ),
    "area scheme": (
        TITLE + CHARGE + '\nscheme = "area"',
        "the scheme 'area' (a day's licence for all who drive inside) is not modelled yet (in trial.toml, line 8). "
        'Use scheme = "cordon", in which each entry pays and trips that stay inside do not.',
    ),
    "unknown scheme": (
        TITLE + CHARGE + '\nscheme = "zone"',
        "there is no scheme 'zone' (in trial.toml, line 8). Use scheme = \"cordon\".",
    ),
    "nobody exempt": (
        TITLE + CHARGE + "\nexempt = { }",
        "exempt names nobody (in trial.toml, line 8). Give residents, electric, electric_from_fleet or "
        "other, or leave it out.",
    ),
    "exempt twice": (
        TITLE + CHARGE + "\nexempt = { electric = 0.1, electric_from_fleet = true }",
        "electric vehicles are exempted twice (in trial.toml, line 8). Keep either electric or electric_from_fleet.",
    ),
    "no measure": (
        'title = "Trial"',
        "the document has no 'measure' (in trial.toml). Add at least one [[measure]] with its kind, e.g. "
        'kind = "speed_limit".',
    ),
    "empty list of measures": (
        'title = "Trial"\nmeasure = []',
        'the policy has no measure (in trial.toml, line 2). Add [[measure]] with its kind, e.g. kind = "speed_limit".',
    ),
    "single brackets": (
        'title = "Trial"\n[measure]\n' + LIMIT,
        "measure = {'kind': 'speed_limit', 'where': {'wi… is not a list of measures (in trial.toml, line 2). "
        "Write [[measure]] with double brackets.",
    ),
    "no title": (LIMIT.join(["[[measure]]\n", ""]), "the document has no 'title' (in trial.toml). Add title = \"…\"."),
    "empty title": (
        'title = ""\n[[measure]]\n' + LIMIT,
        "'title' is empty (in trial.toml, line 1). Add title = \"…\".",
    ),
    "date in words": (
        'starts = "soon"\n' + TITLE + LIMIT,
        "starts = 'soon' is not a date (in trial.toml, line 1). Write it as YYYY-MM-DD, without quotes.",
    ),
    "a date that does not exist": (
        "starts = 2024-13-45  # soon\n" + TITLE + LIMIT,
        "starts = 2024-13-45: there is no such date (in trial.toml, line 1). "
        "Write a day of the calendar as YYYY-MM-DD.",
    ),
    "ends before it starts": (
        "starts = 2024-02-01\nends = 2024-01-01\n" + TITLE + LIMIT,
        "the policy ends on 2024-01-01, not after its start on 2024-02-01 (in trial.toml). Correct the dates.",
    ),
    "cost without a sum": (
        'cost = { unit = "EUR" }\n' + TITLE + LIMIT,
        'cost says no sum (in trial.toml, line 1). Write cost = { capital = 24e6, yearly = 1e6, unit = "EUR" }.',
    ),
    "cost in dollars": (
        'cost = { capital = 1, unit = "USD" }\n' + TITLE + LIMIT,
        "unit = 'USD' is not known (in trial.toml, line 1). Use 'EUR'.",
    ),
    "not TOML": (
        'title = "Trial"\nwhere "here"\n',
        "the document is not valid TOML: invalid statement (in trial.toml, line 2). Text stands in quotes, keys are "
        'followed by =, e.g. speed = { value = 30, unit = "km/h" }.',
    ),
}


@pytest.mark.parametrize("case", ERRORS)
def test_one_fault(case):
    text, told = ERRORS[case]
    with pytest.raises(PolicyError) as error:
        read_text(text, "trial.toml")
    if case == "not TOML":  # the words are Python's own and change with its version
        assert str(error.value).startswith("the document is not valid TOML: ")
        assert "(in trial.toml, line 2)" in str(error.value)
        return
    assert str(error.value) == told
    assert error.value.exit_code == 2


def test_all_faults_together():
    text = 'starts = "soon"\n' + changed('where = { within = "built-up" }', 'wher = { within = "x" }').replace(
        "0.5", "7"
    )
    with pytest.raises(PolicyError) as error:
        read_text(text, "trial.toml")
    assert str(error.value) == (
        "the document has 4 faults (in trial.toml). "
        "[1] line 1: starts = 'soon' is not a date. Write it as YYYY-MM-DD, without quotes. "
        "[2] line 4: measure 1 has no 'where'. Add where = { within = \"built-up\" }. "
        "[3] line 6: unknown key 'wher'. Did you mean where? Keys here: kind, where, speed, compliance, raise. "
        "[4] line 8: the share 7 is outside 0 to 1. Write for example 0.5 or { beta = [4, 4] }."
    )


def test_unknown_names_list_what_is_shipped(tmp_path):
    with pytest.raises(PolicyError) as error:
        read_policy("citta30")
    assert str(error.value) == (
        "there is no policy called 'citta30'. Did you mean citta-30? Shipped: centre-charge, citta-30. "
        "Or give the path of a .toml document."
    )
    with pytest.raises(PolicyError) as error:
        read_policy("nowhere.toml")
    assert str(error.value) == (
        "the document cannot be read (No such file or directory) (in nowhere.toml). "
        "Check the path, or use a shipped policy: centre-charge, citta-30."
    )
    (tmp_path / "latin.toml").write_bytes('title = "Citt\xe0"'.encode("latin-1"))
    with pytest.raises(PolicyError, match="the document is not UTF-8 text"):
        read_policy(tmp_path / "latin.toml")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "is not valid JSON"),
        ("[]", "is not GeoJSON"),
        ('{"type": "Point", "coordinates": [11, 44]}', "holds something else than polygons"),
        ('{"type": "Nothing"}', "is not GeoJSON"),
        (
            '{"type": "Polygon", "coordinates": [], "crs": {"properties": {"name": "EPSG:32632"}}}',
            "is not in EPSG:4326",
        ),
    ],
)
def test_files_that_hold_no_polygon(tmp_path, content, told):
    (tmp_path / "area.geojson").write_text(content)
    (tmp_path / "trial.toml").write_text(changed('within = "built-up"', 'polygon = "area.geojson"'))
    with pytest.raises(PolicyError, match=f"the file area.geojson {told}") as error:
        read_policy(tmp_path / "trial.toml")
    assert error.value.where.endswith("trial.toml, line 5")


def test_a_document_survives_its_text_and_a_pickle():
    for name in list_policies():
        policy = read_policy(name)
        again = read_text(policy.text(), "again.toml")
        assert again == policy
        assert again.sha256 == policy.sha256
        assert pickle.loads(pickle.dumps(policy)).sha256 == policy.sha256


def test_several_policies_in_one_text():
    both = read_policy("citta-30") + read_policy("centre-charge")
    again = read_text(both.text(), "both.toml")
    assert again.sha256 == both.sha256
    assert again.title == "Città 30 + Centre charge"
    with pytest.raises(PolicyError) as error:
        read_text(both.text().replace("speed]", "sped]", 1), "both.toml")
    line = both.text().splitlines().index("[policy.measure.speed]") + 1
    assert f"line {line}: unknown key 'sped'" in str(error.value)
    with pytest.raises(PolicyError, match="the document holds no policy"):
        read_document({"policy": []}, "both.toml")


def test_dates_cost_and_source_are_told():
    text = "starts = 2024-01-16\nends = 2025-01-01\n"
    text += 'cost = { capital = 24e6, yearly = { uniform = [1e6, 3e6] }, unit = "EUR" }\n'
    policy = read_text(text + TITLE + LIMIT, "trial.toml")
    assert policy.starts == dt.date(2024, 1, 16)
    assert policy.describe()[1:] == [
        "In force from 16 January 2024 until 31 December 2024.",
        "Cost: 24,000,000 EUR once and 2,000,000 (90 % between 1,100,000 and 2,900,000) EUR a year.",
    ]
    assert list(policy.uncertain()) == ["trial.cost.yearly"]
    assert policy.at({"trial.cost.yearly": 0.25}).cost.yearly.value == 1.5e6
