"""`parking_price`: zones, prices and units."""

import pytest

from exante.policy import read_policy
from exante.quantities.errors import PolicyError


@pytest.fixture
def policy(tmp_path, write):
    def read(*lines, **keys):
        path = tmp_path / "trial.toml"
        path.write_text(write("\n".join(('kind = "parking_price"', *lines)), **keys), encoding="utf-8")
        return read_policy(path)

    return read


def prices(city):
    return city.column("zones.parking_price").tolist()


def test_price_of_one_zone(town, policy):
    after = policy('where = { zone = "Valle" }', 'price = { value = 3, unit = "EUR/hour" }').apply(town)
    assert prices(after) == [1.0, 3.0]


def test_units_are_converted(town, policy):
    after = policy('price = { value = 0.05, unit = "EUR/minute" }').apply(town)
    assert prices(after) == pytest.approx([3.0, 3.0])


def test_a_rise_leaves_free_parking_free(town, policy):
    free = policy('where = { zone = "1" }', 'price = { value = 0, unit = "EUR/hour" }').apply(town)
    rise = 'rise = { value = 0.5, unit = "EUR/hour" }'
    assert prices(policy(rise).apply(free)) == [0.0, 1.5]
    assert prices(policy(rise, "free_too = true").apply(free)) == [0.5, 1.5]


def test_the_same_price_changes_nothing(town, policy):
    same = policy('price = { value = 1, unit = "EUR/hour" }')
    assert same.edits(town) == []
    assert same.apply(town) is town


def test_exactly_one_of_price_and_rise(policy):
    with pytest.raises(PolicyError, match="a parking price is set, or raised"):
        policy('where = { zone = "1" }')


def test_an_area_without_the_middle_of_a_zone_is_refused(town, policy):
    with pytest.raises(PolicyError, match="holds the middle of no zone"):
        policy('where = { within = "Old Town" }', 'price = { value = 3, unit = "EUR/hour" }').edits(town)


def test_a_price_needs_its_unit(policy):
    with pytest.raises(PolicyError, match="the price 3 has no unit"):
        policy("price = 3")


def test_uncertain_price_is_drawn(town, policy):
    drawn = policy('rise = { uniform = [1, 2], unit = "EUR/hour" }')
    (path,) = drawn.uncertain()
    assert prices(drawn.at({path: 0.5}).apply(town)) == [2.5, 2.5]


def test_words(town, policy):
    told = policy('where = { zone = "Valle" }', 'rise = { value = 20, unit = "EUR/hour" }')
    lines = told.describe_on(town)
    assert lines[0] == "1 zone (1 residents): 1 EUR an hour today, 21 then."
    assert any("outside what cities have tried" in line for line in lines)
