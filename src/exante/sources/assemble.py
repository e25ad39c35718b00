"""A city from open data: reads its document and sources, and makes a sound `City` with provenance.

Nothing of the machine goes in: the same sources give the same city, byte for byte, wherever they lie.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

try:
    import geopandas as gpd
except ImportError as missing:
    from exante.quantities.errors import INSTALL_SOURCES as _INSTALL
    from exante.quantities.errors import SourceError as _SourceError

    raise _SourceError(
        "building a city from open data needs geopandas, which is not installed",
        remedy=_INSTALL,
    ) from missing

from exante.city import City, Layer, Provenance, Table
from exante.city.check import require_sound
from exante.quantities.errors import SourceError
from exante.sources import (
    activities,
    capacity,
    connectors,
    gates,
    income,
    limited_traffic,
    limits,
    loops,
    osm,
    osm_pbf,
    raster,
    zones,
)
from exante.sources.barcelona import census, network, observed, zone_table
from exante.sources.catalogue import Source, list_sources, locate
from exante.sources.statistics import read_city_document, read_fleet, read_statistics
from exante.sources.streets import Streets, keep_connected, node_rows

#: Tables and the sources they rest on.
RESTS_ON = {
    "nodes": ("streets", "sections"),
    "links": ("streets", "sections", "zones30", "bus_lines", "crashes", "volume", "limited_traffic"),
    "zones": ("zones", "population", "volume", "income", "register", "census_sections", "districts", "barris"),
    "connectors": ("streets", "zones", "population", "volume"),
    "gates": ("streets",),
    "areas": ("zones", "districts", "barris", "limited_traffic"),
    "bans": ("limited_traffic", "streets"),
    "count_sites": ("counts_hourly", "counts_half_hourly", "loops", "streets"),
    "counts": ("counts_hourly", "counts_half_hourly"),
    "stops": ("gtfs", "bus_stops", "metro_stations"),
    "routes": ("gtfs", "bus_lines"),
    "route_stops": ("gtfs", "bus_lines", "bus_stops", "metro_stations"),
    "headways": ("gtfs",),
    "crashes": ("crashes",),
    "air_sites": ("air_stations",),
    "air_hours": ("air_no2", "air_pm10", "air_pm25"),
}
#: Tables that rest on assumptions in part, whatever their sources.
ASSUMED = ("gates", "headways", "route_stops", "bans")
#: Sources that come in several files, `NAME_...` each.
SERIES = ("crashes", "gtfs")
REQUIRED = ("streets", "zones", "population", "volume")


@dataclass(frozen=True)
class BuildReport:
    """A built city and what the build did, a line each.

    Parameters
    ----------
    city : City
        Checked and sound.
    lines : tuple of str
        What was read, mended, assumed and left out.
    """

    city: City
    lines: tuple[str, ...]


class Files:
    """Sources of a city with the files they are read from."""

    def __init__(self, sources: Mapping[str, Source], mirror: Path | None, progress: Any = None) -> None:
        absent = [name for name in REQUIRED if name not in sources]
        if absent:
            raise SourceError(
                f"the city's document lacks the sources {', '.join(absent)}", remedy="Add [source.NAME] for each"
            )
        self.sources = sources
        self.paths = {name: locate(source, mirror, progress) for name, source in sources.items()}

    def settings(self, name: str) -> Mapping[str, Any]:
        """What the document says of a source beyond its citation."""
        return self.sources[name].settings

    def provenance(self, names: tuple[str, ...]) -> tuple[Provenance, ...]:
        """Provenance of the sources among `names` that the city has."""
        known = [s for n in names for s in self.sources if s == n or (n in SERIES and s.startswith(f"{n}_"))]
        return tuple(self.sources[n].provenance(self.paths[n]) for n in known)


def build(
    name: str,
    mirror: Path | None,
    as_of: dt.date | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> BuildReport:
    """The city `name` from its open data.

    Parameters
    ----------
    name : str
        A city with a document in `exante/cities`.
    mirror : Path or None
        Folder that holds the files under the paths of the document; None downloads them.
    as_of : datetime.date, optional
        Day the city describes; default the document's own. On or after the start of a policy whose limits
        the extract carries, those limits stay.
    progress : callable, optional
        Called with file name, bytes so far and all bytes while downloading.

    Raises
    ------
    SourceError
        If the city is unknown, a file is missing, or a file does not hold what was expected.
    CityError
        If the result is not sound.
    """
    document = read_city_document(name)
    files = Files(list_sources(document, name), mirror, progress)
    settings: Mapping[str, Any] = document.get("build", {})
    crs, day = document["city"]["crs"], as_of or document["city"]["as_of"]
    lines: list[str] = []

    area = _read_area(files, crs)
    named = _areas(area, files, settings, crs)
    streets, links = _network(area, named, files, settings, crs, day, lines)
    volume = raster.read_raster(files.paths["volume"])
    people = raster.read_raster(files.paths["population"])
    statistics, statistics_layer = read_statistics(document)
    zone_table, zone_note = _zones(area, people, volume, statistics, document, files, settings, crs, lines)
    connector_table = connectors.connect(streets, area, *_places(area, zone_table, people, volume, crs), lines)

    tables = {
        "nodes": Table.from_frame("nodes", streets.nodes[["node_id", "ctrl_type", "geometry"]]),
        "links": Table.from_frame("links", links),
        "zones": Table.from_frame("zones", zone_table),
        "connectors": Table.from_frame("connectors", connector_table),
        "gates": Table.from_frame("gates", streets_gates(streets)),
        "areas": Table.from_frame("areas", pd.DataFrame(named)),
        "statistics": statistics,
    }
    if "limited_traffic" in settings:
        bans = limited_traffic.list_bans(links, named, settings["limited_traffic"], lines)
        tables["bans"] = Table.from_frame("bans", bans)
    tables |= _observed(area, links, files, settings, crs, lines)
    notes = {
        "links": " ".join(_sentences(lines)),
        "zones": zone_note,
        "gates": "Weights are a rule (lanes x capacity x share by class), not observed.",
        "connectors": "Nodes near the middles of residents and jobs; lengths as the crow flies.",
        "bans": "Hours as published; the share of exempt drivers is assumed, and bans without cameras are not known.",
        "areas": "The centre is the zones inside the ring boulevards.",
        **settings.get("notes", {}),
    }
    layers = {
        table: Layer(0 if table in ASSUMED else 1, files.provenance(RESTS_ON[table]), notes.get(table, ""))
        for table in tables
        if table in RESTS_ON
    }
    layers["statistics"] = statistics_layer
    if "fleet" in document:
        tables["fleet"], layers["fleet"] = read_fleet(document)
    _add_counts(tables, layers, links, files, crs, lines)
    city = City(
        name=name,
        title=document["city"]["title"],
        as_of=day,
        crs=crs,
        tables=tables,
        layers=layers,
        history=tuple(settings.get("history", ())),
    )
    require_sound(city)
    return BuildReport(city, tuple(lines))


def _sentences(lines: list[str]) -> list[str]:
    wanted = (
        "limits by rule", "limits restored", "lanes by rule", "signals", "left out", "directions", "road class",
        "rondes", "streets missing", "topology",
    )  # fmt: skip
    return [line[0].upper() + line[1:] + "." for line in lines if line.startswith(wanted)]


def _read_area(files: Files, crs: str) -> gpd.GeoDataFrame:
    """The zones, named from the larger areas where the city gives them apart."""
    if "barris" not in files.sources:
        return zones.read_zones(files.paths["zones"], files.settings("zones")["fields"], crs)
    return census.read_areas(files.paths["zones"], files.paths["barris"], files.paths["districts"], crs)


def _areas(area: gpd.GeoDataFrame, files: Files, settings: Mapping[str, Any], crs: str) -> gpd.GeoDataFrame:
    parts = [zones.districts(area)]
    if "centre" in settings:
        parts.append(zones.centre(area, settings["centre"]["groups"], settings["centre"]["name"]))
    if "limited_traffic" in files.sources:
        code = files.settings("limited_traffic")["code"]
        parts.append(zones.limited_traffic(files.paths["limited_traffic"], code, crs))
    if "barris" in files.sources:
        parts.append(census.read_barris(files.paths["barris"], crs))
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), geometry="geometry", crs=crs)


def _network(
    area: gpd.GeoDataFrame,
    named: gpd.GeoDataFrame,
    files: Files,
    settings: Mapping[str, Any],
    crs: str,
    day: dt.date,
    lines: list[str],
) -> tuple[Streets, pd.DataFrame]:
    """The connected network, and the table of links as of `day`."""
    path = files.paths["streets"]
    if files.settings("streets").get("reader") == "barcelona":
        streets = network.read_streets(files.paths, settings["streets"], area, crs)
    else:
        streets = osm_pbf.read_pbf(path, crs) if path.suffix == ".pbf" else osm.read_geopackage(path, crs)
    pairs = gates.pair(gates.find_ends(streets), streets.notes)
    gates.add_turns(streets, pairs)
    keep_connected(streets)
    streets.gates = gates.gate_table(streets, pairs)
    lines += streets.notes
    return streets, complete_links(streets, area, named, files, settings, crs, day, lines)


def complete_links(
    streets: Streets,
    area: gpd.GeoDataFrame,
    named: gpd.GeoDataFrame,
    files: Files,
    settings: Mapping[str, Any],
    crs: str,
    day: dt.date,
    lines: list[str],
) -> pd.DataFrame:
    """The vocabulary's table of links: lanes, capacity, limits of the day, built-up, zone."""
    links = streets.links
    middles = limits.middles(links)
    volume = raster.read_raster(files.paths["volume"])
    around = raster.density_around(volume, middles, crs, limits.BUILT_UP_WINDOW)
    inside = limits.built_up(links, around)
    chosen = dict(settings)
    restore = chosen.get("restore")
    if restore and day >= restore["before"]:
        chosen.pop("restore")
        lines.append(f"limits of the extract kept: {day} is not before {restore['before']}")
    older = named[named["kind"].isin(restore["older_areas"])] if restore else None
    links["zone_id"] = connectors.zone_of_points(area, middles)
    people = raster.zone_sums(raster.read_raster(files.paths["population"]), area)[0] / area["area"].to_numpy()
    density = links["zone_id"].map(dict(zip(area["zone_id"], people, strict=True))).fillna(0.0).to_numpy(dtype=float)
    limit = limits.in_force(links, inside, density, chosen, older, lines)
    if "rule_limit" in links:  # limits that the city's own reader filled by rule
        told = links["rule_limit"].notna() & (limit["speed_limit_origin"] == "rule")
        for column in ("speed_limit", "effective_speed_limit"):
            limit.loc[told, column] = links.loc[told, "rule_limit"]
    road, ramp = links["road_class"].to_numpy(dtype=str), links["ramp"].to_numpy(dtype=bool)
    blank = links["lanes"].isna().to_numpy()
    by_rule = capacity.lanes_by_rule(road, ramp, links["oneway"].to_numpy(dtype=bool))
    if "own_rule" in links:  # lanes that the city's own reader filled by rule
        own = links["own_rule"].eq(True).to_numpy()
        by_rule, blank = np.where(own, links["lanes"].to_numpy(dtype=float), by_rule), blank | own
    lines.append(f"lanes by rule: {int(blank.sum())} of {len(links)} links had none in the source")
    control = streets.nodes["ctrl_type"].to_numpy(dtype=str)[node_rows(streets.nodes, links["to_node_id"])]
    table = links[["link_id", "from_node_id", "to_node_id", "name", "road_class", "ramp", "length"]].copy()
    table["lanes"] = np.where(blank, by_rule, links["lanes"].to_numpy(dtype=float))
    table["lanes_origin"] = np.where(blank, "rule", "observed")
    table["capacity"] = capacity.capacity(road, ramp, links["roundabout"].to_numpy(dtype=bool), control)
    table = pd.concat([table, limit], axis=1)
    table["source_speed_limit"] = links["source_speed_limit"]
    table["built_up"] = inside
    table["allowed_uses"] = links["allowed_uses"]
    table["zone_id"] = links["zone_id"]
    table["geometry"] = links["geometry"]
    return table


