"""The report: every number is the forecast's, nothing is fetched, nothing is claimed below the noise."""

import importlib.util
import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from exante.evidence.report import report_html, words, write_report
from exante.evidence.report.basis import city_hash
from exante.evidence.report.digest import Spread, find_net, list_outcomes, paired
from exante.evidence.report.drivers import can_drive, list_drivers
from exante.evidence.report.groups import find_largest_loser, list_groups
from exante.evidence.report.map import Scale
from exante.evidence.report.numbers import MINUS, THIN
from exante.evidence.report.places import spread_cells
from exante.evidence.report.streets import find_displacement, list_classes, list_streets, read_sections


def load_fake():
    spec = importlib.util.spec_from_file_location("exante_fake_forecast", Path(__file__).with_name("fake.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


fake = load_fake()


@pytest.fixture(scope="module")
def forecast():
    return fake.make_forecast(side=12, target={"indicator": "co2_traffic", "value": 960.0, "better": "lower"})


@pytest.fixture(scope="module")
def page(forecast):
    return report_html(forecast)


class Reader(HTMLParser):
    """Every tag with its attributes, and the text of elements that carry data-change."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.changes, self._change = [], {}, None
        self.text = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._change = dict(attrs).get("data-change")

    def handle_endtag(self, tag):
        self._change = None

    def handle_data(self, data):
        self.text.append(data)
        if self._change:
            self.changes[self._change] = data


def value_of(shown):
    return float(shown.replace(THIN, "").replace(MINUS, "-").replace("+", ""))


def test_every_change_in_the_table_is_the_forecasts(forecast, page):
    changes = Reader(page).changes
    rows = {row["name"]: row for row in forecast.summary()}
    assert set(changes) == set(rows) - {"toll_revenue"}  # nobody pays
    for name, shown in changes.items():
        row = rows[name]
        if not row["distinguishable"]:
            assert shown in ("0", "≈ 0")
            continue
        width = row["change"]["p95"] - row["change"]["p05"]
        assert value_of(shown) == pytest.approx(row["change"]["mean"], abs=0.06 * width)


def test_intervals_in_the_table_are_the_forecasts(forecast, page):
    body = page[page.index('class="indicators"') : page.index("The words.")]
    rows = re.findall(r"<tr>(.*?)</tr>", body)[1:]
    summary = [row for row in forecast.summary() if row["name"] != "toll_revenue"]  # nobody pays
    assert len(rows) == len(summary)
    for told, row in zip(rows, summary, strict=True):
        if not row["distinguishable"]:
            assert "not distinguishable: noise floor ±" in told
            continue
        low, high = re.search(r'interval">([^<]*?) to ([^<]*?)<', told).groups()
        width = row["change"]["p95"] - row["change"]["p05"]
        assert value_of(low) == pytest.approx(row["change"]["p05"], abs=0.06 * width)
        assert value_of(high) == pytest.approx(row["change"]["p95"], abs=0.06 * width)
        assert f"{round(row['probability_of_sign'] * 64)}\u00a0of\u00a064" in told


def test_no_number_is_printed_without_its_interval(page):
    for card in re.findall(r'<figure class="card">.*?</figure>', page):
        assert "interval" in card


def test_each_chart_has_50_dots_and_says_what_it_shows(page):
    charts = re.findall(r'<svg [^>]*class="chart".*?</svg>', page)
    assert len(charts) == 7  # six outcomes and the target
    for chart in charts:
        assert chart.count("<circle") == 50
        assert "<title>" in chart
        assert "aria-label=" in chart
        assert 'role="img"' in chart


def test_streets_are_coloured_only_where_the_draws_agree(forecast):
    sections = read_sections(forecast)
    scale = Scale.of(np.abs(sections.mean[sections.sign != 0]))
    classes = scale.classes(sections.mean, sections.sign)
    share = np.maximum((sections.change > 0).mean(axis=0), (sections.change < 0).mean(axis=0))
    assert (share[classes != 0] >= 0.9).all()
    assert (np.sign(classes) == np.sign(sections.mean))[classes != 0].all()
    assert (classes != 0).any()
    assert (classes == 0).any()


def test_zones_are_coloured_only_where_the_draws_agree(forecast, page):
    change = paired(forecast.zones, "zone_surplus")
    share = np.maximum((change > 0).mean(axis=0), (change < 0).mean(axis=0))
    drawn = re.findall(r'class="zone ([a-z]+)[-\d]*"', page)
    assert len(drawn) == change.shape[1]
    for style, agreeing in zip(drawn, share, strict=True):
        assert style == "unagreed" or agreeing >= 0.9
    assert {"gain", "loss", "unagreed"} == set(drawn)


def test_a_few_draws_colour_nothing():
    page = report_html(fake.make_forecast(side=8, draws=4))
    assert not re.search(r'class="flow |class="zone (gain|loss)', page)
    assert "for which 4 are too few" in page


def test_both_directions_of_a_street_count_once(forecast):
    sections = read_sections(forecast)
    links = forecast.city.table("links")
    assert len(sections.sign) == links.rows // 2
    whole = paired(forecast.links, "link_flow_daily") @ (links["length"] / 1000)
    classes = list_classes(sections)
    assert sum(c.change.draws for c in classes) == pytest.approx(whole, rel=1e-3)


def test_displacement_adds_up(forecast):
    found = find_displacement(read_sections(forecast))
    whole = paired(forecast.links, "link_flow_daily") @ (forecast.city.table("links")["length"] / 1000)
    assert found.gained.draws + found.lost.draws == pytest.approx(whole, rel=1e-3)
    assert found.total.draws == pytest.approx(whole, rel=1e-3)
    assert found.returned.draws == pytest.approx(found.gained.draws / -found.lost.draws)
    assert ((found.returned.draws > 1) == (whole > 0)).all()
    assert ((found.local.draws >= 0) & (found.local.draws <= 1)).all()


def test_named_streets_agree(forecast):
    gaining, losing = list_streets(read_sections(forecast))
    assert gaining
    assert losing
    assert all(s.distance > 0 and s.change.agreed for s in gaining)
    assert all(s.distance < 0 and s.change.agreed for s in losing)


def test_the_largest_losing_group_is_named(forecast, page):
    groups = list_groups(forecast)
    loser = find_largest_loser(groups)
    assert loser.name == "Savena"
    assert loser.each.mean == min(g.each.mean for g in groups)
    assert "Among the six districts, Savena (" in page


def test_the_answer_says_what_the_benefit_leaves_out(page):
    answer = page[page.index('id="answer"') : page.index('id="policy"')]
    assert "not counted in it: residents&#x27; safety, noise and air quality." in answer
    assert "charges" not in answer
    assert "Charges paid" not in page


def test_charges_are_given_back_draw_by_draw():
    forecast = fake.make_forecast(side=8)
    paid = forecast.indicators["toll_revenue"]
    paid.loc[{"scenario": "policy"}] = 20000.0 + 100.0 * np.arange(64)
    net = find_net(list_outcomes(forecast))
    both = forecast.indicators["surplus"] + paid
    change = (both.sel(scenario="policy") - both.sel(scenario="baseline")).values
    assert net.draws == pytest.approx(change)
    assert (net.low, net.high) == pytest.approx(tuple(np.quantile(change, (0.05, 0.95))))
    page = report_html(forecast)
    assert "charges paid return to the city and are not netted" in page
    assert "plus charges returned: +" in page
    assert "Charges paid" in page


def test_nothing_is_fetched(page):
    for tag, attributes in Reader(page).tags:
        assert tag not in {"script", "img", "link", "iframe", "object", "embed", "base"}
        assert "src" not in attributes
        if "href" in attributes:
            assert tag == "a"
        assert not [name for name in attributes if name.startswith("on")]
    style = page[page.index("<style>") : page.index("</style>")]
    assert "@import" not in style
    assert "http" not in style
    assert not re.search(r"url\((?!#)", page)
    assert "default-src 'none'" in page


def test_hostile_names_stay_text():
    page = report_html(fake.make_forecast(side=8, draws=16, evil=True))
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page
    assert {tag for tag, _ in Reader(page).tags}.isdisjoint({"script", "img"})


def test_hostile_source_addresses_are_no_links():
    forecast = fake.make_forecast(side=8, draws=16)
    forecast.policy.source = "javascript:alert(1)"
    assert 'javascript:alert(1)"' not in report_html(forecast)


def test_a_sketch_says_so_everywhere():
    page = report_html(fake.make_forecast(side=8, draws=16, level=0))
    assert page.count(words.SKETCH) >= 2  # banner, print margin
    charts = re.findall(r'<svg [^>]*class="(?:chart|map)".*?</svg>', page)
    assert charts
    assert all("SKETCH, level 0" in chart for chart in charts)


def test_open_data_is_no_sketch_but_names_sketched_layers(page):
    assert words.SKETCH not in page
    assert "Partly sketched (level 0): fleet" in page


def test_a_policy_without_effect_says_so():
    forecast = fake.make_forecast(side=8, draws=16, nothing=True)
    page = report_html(forecast)
    assert "Città\u00a030 has no distinguishable effect on" in page
    assert "the change is exactly zero in all 16 draws" in page
    assert "likely lower" not in page.replace(words.scale_words(), "")
    assert not re.search(r'class="flow |class="zone (gain|loss)', page)


def test_below_the_noise_floor_nothing_is_claimed(forecast, page):
    outcome = next(o for o in list_outcomes(forecast) if o.name == "delay_hours")
    assert abs(outcome.median) < outcome.noise
    assert words.verdict(outcome) == words.NO_EFFECT
    assert "Hours lost to congestion: no distinguishable effect" in page


def test_attribution_that_licences_oblige_to(page):
    assert page.count("© OpenStreetMap contributors, ODbL 1.0") >= 3  # both maps, sources, foot
    assert 'href="https://www.openstreetmap.org/copyright"' in page


def test_the_two_badges_and_what_it_cannot_say(forecast, page):
    assert "Range of outcomes" in page
    assert "Back-test score: none yet" in page
    for line in (*words.STANDING_LIMITS, *forecast.warnings):
        assert line in page
    assert "A sentence of a model." in report_html(forecast, ["A sentence of a model."])


def test_the_drivers_that_made_the_change_are_found(forecast, page):
    assert "What drives the result most" in page
    assert '<td data-label="Parameter">Meaning of mobility.cruise_residential<small>' in page
    assert "(prior not checked in its source)" in page
    assert "the policy document" in page
    assert "per tonne" not in page


def test_no_outcome_is_driven_by_a_model_it_does_not_depend_on(forecast):
    assert not can_drive("emissions.factor_choice", "mean_speed")
    assert can_drive("emissions.factor_choice", "co2_traffic")
    assert can_drive("mobility.value_of_time", "co2_traffic")
    assert can_drive("citta-30.speed_limit[0].compliance", "mean_speed")
    copied = forecast.parameters.copy()
    change = np.diff(forecast.indicators["mean_speed"].values, axis=0)[0]
    copied.loc[{"parameter": "emissions.factor_choice"}] = change
    other = SimpleNamespace(**{**vars(forecast), "parameters": copied})
    told = list_drivers(other, [o for o in list_outcomes(forecast) if o.name == "mean_speed"])
    assert "emissions.factor_choice" not in {d.parameter for d in told}
    assert told


def test_few_draws_name_no_driver():
    page = report_html(fake.make_forecast(side=8, draws=63))
    assert "What drives the result most" not in page
    assert "63 draws are too few to tell a driver from an accident" in page


def test_it_can_be_done_again(page):
    assert "exante forecast bologna citta-30 --draws 64 --seed 2024" in page
    assert re.search(r"<code>[0-9a-f]{64}</code>", page)


def test_the_command_is_the_one_given():
    forecast = fake.make_forecast(side=8, draws=16)
    forecast.command = "exante forecast demo/bologna.city citta-30 --draws 16 --seed 2024"
    page = report_html(forecast)
    assert f"<pre><code>{forecast.command}</code></pre>" in page
    assert "policy.toml in the folder of the run is the exact policy" in page
    assert city_hash(forecast.city) in page


def test_thousands_have_one_style(page):
    assert not re.search(r"\d,\d{3}\b", " ".join(Reader(page[page.index("<body>") :]).text))
    assert f"1{THIN}940 of 3{THIN}024 links" in page


def test_no_row_says_nothing():
    told = spread_cells(Spread(np.linspace(0.011, 0.031, 16)), 1)
    assert told == ("+0.02", "+0.01 to +0.03", "16\u00a0of\u00a016")
    assert spread_cells(Spread(np.linspace(1e-6, 2e-6, 16)), 1)[0] == words.NO_EFFECT
    assert spread_cells(Spread(np.linspace(0.1, 0.3, 16), noise=0.5), 1)[0] == words.NO_EFFECT


def test_same_forecast_same_bytes(page):
    again = fake.make_forecast(side=12, target={"indicator": "co2_traffic", "value": 960.0, "better": "lower"})
    assert report_html(again) == page


def test_the_file_is_whole_or_absent(tmp_path, monkeypatch):
    forecast = fake.make_forecast(side=8, draws=16)
    path = write_report(forecast, tmp_path / "report.html")
    assert path.read_text(encoding="utf-8") == report_html(forecast)
    before = path.read_bytes()

    def broken(*_):
        raise OSError("disk full")

    monkeypatch.setattr("exante.evidence.report.writing.os.replace", broken)
    with pytest.raises(OSError, match="disk full"):
        write_report(fake.make_forecast(side=8, draws=17), path)
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]
    assert path.read_bytes() == before


def test_the_report_of_a_large_network_is_small():
    page = report_html(fake.make_forecast(side=57, draws=16))
    assert len(page.encode()) < 1_000_000


def test_the_report_of_the_sketch(sketch_city):
    page = report_html(fake.make_forecast(city=sketch_city, draws=16))
    assert "What would Città\u00a030 do to" in page
    assert "Borgo Panigale" in page
