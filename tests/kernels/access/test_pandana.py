"""A second implementation: pandana finds the same sums, on a made-up town and on Bologna."""

import numpy as np
import pandas as pd
import pytest

from exante.kernels.access import AccessNetwork, Decay, cumulative, gravity, nearest, neighbourhoods

RADIUS = 1200.0


@pytest.fixture(scope="module")
def pandana():
    return pytest.importorskip("pandana", reason="pandana comes with the extra dev")


def town(side=30):
    """A bent grid of streets of 60 to 160 m."""
    random = np.random.default_rng(11)
    number = np.arange(side * side).reshape(side, side)
    tail = np.concatenate([number[:, :-1].ravel(), number[:-1].ravel()])
    head = np.concatenate([number[:, 1:].ravel(), number[1:].ravel()])
    xy = np.column_stack([number.ravel() % side, number.ravel() // side]) * 100.0
    return tail, head, random.uniform(60.0, 160.0, len(tail)), xy


def agree(pandana, tail, head, length, xy):
    # pandana cuts lengths to millimetres: a hair above whole ones, both see the same.
    length = np.round(length, 3) + 1e-7
    n = len(xy)
    values = np.random.default_rng(2).integers(0, 100, n).astype(float)
    theirs = pandana.Network(
        pd.Series(xy[:, 0]), pd.Series(xy[:, 1]), pd.Series(tail), pd.Series(head), pd.DataFrame({"m": length})
    )
    theirs.set(pd.Series(np.arange(n)), variable=pd.Series(values), name="v")
    near = neighbourhoods(AccessNetwork.build(tail, head, length, n, directed=False), RADIUS)
    flat = theirs.aggregate(RADIUS, type="sum", decay="flat", name="v").to_numpy()
    np.testing.assert_array_equal(cumulative(near, values), flat)
    linear = theirs.aggregate(RADIUS, type="sum", decay="linear", name="v").to_numpy()
    np.testing.assert_allclose(gravity(near, values, Decay.linear(RADIUS)), linear, rtol=1e-5, atol=1e-3)
    held = np.flatnonzero(values > 97)
    theirs.set_pois("places", RADIUS, 3, pd.Series(xy[held, 0]), pd.Series(xy[held, 1]))
    expected = theirs.nearest_pois(RADIUS, "places", num_pois=3).to_numpy()
    distance, _ = nearest(near, values > 97, 3)
    np.testing.assert_allclose(np.minimum(distance.T, RADIUS), expected, atol=2e-3)


def test_a_made_up_town(pandana):
    agree(pandana, *town())


@pytest.mark.real_data
def test_the_streets_of_bologna(pandana, data_dir):
    pytest.importorskip("pyogrio", reason="reading streets needs the extra sources")
    import shapely

    from exante.sources.osm import read_geopackage

    streets = read_geopackage(data_dir / "bologna" / "traffic" / "bologna_road_network.gpkg", "EPSG:25832")
    row = {node: i for i, node in enumerate(streets.nodes["node_id"])}
    tail, head = (streets.links[end].map(row).to_numpy() for end in ("from_node_id", "to_node_id"))
    low, high = np.minimum(tail, head), np.maximum(tail, head)
    links = pd.DataFrame({"low": low, "high": high, "length": streets.links["length"].to_numpy()})
    links = links[low != high].groupby(["low", "high"], as_index=False)["length"].min()
    xy = shapely.get_coordinates(streets.nodes["geometry"].to_numpy())
    agree(pandana, links["low"].to_numpy(), links["high"].to_numpy(), links["length"].to_numpy(), xy)
