"""`telework`: shares, days and units."""

import pytest

from exante.policy import read_policy
from exante.quantities.errors import PolicyError

SECTOR = '{{ name = "{name}", employed = {employed}, take_up = {take_up}, days = {days} }}'


@pytest.fixture
def policy(tmp_path, write):
    def read(*sectors):
        path = tmp_path / "trial.toml"
        path.write_text(write(f'kind = "telework"\nsectors = [{", ".join(sectors)}]'), encoding="utf-8")
        return read_policy(path)

    return read


def sector(name="offices", employed="0.3", take_up="0.5", days='{ value = 2, unit = "day/week" }'):
    return SECTOR.format(name=name, employed=employed, take_up=take_up, days=days)


def test_share_and_days_of_a_sector(town, policy):
    rules = policy(sector()).apply(town).table("telework")
    assert rules["group"].tolist() == ["offices"]
    assert rules["share"].tolist() == pytest.approx([0.15])
    assert rules["days"].tolist() == [2.0]


def test_units_are_converted(town, policy):
    after = policy(sector(days='{ value = 104, unit = "day/year" }')).apply(town)
    assert after.table("telework")["days"].tolist() == pytest.approx([2.0], rel=0.01)


def test_nobody_at_home_changes_nothing(town, policy):
    assert policy(sector(take_up="0")).edits(town) == []


def test_uncertain_take_up_is_drawn(town, policy):
    drawn = policy(sector(take_up="{ uniform = [0.2, 0.4] }"))
    (path,) = drawn.uncertain()
    assert drawn.at({path: 0.5}).apply(town).table("telework")["share"].tolist() == pytest.approx([0.09])


def test_sectors_hold_no_more_than_everybody(policy):
    with pytest.raises(PolicyError, match="the sectors hold more than all of the employed"):
        policy(sector("a", "0.7"), sector("b", "0.6"))


def test_a_sector_once(policy):
    with pytest.raises(PolicyError, match="a sector is named twice"):
        policy(sector(), sector())


def test_days_need_their_unit(policy):
    with pytest.raises(PolicyError, match="the days 2 has no unit"):
        policy(sector(days="2"))
