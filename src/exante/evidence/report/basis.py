"""The report's sections on trust: layers and sources, parameters, limits, footprint, how to reproduce."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np

from exante.city.city import LEVELS, Provenance
from exante.evidence.report import charts, words
from exante.evidence.report.digest import Outcome
from exante.evidence.report.drivers import LEAST_DRAWS, Driver, list_drivers
from exante.evidence.report.markup import Markup, element, join, link, table, text
from exante.evidence.report.numbers import interval, number, spaced, unit_words
from exante.quantities.parameters import Parameter

#: Attribution that a licence obliges to, by a word in the source's title or licence.
OSM_CREDIT = "© OpenStreetMap contributors, ODbL 1.0"
#: Fields of a policy's measures that may be uncertain, in words.
FIELDS = {
    "compliance": "share of the change that drivers answer to",
    "speed": "the new limit",
    "amount": "the charge",
    "capital": "paid once",
    "yearly": "paid every year",
    "exempt.residents": "share of passages by exempt residents",
    "exempt.electric": "share of passages by exempt electric vehicles",
    "exempt.other": "share of passages by others who are exempt",
}
#: Sources of a layer that are shown at once; more open on demand.
FEW_SOURCES = 3
OSM_ADDRESS = "https://www.openstreetmap.org/copyright"


def list_sources(city: Any) -> list[Provenance]:
    """Every source of the city's layers, each once."""
    found: dict[tuple[str, str], Provenance] = {}
    for name in sorted(city.layers):
        for source in city.layers[name].sources:
            found.setdefault((source.title, source.url), source)
    return list(found.values())


def credit_words(city: Any) -> str:
    """The obligatory attributions, as one line under a map."""
    lines = []
    for source in list_sources(city):
        said = credit(source)
        if said and said not in lines:
            lines.append(said)
    return "Sources: " + "; ".join(lines) + "." if lines else ""


def credit(source: Provenance) -> str:
    """Attribution of one source as its publisher asks for it."""
    if "openstreetmap" in f"{source.title} {source.attribution} {source.url}".lower():
        return OSM_CREDIT
    return source.attribution


def layers(forecast: Any) -> Markup:
    """Layers with their level and sources; what each source asks for."""
    city = forecast.city
    alike: dict[tuple[object, ...], list[str]] = {}
    for name in sorted(set(forecast.levels) | set(city.layers)):
        layer = city.layers.get(name)
        level = forecast.levels.get(name, city.level(name))
        read = "" if name in forecast.levels else "not read by the models"
        note = "; ".join(part for part in (layer.note.rstrip(".") if layer else "", read) if part)
        alike.setdefault((level, layer.sources if layer else (), note), []).append(name.replace("_", " "))
    rows = [
        (", ".join(names), f"{level}: {LEVELS.get(level, 'unknown')}", _listed(sources), spaced(note))  # type: ignore[call-overload, arg-type]
        for (level, sources, note), names in alike.items()
    ]
    alike_sources: dict[tuple[str, str], list[Markup]] = {}
    for source in list_sources(city):
        said = credit(source)
        address = OSM_ADDRESS if said == OSM_CREDIT else source.url
        alike_sources.setdefault((source.licence or "licence not stated", said), []).append(link(address, source.title))
    credits = [
        element("li", element("strong", licence), f" ({said}): " if said else ": ", join(titles, "; "), ".")
        for (licence, said), titles in alike_sources.items()
    ]
    return join(
        [
            element("p", f"The city is described as of {city.as_of.isoformat()}."),
            table(("Layer", "Level", "Sources", "What to know"), rows, "Layers the forecast rests on", class_="layers"),
            element("h3", "Licences and attributions"),
            element("ul", *credits, class_="credits"),
        ]
    )


