"""`superblock`: nobody drives through, everybody gets in and out."""

import datetime as dt

import numpy as np
import pytest
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from exante.city import City, Table
from exante.policy import read_policy
from exante.quantities.errors import PolicyError

SIDE = 100.0


def grid(size=5, *, alternating=False):
    """Blocks of 100 m; the outer streets are primary, those inside residential, one-way in turns if asked."""
    x0, y0 = 686_000.0, 4_929_000.0
    nodes = {f"{i}.{j}": (x0 + i * SIDE, y0 + j * SIDE) for i in range(size) for j in range(size)}
    rows = []
    for i in range(size):
        for j in range(size):
            for di, dj in ((1, 0), (0, 1)):
                if i + di >= size or j + dj >= size:
                    continue
                a, b = f"{i}.{j}", f"{i + di}.{j + dj}"
                line = j if di else i
                outer = line in (0, size - 1)
                ways = [(a, b), (b, a)]
                if alternating and not outer:
                    ways = [ways[line % 2]]
                rows += [(*way, "primary" if outer else "residential") for way in ways]
    lines = [shapely.LineString([nodes[a], nodes[b]]) for a, b, _ in rows]
    many = len(rows)
    links = Table(
        "links",
        {
            "link_id": [f"{a}-{b}" for a, b, _ in rows],
            "from_node_id": [a for a, _, _ in rows],
            "to_node_id": [b for _, b, _ in rows],
            "road_class": [c for _, _, c in rows],
            "ramp": [False] * many,
            "length": [line.length for line in lines],
            "lanes": np.ones(many),
            "lanes_origin": ["sketched"] * many,
            "capacity": np.full(many, 900.0),
            "speed_limit": np.full(many, 50.0),
            "speed_limit_origin": ["observed"] * many,
            "effective_speed_limit": np.full(many, 50.0),
            "built_up": [True] * many,
            "allowed_uses": ["auto,bus,bike,walk"] * many,
            "geometry": lines,
        },
    )
    points = Table(
        "nodes",
        {
            "node_id": list(nodes),
            "ctrl_type": ["none"] * len(nodes),
            "geometry": [shapely.Point(xy) for xy in nodes.values()],
        },
    )
    end = x0 + (size - 1) * SIDE, y0 + (size - 1) * SIDE
    areas = Table(
        "areas",
        {"area_id": ["a"], "name": ["Block"], "kind": ["named"], "geometry": [shapely.box(x0, y0, *end)]},
    )
    return City("grid", "Grid", dt.date(2024, 1, 1), "EPSG:25832", {t.name: t for t in (points, links, areas)})


@pytest.fixture
def superblock(tmp_path, write):
    def read(*lines):
        path = tmp_path / "trial.toml"
        path.write_text(
            write("\n".join(('kind = "superblock"', 'around = { within = "Block" }', *lines))), encoding="utf-8"
        )
        return read_policy(path).at(None)

    return read


def reach(city, classes, start):
    """Nodes that a car reaches from `start` along streets of these classes, without entering others."""
    names = city.column("nodes.node_id").tolist()
    row = {n: k for k, n in enumerate(names)}
    links = city.table("links")
    use = np.array(
        ["auto" in u and c in classes for u, c in zip(links["allowed_uses"], links["road_class"], strict=True)]
    )
    ends = [np.array([row[n] for n in links[c][use]]) for c in ("from_node_id", "to_node_id")]
    found = dijkstra(csr_array((np.ones(use.sum()), tuple(ends)), shape=(len(names),) * 2), indices=row[start])
    return {n for n, d in zip(names, found, strict=True) if np.isfinite(d)}


@pytest.mark.parametrize("alternating", [False, True])
def test_no_way_through_and_every_junction_reached(superblock, alternating):
    before = grid(alternating=alternating)
    city = superblock().apply(before)
    outer = {n for n in city.column("nodes.node_id") if {"0", "4"} & set(n.split("."))}
    corners = {"0.0", "0.4", "4.0", "4.4"}
    reached = set()
    for entrance in outer - corners:
        inside = reach(city, {"residential"}, entrance)
        assert inside & outer == {entrance}  # in by one junction, out by the same
        reached |= inside
        back = {n for n in inside if entrance in reach(city, {"residential"}, n)}
        assert back == inside
    assert reached | corners == set(city.column("nodes.node_id"))


def test_on_paper(superblock):
    """A junction with one street on every side: three of four are filtered, whichever comes first stays."""
    city = superblock().apply(grid(size=3))
    closed = [
        k
        for k, u in zip(city.column("links.link_id"), city.column("links.allowed_uses"), strict=True)
        if "auto" not in u
    ]
    assert len(closed) == 6  # three streets, two directions
    assert all("1.1" in link for link in closed)


def test_buses_bicycles_and_people_pass(superblock):
    uses = set(superblock().apply(grid()).column("links.allowed_uses"))
    assert uses == {"auto,bus,bike,walk", "bus,bike,walk"}


def test_main_roads_keep_their_limit(superblock):
    city = superblock().apply(grid())
    limit = city.column("links.speed_limit")
    assert set(limit[city.column("links.road_class") == "primary"]) == {50.0}
    assert set(limit[city.column("links.road_class") == "residential"]) == {10.0}


def test_a_class_kept_open_carries_no_filter(superblock):
    with pytest.raises(PolicyError, match="holds no street"):
        superblock('through = ["primary", "residential"]').edits(grid())


def test_the_plan_does_not_change_with_the_order_of_links(superblock):
    city = grid(alternating=True)
    links = city.table("links")
    order = np.random.default_rng(1).permutation(links.rows)
    shuffled = city.with_table(Table("links", {c: links[c][order] for c in links}))
    plans = []
    for one in (city, shuffled):
        after = superblock().apply(one)
        plans.append(dict(zip(after.column("links.link_id"), after.column("links.allowed_uses"), strict=True)))
    assert plans[0] == plans[1]


def test_zero_policy_outside(superblock):
    before, after = grid(), superblock().apply(grid())
    primary = before.column("links.road_class") == "primary"
    for column in ("allowed_uses", "effective_speed_limit"):
        same = before.column(f"links.{column}")[primary] == after.column(f"links.{column}")[: len(primary)][primary]
        assert same.all()


def test_words(superblock):
    lines = superblock().describe_on(grid(alternating=True))
    assert "lose their through traffic" in lines[0]
    assert "opened to both directions" in lines[1]
