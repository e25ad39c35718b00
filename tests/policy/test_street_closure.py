"""`street_closure`: what it takes away, and what it refuses."""

import numpy as np
import pytest

from exante.city import Table
from exante.policy import read_policy
from exante.quantities.errors import PolicyError


@pytest.fixture
def policy(tmp_path, write):
    def read(*lines, **keys):
        path = tmp_path / "trial.toml"
        path.write_text(write("\n".join(('kind = "street_closure"', *lines)), **keys), encoding="utf-8")
        return read_policy(path)

    return read


def uses(city):
    return dict(zip(city.column("links.link_id"), city.column("links.allowed_uses"), strict=True))


def test_a_closed_street_keeps_buses_bicycles_and_walking(town, policy):
    after = uses(policy('where = { street = "Via Roma" }').apply(town))
    assert after["bp"] == after["pb"] == "bus,bike,walk"
    assert {k: v for k, v in after.items() if k not in ("bp", "pb")} == {
        k: v for k, v in uses(town).items() if k not in ("bp", "pb")
    }


def test_only_named_uses_are_taken(town, policy):
    after = uses(policy('where = { street = "Via Roma" }', 'to = ["bike", "bus"]').apply(town))
    assert after["bp"] == "auto,walk"


def test_twice_is_once(town, policy):
    closure = policy('where = { street = "Via Roma" }')
    assert closure.apply(closure.apply(town)) == closure.apply(town)
    assert "Nothing changes" in closure.describe_on(closure.apply(town))[0]


def test_motorways_only_by_name(town, policy):
    assert not policy("where = { link = ['m1m2'] }").edits(town)
    assert policy("where = { link = ['m1m2'], road_class = 'motorway' }").edits(town)


def connected(town):
    connectors = Table("connectors", {"zone_id": ["1", "2"], "node_id": ["p", "d"], "length": np.array([10.0, 10.0])})
    return town.with_table(connectors)


def test_a_zone_cut_off_is_named(town, policy):
    city = connected(town)
    assert policy('where = { street = "Via Roma" }').edits(city)  # Via Verdi still leads there
    with pytest.raises(PolicyError, match=r"leaves zone 1 \(Colle\) of Town without a way for cars"):
        policy('where = { street = ["Via Roma", "Via Verdi"] }').edits(city)
    assert policy('where = { street = ["Via Roma", "Via Verdi"] }', 'to = "bike"').edits(city)


def test_unknown_use(policy):
    with pytest.raises(PolicyError, match="'horse' can be kept out"):
        policy('where = { street = "Via Roma" }', 'to = "horse"')


def test_two_closures_that_disagree_are_told(tmp_path, town, write):
    text = write(
        'kind = "street_closure"\nwhere = { street = "Via Roma" }',
        'kind = "street_closure"\nwhere = { street = "Via Roma" }\nto = "bike"',
    )
    path = tmp_path / "both.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError, match=r"for example (bp|pb) \(Via Roma\): 'bus,bike,walk' and 'auto,bus,walk'"):
        read_policy(path).edits(town)