def _listed(sources: Sequence[Provenance]) -> Markup:
    """Sources of a layer; many of them open on demand."""
    if not sources:
        return text("no source stated")
    every = join([_source(source) for source in sources], "; ")
    if len(sources) <= FEW_SOURCES:
        return every
    return element("details", element("summary", f"{len(sources)} sources"), every)


def _source(source: Provenance) -> Markup:
    return join([link(source.url, source.title), f", {source.date}" if source.date else ""])


def known_parameters(forecast: Any) -> dict[str, Parameter]:
    """Declarations of the drawn parameters by name: the forecast's own, else those of the models at hand."""
    own = getattr(forecast, "declarations", None)
    if own is None:
        try:
            own = [p for model in import_module("exante.models").list_models() for p in model.parameters]
        except (ImportError, AttributeError):
            own = []
    return {p.name: p for p in own}


def parameters(forecast: Any, outcomes: Sequence[Outcome]) -> Markup:
    """What drives the result most, then every uncertain parameter with its range and source."""
    declared = known_parameters(forecast)
    drivers = list_drivers(forecast, list(outcomes))
    titles = {o.name: o.title for o in outcomes}
    heads = ("Outcome", "Parameter", "Rank correlation with the change", "Rests on")
    rows = [(titles[d.outcome], *_driver(d, declared.get(d.parameter), forecast.policy)) for d in drivers]
    first = (
        table(heads, rows, "What drives the result most", class_="drivers")
        if rows
        else element("p", _no_driver(forecast.draws))
    )
    note = "Sources are keys of docs/references.bib."
    if rows:
        note = (
            "Spearman's rank correlation between the drawn parameter and the change, where it stands out of chance, "
            "among the parameters of the models that the outcome depends on and those of the policy. "
            f"It shows which unknowns to measure first; it is not a share of variance. {note}"
        )
    names = [str(n) for n in forecast.parameters["parameter"].values.tolist()]
    every = table(
        ("Parameter", "Drawn between (5 % and 95 %)", "Rests on"),
        [_parameter(name, forecast, declared.get(name)) for name in names],
        "Every uncertain parameter",
        class_="parameters",
    )
    return join(
        [
            first,
            element("p", note, class_="note"),
            element("details", element("summary", f"All {len(names)} uncertain parameters"), every),
        ]
    )


def _no_driver(draws: int) -> str:
    """Why no parameter is named as a driver."""
    if draws < LEAST_DRAWS:
        return (
            f"What drives the result is not told: {draws} draws are too few to tell a driver from an accident; "
            f"ask for {LEAST_DRAWS} or more."
        )
    return "No single parameter stands out of chance with this number of draws."


def _driver(driver: Driver, declared: Parameter | None, policy: Any) -> tuple[object, object, object]:
    shown = number(driver.correlation, 2, signed=True)
    bar = charts.correlation_bar(driver.correlation, f"rank correlation {shown}")
    said = join([bar, " ", shown, element("small", words.driver_words(driver))])
    return _named(driver.parameter, declared, policy), said, _rests_on(declared)


def _rests_on(declared: Parameter | None) -> str:
    if declared is None:
        return "the policy document"
    return declared.source + ("" if declared.verified else " (prior not checked in its source)")


def _named(name: str, declared: Parameter | None, policy: Any) -> Markup:
    """A parameter as a reader knows it: its meaning, with its name in small print."""
    meaning = spaced(declared.meaning) if declared else policy_parameter_words(name, policy)
    return join([meaning, element("small", name)])


