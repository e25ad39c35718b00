"""Errors: one paragraph, an exit code, and a way through process borders."""

import pickle

import pytest

from exante.quantities import errors
from exante.quantities.errors import CityError, ExanteError, UserError

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ExanteError)]


def test_paragraph():
    told = CityError("the city is damaged.", where="bologna.city", remedy="Build it again.")
    assert str(told) == "the city is damaged (in bologna.city). Build it again."
    assert str(CityError("the city is damaged")) == "the city is damaged."


@pytest.mark.parametrize("kind", KINDS)
def test_survives_pickling_whole(kind):
    told = kind("what", where="where", remedy="remedy")
    again = pickle.loads(pickle.dumps(told))
    assert type(again) is kind
    assert str(again) == str(told) == "what (in where). remedy."


@pytest.mark.parametrize("kind", KINDS)
def test_the_users_mistake_exits_with_two_and_ours_with_one(kind):
    stopped = {"StoppedError": 130}  # 128 + SIGINT, as shells expect
    assert kind.exit_code == stopped.get(kind.__name__, 2 if issubclass(kind, UserError) else 1)
