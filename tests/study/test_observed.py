"""What sensors see: the effect is the links' own, the spread around it is that of the stated errors."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

from exante.quantities.errors import SourceError, UserError
from exante.study.observed import SiteLinks, observed_change, site_links
from exante.study.target import read_target


def _forecast(baseline, policy, draws=4000):
    flow = np.stack([np.tile(baseline, (draws, 1)), np.tile(policy, (draws, 1))])
    links = xr.Dataset(
        {"link_flow_daily": (("scenario", "draw", "link"), flow)},
        coords={"scenario": ["baseline", "policy"], "link": ["a", "b", "c"]},
    )
    return SimpleNamespace(links=links, seed=1)


def test_the_effect_is_that_of_the_link_and_the_spread_that_of_the_errors():
    sites = SiteLinks(("1", "2"), ("", ""), ("c", "a"), ())
    found = observed_change(_forecast([1000.0, 500.0, 200.0], [900.0, 500.0, 210.0]), sites)
    assert found.effect[0].tolist() == [10.0, -100.0]
    assert found.observed.mean(axis=0) == pytest.approx([0.05, -0.10], abs=0.004)
    # trend 0.03, street 0.05, sensor 0.03: independent, so that their squares add
    assert found.observed.std(axis=0) == pytest.approx(np.sqrt(0.03**2 + 0.05**2 + 0.03**2), rel=0.05)
    # the trend alone is shared
    shared = np.corrcoef(found.observed.T)[0, 1]
    assert shared == pytest.approx(0.03**2 / (0.03**2 + 0.05**2 + 0.03**2), abs=0.06)


def test_an_empty_street_has_no_change_in_per_cent():
    found = observed_change(_forecast([0.0, 5.0, 9.0], [3.0, 5.0, 9.0]), SiteLinks(("1",), ("",), ("a",), ()))
    assert np.isnan(found.observed).all()
    row = found.document()["sites"][0]
    assert row["observed_change_percent"] is None
    assert row["effect"]["mean"] == pytest.approx(3.0)


def test_places_need_no_counts(village_city, tmp_path):
    pytest.importorskip("geopandas", reason="sites of a file need the extra [sources]")
    link = village_city.column("links.link_id")[0]
    file = tmp_path / "sites.csv"
    file.write_text(f"site_id,link_id,name\n1,{link},Main\n2,nowhere,Lost\n")
    found = site_links(file, village_city)
    assert found.link == (str(link),)
    assert [site for site, _ in found.lost] == ["2"]
    file.write_text("site_id,link_id\n2,nowhere\n")
    with pytest.raises(UserError, match="none of the 1 sites"):
        site_links(file, village_city)
    file.write_text("name\nMain\n")
    with pytest.raises(SourceError, match="lacks site_id"):
        site_links(file, village_city)


@pytest.mark.parametrize("text", ["car_share", "car_share == 3", "car_share <= much", "<= 3"])
def test_what_is_no_target_is_told(text):
    with pytest.raises(UserError, match=r"target|number"):
        read_target(text)


def test_an_unknown_indicator_gets_near_names():
    with pytest.raises(UserError, match="no indicator called 'car_shares'") as told:
        read_target("car_shares <= 3")
    assert "car_share" in told.value.remedy
