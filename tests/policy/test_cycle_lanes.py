"""`cycle_lanes`: links, lanes for cars, and cities that do not know their facilities."""

import numpy as np
import pytest

from exante.policy import read_policy


@pytest.fixture
def policy(tmp_path, write):
    def read(*lines):
        path = tmp_path / "trial.toml"
        path.write_text(write("\n".join(('kind = "cycle_lanes"', *lines))), encoding="utf-8")
        return read_policy(path)

    return read


def test_a_lane_where_the_city_knows_of_none(village_city, policy):
    lanes = policy('where = { link = ["n1-n2", "n2-n1"] }')
    after = lanes.apply(village_city)
    held = after.column("links.cycle_facility")
    at = np.isin(after.column("links.link_id"), ["n1-n2", "n2-n1"])
    assert held[at].tolist() == ["lane", "lane"]
    assert all(x is None for x in held[~at])
    assert "does not know its cycle facilities" in lanes.describe_on(village_city)[-1]


def test_the_same_lane_again_changes_nothing(village_city, policy):
    lanes = policy('where = { link = "n1-n2" }')
    after = lanes.apply(village_city)
    assert lanes.edits(after) == []
    assert lanes.describe_on(after) == ["Nothing changes: the selected links of Village have such a facility already."]


def test_lanes_are_taken_from_cars_where_there_are_two(village_city, policy):
    links = village_city.tables["links"]
    wide = village_city.with_table(links.with_columns(lanes=np.where(links["link_id"] == "n1-n2", 2.0, 1.0)))
    after = policy('where = { link = ["n1-n2", "n2-n1"] }', "from_cars = true").apply(wide)
    assert after.column("links.lanes").tolist() == [1.0] * links.rows


def test_bicycles_may_ride_where_they_have_a_lane(village_city, policy):
    links = village_city.tables["links"]
    closed = village_city.with_table(links.with_columns(allowed_uses=np.full(links.rows, "auto,walk", dtype=object)))
    after = policy('where = { link = "n1-n2" }').apply(closed)
    uses = dict(zip(after.column("links.link_id"), after.column("links.allowed_uses"), strict=True))
    assert uses["n1-n2"] == "auto,walk,bike"
    assert uses["n2-n1"] == "auto,walk"
