"""Several measures and policies together; uncertain numbers and their draws."""

import datetime as dt

import pytest

from exante.city import history
from exante.policy import read_policy, read_text
from exante.quantities.declarations import Measure
from exante.quantities.errors import PolicyError


def limit(where, speed, compliance=0.5):
    return (
        f'kind = "speed_limit"\nwhere = {{ {where} }}\nspeed = {{ value = {speed}, unit = "km/h" }}\n'
        f"compliance = {compliance}"
    )


def charge(name, hours="07:00-10:00", more=""):
    return (
        f'kind = "access_charge"\nname = "{name}"\naround = {{ within = "centre" }}\nhours = "{hours}"\n'
        f'amount = {{ value = 5, unit = "EUR" }}\nvehicles = "car"\n{more}'
    )


def test_contradicting_speeds_name_both(town, policy):
    trial = policy(limit('within = "built-up"', 30), limit('street = "Via Roma"', 20))
    with pytest.raises(PolicyError) as error:
        trial.apply(town)
    assert str(error.value) == (
        "measures contradict each other: measure 1 of 'Trial' (Speed limit 30 km/h on all roads but motorways "
        "and trunk roads within the "
        "built-up area) "
        "and measure 2 of 'Trial' (Speed limit 20 km/h on Via Roma) write different values of links.speed_limit on "
        "2 links, for example bp (Via Roma): 30 and 20. Narrow the `where` or the hours of one of them, or "
        "take one out."
    )


def test_contradictions_between_policies_are_all_told(town, policy):
    a = policy(limit('street = "Via Roma"', 30), charge("one"), title="A")
    b = policy(limit('street = "Via Roma"', 20), charge("two", "09:00-12:00"), title="B")
    with pytest.raises(PolicyError) as error:
        (a + b).apply(town)
    assert str(error.value) == (
        "measures contradict each other: [1] measure 1 of 'A' (Speed limit 30 km/h on Via Roma) and measure 1 of 'B' "
        "(Speed limit 20 km/h on Via Roma) write different values of links.speed_limit on 2 links, for example bp (Via "
        "Roma): 30 and 20. [2] measure 2 of 'A' (Charge of 5 EUR for entering the centre) and measure 2 of "
        "'B' (Charge of "
        "5 EUR for entering the centre) charge the same vehicles in the same hours on 5 links, for example "
        "ab for a car "
        "between 9 and 10 h. Narrow the `where` or the hours of one of them, or take one out."
    )


def test_two_charges_of_one_name(town, policy):
    with pytest.raises(PolicyError, match="are both called 'one'"):
        policy(charge("one"), charge("one", "16:00-19:00")).apply(town)


def test_the_same_sign_with_another_compliance_is_a_contradiction(town, policy):
    trial = policy(limit('within = "built-up"', 30, 0.5), limit('street = "Via Roma"', 30, 0.9))
    with pytest.raises(PolicyError, match=r"different values of links.effective_speed_limit on 2 links"):
        trial.apply(town)


def test_overlap_that_agrees_is_no_contradiction(town, policy, limits):
    beta = "{ beta = [4, 4] }"
    trial = policy(limit('within = "built-up"', 30, beta), limit('street = "Via Roma"', 30, beta))
    first, second = (f"trial.speed_limit[{i}].compliance" for i in (0, 1))
    assert list(trial.uncertain()) == [first, second]
    after = trial.at({first: 0.1, second: 0.9}).apply(town)
    alone = policy(limit('within = "built-up"', 30, beta)).at({first: 0.1}).apply(town)
    assert limits(after) == limits(alone), "the first measure stands"


def test_order_does_not_matter(town, policy, limits):
    """Each measure sees the city before any of them: the second condition is not emptied by the first measure."""
    a = limit('street = "Via Emilia"', 30)
    b = limit('limit_above = { value = 40, unit = "km/h" }, road_class = "residential"', 30)
    assert limits(policy(a, b).apply(town)) == limits(policy(b, a).apply(town))


def test_charges_at_other_hours_or_for_others_stand_together(town, policy):
    trial = policy(charge("one"), charge("two", "16:00-19:00"))
    assert trial.apply(town).rules.tolls.rows == 10


def test_a_policy_added_to_itself_is_itself(town, policy):
    trial = policy(limit('street = "Via Roma"', 30), charge("one"))
    twice = trial + trial
    assert twice.apply(town).rules.tolls.rows == 5
    assert [type(e).__name__ for e in twice.edits(town)] == [type(e).__name__ for e in trial.edits(town)]


def test_two_policies_of_one_title(policy):
    a, b = policy(limit('street = "Via Roma"', 30)), policy(limit('street = "Via Roma"', 20))
    with pytest.raises(PolicyError) as error:
        _ = a + b
    assert str(error.value) == "two different policies are both called 'Trial'. Give one another title."


