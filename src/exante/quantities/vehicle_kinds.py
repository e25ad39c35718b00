"""Kinds of motor vehicle by class, fuel and Euro standard: the order of every array that has the dimension `kind`.

Light vehicles have Arabic standards in the directives and heavy ones Roman; here both are `euroN`. `euro6` is Euro 6
a to c (heavy: VI A to C), `euro6d` is 6d-temp and 6d (heavy: VI D and E), `euro0` all vehicles older than Euro 1.
"""

from __future__ import annotations

#: Standards from the oldest.
STANDARDS = ("euro0", "euro1", "euro2", "euro3", "euro4", "euro5", "euro6", "euro6d")

#: Groups that published fleets give, and the standards in them.
GROUPS = {"euro0_3": STANDARDS[:4], "euro5_6": STANDARDS[5:]}

#: Fuels that have no standard.
WITHOUT_STANDARD = ("electric",)

_BURNT = {
    "car": {"petrol": STANDARDS, "diesel": STANDARDS, "gas": STANDARDS[2:], "hybrid": STANDARDS[5:]},
    "motorcycle": {"petrol": STANDARDS[:6]},
    "van": {"petrol": STANDARDS, "diesel": STANDARDS, "gas": STANDARDS[2:]},
    "truck": {"diesel": STANDARDS},
    "bus": {"diesel": STANDARDS, "gas": STANDARDS[2:7], "hybrid": STANDARDS[5:]},
}

#: Vehicle class, fuel and standard of every kind.
KINDS: tuple[tuple[str, str, str], ...] = tuple(
    (vehicle, fuel, standard)
    for vehicle, fuels in _BURNT.items()
    for fuel, standards in (*fuels.items(), ("electric", ("none",)))
    for standard in standards
)


def known_standards(vehicle: str, fuel: str, standard: str) -> tuple[str, ...]:
    """Standards of the kinds that a row of a fleet stands for; empty where there is no such kind.

    A group stands for all of its standards that the fuel has. A standard older or newer than any that the class and
    fuel have counts as the oldest or newest of them: gas cars before Euro 2, motorcycles after Euro 5.

    Examples
    --------
    >>> known_standards("car", "gas", "euro0_3")
    ('euro2', 'euro3')
    >>> known_standards("motorcycle", "petrol", "euro6")
    ('euro5',)
    """
    if fuel in WITHOUT_STANDARD:
        return ("none",) if standard == "none" and vehicle in _BURNT else ()
    has = _BURNT.get(vehicle, {}).get(fuel, ())
    wanted = GROUPS.get(standard, (standard,))
    if not has or any(s not in STANDARDS for s in wanted):
        return ()
    found = tuple(s for s in wanted if s in has)
    if found:
        return found
    return (has[0],) if STANDARDS.index(wanted[-1]) < STANDARDS.index(has[0]) else (has[-1],)


def name_kind(kind: tuple[str, str, str]) -> str:
    """A kind in words.

    Examples
    --------
    >>> name_kind(("car", "diesel", "euro5"))
    'car diesel euro5'
    """
    return " ".join(kind)