def streets_gates(streets: Streets) -> pd.DataFrame:
    """Table of gates that `_network` found."""
    if streets.gates is None:
        raise SourceError("the streets have no gates yet")
    return streets.gates


def _figure(statistics: Table, name: str) -> float:
    found = np.flatnonzero(statistics["name"] == name)
    if not found.size:
        raise SourceError(
            f"the city's document has no statistic '{name}'", where="[[statistic]]", remedy="Type it in with its source"
        )
    return float(statistics["value"][found[0]])


def _zones(
    area: gpd.GeoDataFrame,
    people: raster.Raster,
    volume: raster.Raster,
    statistics: Table,
    document: Mapping[str, Any],
    files: Files,
    settings: Mapping[str, Any],
    crs: str,
    lines: list[str],
) -> tuple[pd.DataFrame, str]:
    """The vocabulary's table of zones, and the note of its layer."""
    if "register" in files.sources:
        figures = dict(zip(statistics["name"], statistics["value"], strict=True))
        built = raster.zone_sums(volume, area)[0]
        return zone_table.make_zones(area, files.paths, built, figures, settings, crs, lines)
    counted, people_outside = raster.zone_sums(people, area)
    built, built_outside = raster.zone_sums(volume, area)
    district = area["district"].to_numpy(dtype=str)
    total = _figure(statistics, "population")
    plain = {income.plain(d): d for d in set(district)}
    known = {
        plain[income.plain(d["name"])]: float(d["population"])
        for d in document.get("district", ())
        if d.get("verified") and income.plain(d["name"]) in plain
    }
    residents = activities.population(counted, district, total, known)
    lines.append(
        f"population: raster {counted.sum():,.0f} in the zones ({people_outside:,.0f} outside) scaled to "
        f"{total:,.0f}; register totals used for {', '.join(sorted(known)) or 'no district'}"
    )
    ground = area["area"].to_numpy()
    work, per_head = activities.workplaces(built, residents, ground)
    lines.append(
        f"jobs: {_figure(statistics, 'jobs'):,.0f} spread by what remains of {built.sum() / 1e6:.0f} million m3 of "
        f"buildings beyond {per_head:.0f} m3 of housing per resident, sheds weighted {activities.SHED:g} "
        f"({built_outside / 1e6:.1f} million m3 lie outside)"
    )
    by_people, by_work = residents / residents.sum(), work / work.sum()

    def spread(share: float) -> np.ndarray:
        return share * by_people + (1.0 - share) * by_work

    adults = 1.0 - _figure(statistics, "share_under_15") / 100.0
    cars = _figure(statistics, "car_ownership") / 1000.0
    group = area["group"].to_numpy(dtype=object)
    money = np.full(len(area), np.nan)
    if "income" in files.sources:
        fields = files.settings("income")["fields"]
        table = income.read_income(files.paths["income"], fields["name"], fields["amount"])
        money = income.by_group(area["group"], table, lines)
    price = np.zeros(len(area))
    if "parking" in settings:
        price = activities.parking_price(area.geometry.centroid.to_numpy(), group, settings["parking"], crs)
    frame = pd.DataFrame(
        {
            "zone_id": area["zone_id"],
            "name": area["name"],
            "district": area["district"],
            "area": ground,
            "population": residents,
            "households": activities.scaled(residents, _figure(statistics, "households")),
            "employed": activities.scaled(residents, _figure(statistics, "employed_residents")),
            "students": activities.scaled(residents, _figure(statistics, "students")),
            "jobs": activities.scaled(work, _figure(statistics, "jobs")),
            "school_places": activities.scaled(
                spread(activities.STUDY_BY_RESIDENTS), _figure(statistics, "school_places")
            ),
            "services": activities.scaled(spread(activities.SERVICES_BY_RESIDENTS), float(len(area))),
            "income": money,
            "car_availability": activities.car_availability(cars, adults, residents, ground),
            "parking_price": price,
            "geometry": area.geometry.to_numpy(),
        }
    )
    note = (
        "Residents: GHS-POP scaled to the register. Households, employed residents and students follow residents. "
        "Jobs are NOT observed by zone: the city's total follows building volume beyond housing, less so where hardly "
        "anyone lives (sheds); an error of a factor of two in a single zone is likely. Places of study and services: "
        "half follows residents, half jobs. Income is "
        "that of the larger zone, per taxpayer. Car availability: cars per adult of the city, tilted by density "
        f"(elasticity {activities.DENSITY_ELASTICITY:g}, assumed). Parking: the tariff's rings, drawn by zone."
    )
    return frame, note