def test_paths_do_not_depend_on_the_company(town):
    a, b = read_policy("citta-30"), read_policy("centre-charge")
    both = a + b
    assert both.uncertain() == a.uncertain() | b.uncertain()
    assert list(a.uncertain()) == ["citta-30.speed_limit[0].compliance"]
    draw = dict.fromkeys(both.uncertain(), 0.3)
    assert both.at(draw).apply(town).sha256("links.effective_speed_limit") == a.at(draw).apply(town).sha256(
        "links.effective_speed_limit"
    )
    assert both.at(draw).uncertain() == {}
    assert both.starts == dt.date(2024, 1, 16)


def test_draws_are_quantiles(town, policy, limits):
    trial = policy(limit('street = "Via Roma"', 30, "{ uniform = [0.2, 0.6] }"))
    path = "trial.speed_limit[0].compliance"
    for draw, effective in ((0.25, 44.0), (0.75, 40.0)):
        after = limits(trial.at({path: draw}).apply(town))
        assert after["effective_speed_limit"]["bp"] == pytest.approx(effective)
    assert limits(trial.at(None).apply(town))["effective_speed_limit"]["bp"] == pytest.approx(42.0)
    assert trial.at({path: 0.25}).document()["measure"][0]["compliance"] == {"value": pytest.approx(0.3)}


def test_an_unresolved_policy_is_not_applied(town):
    with pytest.raises(PolicyError) as error:
        read_policy("citta-30").apply(town)
    assert str(error.value) == (
        "the policy 'Città 30' has uncertain numbers: citta-30.speed_limit[0].compliance. "
        "Resolve it first: policy.at(draw), or policy.at(None) for medians."
    )


def test_incomplete_and_impossible_draws():
    with pytest.raises(PolicyError, match=r"the draw has no number for 'citta-30.speed_limit\[0\].compliance'"):
        read_policy("citta-30").at({})
    with pytest.raises(PolicyError, match="Draws are between 0 and 1"):
        read_policy("citta-30").at({"citta-30.speed_limit[0].compliance": 1.0})


def test_a_policy_for_another_city(town, policy):
    trial = policy(limit('street = "Via Roma"', 30), city='"Bologna"')
    with pytest.raises(PolicyError) as error:
        trial.apply(town)
    assert str(error.value) == (
        "the policy 'Trial' is for Bologna, not for Town. Take the key `city` out of the document to try it elsewhere."
    )
    assert policy(limit('street = "Via Roma"', 30), city='"town"').apply(town) is not town


def test_history_is_read_at_medians(town, limits):
    document = {
        "title": "Città 30",
        "starts": dt.date(2024, 1, 16),
        "measure": [
            {
                "kind": "speed_limit",
                "where": {"restored": True},
                "speed": {"value": 30, "unit": "km/h"},
                "compliance": {"beta": [4, 4]},
            }
        ],
    }
    dated = type(town)(town.name, town.title, town.as_of, town.crs, town.tables, town.layers, (document,))
    assert history._readers, "importing exante.policy registers the reader"
    assert limits(dated.at(dt.date(2024, 1, 15)))["speed_limit"]["bp"] == 50
    after = limits(dated.at(dt.date(2024, 1, 16)))
    assert after["speed_limit"]["bp"] == 30
    assert after["effective_speed_limit"]["bp"] == pytest.approx(40)
    assert after["speed_limit"]["ab"] == 50


def test_faults_of_a_history_name_its_entry(town):
    broken = {"title": "x", "starts": dt.date(2024, 1, 16), "measure": [{"kind": "speed_limitt"}]}
    dated = type(town)(town.name, town.title, town.as_of, town.crs, town.tables, town.layers, (broken,))
    with pytest.raises(PolicyError) as error:
        dated.at(dt.date(2024, 2, 1))
    assert str(error.value).startswith(
        "there is no measure of kind 'speed_limitt' (in history.toml, entry 1). Did you mean speed_limit? "
        "Kinds: speed_limit, "
    )


def test_text_is_read_back(policy):
    trial = policy(limit('street = "Via Roma", zone = ["1", "2"]', 30, "{ normal = [0.5, 0.1], low = 0, high = 1 }"))
    assert read_text(trial.text(), "again.toml").sha256 == trial.sha256


def test_measures_keep_the_declared_protocol(policy):
    trial = policy(limit('street = "Via Roma"', 30), charge("one"))
    assert all(isinstance(measure, Measure) for measure in trial.measures)


def test_a_policy_that_has_ended_is_refused(town, policy):
    limit = 'kind = "speed_limit"\nwhere = { within = "centre" }\nspeed = { value = 30, unit = "km/h" }\ncompliance = 1'
    over = policy(limit, ends="2024-01-01")
    with pytest.raises(PolicyError) as error:
        over.apply(town)
    assert str(error.value) == (
        "the policy 'Trial' ended on 2024-01-01, and Town is described as of 2024-01-01: nothing is left to forecast. "
        "Take the key `ends` out of the document or set a later one, or build the city with an earlier as_of."
    )
    assert policy(limit, ends="2024-01-02").apply(town) is not town
