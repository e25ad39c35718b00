"""Kinds of motor vehicle by class, fuel and Euro standard: the order of every array that has the dimension `kind`.

Light vehicles have Arabic standards in the directives and heavy ones Roman; here both are `euroN`. `euro6` is Euro 6
a to c (heavy: VI A to C), `euro6d` is 6d-temp and 6d (heavy: VI D and E), `euro0` all vehicles older than Euro 1.
"""

from __future__ import annotations

#: Standards from the oldest.
STANDARDS = ("euro0", "euro1", "euro2", "euro3", "euro4", "euro5", "euro6", "euro6d")

#: Groups that published fleets give, and the standards in them.
GROUPS = {"euro0_3": STANDARDS[:4], "euro5_6": STANDARDS[5:]}

#: First year in which nearly all new vehicles had each standard of `STANDARDS`, from the dates of the Directives and
#: Regulations (91/441/EEC to 2018/1832; heavy: 91/542/EEC to 595/2009; two wheels: 97/24/EC, 168/2013). Euro 0 has
#: no first year.
STARTS = {
    "car": (0.0, 1993.0, 1997.0, 2001.0, 2006.0, 2011.0, 2015.7, 2019.7),
    "van": (0.0, 1994.8, 1998.8, 2002.0, 2007.0, 2012.0, 2016.7, 2020.7),
    "truck": (0.0, 1993.8, 1996.8, 2001.8, 2006.8, 2009.8, 2014.0, 2019.7),
    "bus": (0.0, 1993.8, 1996.8, 2001.8, 2006.8, 2009.8, 2014.0, 2019.7),
    "motorcycle": (0.0, 1999.5, 2004.0, 2007.0, 2017.0, 2021.0, 9999.0, 9999.0),
}

#: Fuels that have no standard.
WITHOUT_STANDARD = ("electric",)

_BURNT: dict[str, dict[str, tuple[str, ...]]] = {
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