def _places(
    area: gpd.GeoDataFrame, table: pd.DataFrame, people: raster.Raster, volume: raster.Raster, crs: str
) -> tuple[np.ndarray, np.ndarray]:
    """Where people and jobs are: raster cells, each zone's jobs spread by its building volume."""
    xy, persons = raster.cell_points(people, crs)
    at, building = raster.cell_points(volume, crs)
    zone = connectors.zone_of_points(area, shapely.points(at))
    whole = pd.Series(building).groupby(zone).transform("sum").to_numpy()
    jobs = pd.Series(zone).map(table.set_index("zone_id")["jobs"]).to_numpy(dtype=float)
    share = np.where(np.isnan(jobs), 0.0, building / np.where(whole > 0, whole, 1.0) * np.nan_to_num(jobs))
    return np.vstack([xy, at]), np.concatenate([persons, share])


def _observed(
    area: gpd.GeoDataFrame,
    links: pd.DataFrame,
    files: Files,
    settings: Mapping[str, Any],
    crs: str,
    lines: list[str],
) -> dict[str, Table]:
    """Tables of public transport, crashes and air quality, where the city has their sources."""
    found: dict[str, Table] = {}
    if "gtfs_fgc" in files.sources:
        found |= observed.transit(files.paths, settings["transit"], area, crs, lines)
    if "crashes_2019" in files.sources:
        found["crashes"] = observed.crashes(files.paths, area, links, crs, lines)
    if "air_stations" in files.sources:
        found |= observed.air(files.paths, crs, lines)
    return found


