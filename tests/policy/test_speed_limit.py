"""`speed_limit`: on paper, by property, and in words."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exante.quantities.errors import PolicyError

LIMIT = 'kind = "speed_limit"\nwhere = {{ {where} }}\nspeed = {speed}\ncompliance = {compliance}\n{more}'


def limit(where='within = "built-up"', speed='{ value = 30, unit = "km/h" }', compliance=0.5, more=""):
    return LIMIT.format(where=where, speed=speed, compliance=compliance, more=more)


def test_half_of_the_drivers_answer_to_half_of_the_change(town, policy, limits):
    after = limits(policy(limit()).apply(town))
    # 50 -> 30 with compliance 0.5 is 40 on paper; Via Verdi has 30 already; c-d is not built up
    assert after["speed_limit"]["bp"] == 30
    assert after["effective_speed_limit"]["bp"] == 40
    assert after["effective_speed_limit"]["pq"] == 30
    assert after["speed_limit"]["cd"] == after["effective_speed_limit"]["cd"] == 70


@pytest.mark.parametrize(("compliance", "effective"), [(0, 50), (0.25, 45), (1, 30)])
def test_effective_limit_moves_by_the_compliance(town, policy, limits, compliance, effective):
    after = limits(policy(limit(compliance=compliance)).apply(town))
    assert after["speed_limit"]["ab"] == 30
    assert after["effective_speed_limit"]["ab"] == effective


def test_miles_are_converted(town, policy, limits):
    trial = policy(limit(speed='{ value = 20, unit = "mph" }', compliance=1))
    after = limits(trial.apply(town))
    assert after["speed_limit"]["ab"] == pytest.approx(32.18688)
    assert after["speed_limit"]["pq"] == 30
    assert "20 mph (32.2 km/h)" in trial.describe()[0]


def test_limits_are_raised_only_on_demand(town, policy, limits):
    fifty = '{ value = 50, unit = "km/h" }'
    where = 'street = "Via Verdi"'
    assert policy(limit(where, fifty)).apply(town) is town
    after = limits(policy(limit(where, fifty, more="raise = true")).apply(town))
    assert after["speed_limit"]["pq"] == 50
    assert after["effective_speed_limit"]["pq"] == 40


def test_motorways_change_only_by_name(town, policy, limits):
    district = limit('district = ["Ponente", "Levante"]', '{ value = 20, unit = "km/h" }')
    assert limits(policy(district).apply(town))["speed_limit"]["m1m2"] == 110
    named = limit('road_class = "motorway"', '{ value = 90, unit = "km/h" }')
    assert limits(policy(named).apply(town))["speed_limit"]["m1m2"] == 90


def test_a_selection_of_motorways_alone(town, policy):
    with pytest.raises(PolicyError) as error:
        policy(limit('limit_above = { value = 100, unit = "km/h" }')).apply(town)
    assert str(error.value) == (
        "`where` selects nothing but motorways and trunk roads of Town, which change only by name (in measure 1 of "
        '\'Trial\'). Add road_class = ["motorway", "trunk"] if they are meant.'
    )


def test_a_lower_sign_makes_nobody_faster(town, policy, limits):
    slow = town.with_table(
        town.table("links").with_columns(effective_speed_limit=np.full(town.table("links").rows, 25.0))
    )
    after = limits(policy(limit(compliance=1)).apply(slow))
    assert set(after["effective_speed_limit"].values()) == {25.0}
    assert after["speed_limit"]["ab"] == 30


def test_nothing_to_change_is_the_same_city(town, policy):
    assert policy(limit('street = "Via Verdi"')).edits(town) == []
    assert policy(limit('street = "Via Verdi"')).apply(town) is town


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(speed=st.integers(10, 100), compliance=st.floats(0, 1), lift=st.booleans())
def test_once_is_as_good_as_twice_and_can_be_taken_back(town, policy, speed, compliance, lift):
    more = f"raise = {str(lift).lower()}"
    trial = policy(limit(speed=f'{{ value = {speed}, unit = "km/h" }}', compliance=compliance, more=more))
    edits = trial.edits(town)
    once = town.edit(edits)
    assert trial.apply(once) is once
    back = once.edit(edit.reverse() for edit in reversed(edits))
    for column in town.table("links"):
        assert back.sha256(f"links.{column}") == town.sha256(f"links.{column}")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(speed=st.integers(10, 100), lift=st.booleans())
def test_nobody_answers_nothing_changes_but_the_sign(town, policy, speed, lift):
    more = f"raise = {str(lift).lower()}"
    trial = policy(limit(speed=f'{{ value = {speed}, unit = "km/h" }}', compliance=0, more=more))
    after = trial.apply(town)
    assert after.sha256("links.effective_speed_limit") == town.sha256("links.effective_speed_limit")


def test_in_words(town, policy):
    trial = policy(limit('road_class = ["residential", "tertiary"], within = "centre"', compliance="{ beta = [4, 4] }"))
    assert trial.describe() == [
        "Speed limit 30 km/h on residential and tertiary roads within the centre, where the limit is higher today; "
        "drivers answer to 50 % of the change of the sign (in nine of ten draws between 23 and 77 %)."
    ]
    assert trial.describe_on(town) == ["4 links, 4 km, from 50 km/h to 30 km/h."]


def test_in_words_on_a_city_with_several_limits(town, policy):
    trial = policy(limit('road_class = ["residential", "secondary"]'))
    assert trial.describe_on(town) == [
        "6 links, 6 km, to 30 km/h: 4 links (4 km) from 50 km/h, 2 links (2 km) from 70 km/h.",
        "No change on 2 selected links: at 30 km/h or less already.",
    ]
    assert policy(limit('street = "Via Verdi"')).describe_on(town) == [
        "No limit changes: 2 selected links of Town at 30 km/h or less already."
    ]


def test_guessed_limits_are_told(village_city, policy):
    links = village_city.table("links")
    guessed = village_city.with_table(links.with_columns(speed_limit_origin=["rule"] * links.rows))
    told = policy(limit('road_class = "residential"')).describe_on(guessed)
    assert told[-1] == "Note: on 100 % of these kilometres today's limit is filled by rule or sketched."


def test_words_without_a_road_class_name_what_is_spared(policy):
    assert (
        policy(limit('district = "Levante"'))
        .describe()[0]
        .startswith("Speed limit 30 km/h on all roads but motorways and trunk roads in district Levante, ")
    )