def policy_parameter_words(name: str, policy: Any) -> str:
    """An uncertain number of a policy in words, from its path `citta-30.speed_limit[0].compliance`.

    Examples
    --------
    >>> policy_parameter_words("citta-30.speed_limit[1].compliance", None)
    'Speed limit 2: share of the change that drivers answer to'
    >>> policy_parameter_words("centre-charge.access_charge[0].exempt.residents", None)
    'Access charge: share of passages by exempt residents'
    """
    slug, _, path = name.partition(".")
    measure, _, fields = path.partition(".")
    kind, _, index = measure.rstrip("]").partition("[")
    said = FIELDS.get(fields, fields.replace(".", ", ").replace("_", " "))
    place = f" {int(index) + 1}" if index.isdigit() and int(index) else ""
    parts = getattr(policy, "parts", ())
    title = next((f"{part.title}, " for part in parts if len(parts) > 1 and part.slug == slug), "")
    shown = f"{title}{kind.replace('_', ' ')}{place}: {said}" if kind else said
    return shown[:1].upper() + shown[1:]


def _parameter(name: str, forecast: Any, declared: Parameter | None) -> tuple[object, object, object]:
    values = np.asarray(forecast.parameters.sel(parameter=name).values, dtype=np.float64)
    low, high = np.quantile(values, (0.05, 0.95))
    unit = unit_words(declared.unit) if declared else ""
    title = _named(name, declared, forecast.policy)
    return title, f"{interval(float(low), float(high))} {unit}".strip(), _rests_on(declared)


def limits(forecast: Any, told: Sequence[str]) -> Markup:
    """What the forecast cannot say: its own warnings first, then the standing limits."""
    warnings = [element("li", spaced(w), class_="warning") for w in forecast.warnings]
    standing = [element("li", spaced(line)) for line in dict.fromkeys([*told, *words.STANDING_LIMITS])]
    return element("ul", *warnings, *standing, class_="limits")


def footprint(forecast: Any) -> Markup:
    """What the computation itself cost, and how that is known."""
    seen = forecast.footprint
    methods = [
        element("li", spaced(f"{label}: {seen[key]}"))
        for key, label in (("energy_method", "Energy"), ("gco2e_method", "Greenhouse gases"))
        if seen.get(key)
    ]
    return join([element("p", f"{words.footprint_words(seen)}."), element("ul", *methods) if methods else ""])


def reproduce(forecast: Any) -> Markup:
    """Command, version, seed and hashes."""
    seed = getattr(forecast, "seed", None)
    names = [str(part.slug) for part in getattr(forecast.policy, "parts", (forecast.policy,))]
    command = getattr(forecast, "command", None) or (
        f"exante forecast {forecast.city.name} {' '.join(names)} --draws {forecast.draws}"
        + (f" --seed {seed}" if seed is not None else "")
    )
    facts = {
        "exante": getattr(forecast, "version", "") or import_module("exante").__version__,
        "Seed": "not stated" if seed is None else str(seed),
        "Draws": str(forecast.draws),
        "Hash of the city": city_hash(forecast.city),
        "Hash of the results": results_hash(forecast),
    }
    terms = [element("div", element("dt", key), element("dd", element("code", value))) for key, value in facts.items()]
    note = (
        "policy.toml in the folder of the run is the exact policy, and may stand in the command in place of its names. "
        "The city is the same if its hash is: that of the hashes (sha256) of all its columns."
    )
    return join([element("pre", element("code", command)), element("p", note), element("dl", *terms, class_="facts")])


def city_hash(city: Any) -> str:
    """Hash of the content of every column of the city."""
    columns = [f"{t}.{c} {city.tables[t].sha256(c)}" for t in sorted(city.tables) for c in sorted(city.tables[t])]
    return hashlib.sha256("\n".join(columns).encode()).hexdigest()


def results_hash(forecast: Any) -> str:
    """Hash of the forecast's arrays, equal for equal results."""
    digest = hashlib.sha256()
    sets: Mapping[str, Any] = {"indicators": forecast.indicators, "links": forecast.links, "zones": forecast.zones}
    for label, dataset in sets.items():
        for name in sorted(map(str, dataset.data_vars)):
            values = np.ascontiguousarray(dataset[name].values)
            digest.update(f"{label}.{name} {values.dtype.str} {values.shape}".encode() + values.tobytes())
    return digest.hexdigest()