def _add_counts(
    tables: dict[str, Table],
    layers: dict[str, Layer],
    links: pd.DataFrame,
    files: Files,
    crs: str,
    lines: list[str],
) -> None:
    """Counting sites and counts of every loop file, a site of two files once."""
    read = []
    if "counts_hourly" in files.sources:
        read.append(loops.read_hourly(files.paths["counts_hourly"], crs))
    if "counts_half_hourly" in files.sources:
        read.append(loops.read_half_hourly(files.paths["counts_half_hourly"], files.paths["loops"], crs))
    if not read:
        return
    for part in read:
        lines += part.notes
    sites = pd.concat([part.sites for part in read], ignore_index=True).drop_duplicates("site_id")
    sites = gpd.GeoDataFrame(sites.sort_values("site_id").reset_index(drop=True), geometry="geometry", crs=crs)
    counts = pd.concat([part.counts for part in read], ignore_index=True)
    counts = counts.drop_duplicates(["site_id", "date", "hour"]).sort_values(["site_id", "date", "hour"])
    found = loops.join(sites, links, lines)
    loops.compare_neighbours(found, sites, counts, lines)
    table = pd.concat([sites[["site_id", "name", "direction"]], found, sites[["geometry"]]], axis=1)
    tables["count_sites"] = Table.from_frame("count_sites", pd.DataFrame(table))
    tables["counts"] = Table.from_frame("counts", counts.reset_index(drop=True))
    for name in ("count_sites", "counts"):
        note = "Each count belongs to the rules of its own day: compare with city.at(date)." if name == "counts" else ""
        layers[name] = Layer(1, files.provenance(RESTS_ON[name]), note)
