"""Named sections: whose direction is right when the file's order of vertices is not."""

import numpy as np
import pandas as pd
import pytest
import shapely

from exante.quantities.errors import SourceError
from exante.sources.barcelona.sections import orient, plain, read_sections

HEADER = "Tram,Tram_Components,Descripció,Longitud,Latitud\n"


def sections(*rows):
    table = []
    for number, (street, start, end, xy) in enumerate(rows, start=1):
        table.append((number, f"{street} ({start} a {end})", street, start, end, shapely.LineString(xy)))
    return pd.DataFrame(table, columns=["section", "name", "street", "start", "end", "geometry"])


def test_reads_streets_and_places_from_the_label(tmp_path):
    file = tmp_path / "trams.csv"
    file.write_text(
        HEADER + '1,2,"Diagonal (Ronda de Dalt a Doctor Marañón)",2.11,41.38\n'
        '1,1,"Diagonal (Ronda de Dalt a Doctor Marañón)",2.10,41.38\n'
        '2,1,"Aribau (Diagonal - Via Augusta)",2.15,41.39\n2,2,"Aribau (Diagonal - Via Augusta)",2.15,41.40\n',
        encoding="utf-8",
    )
    found = read_sections(file, "EPSG:25831")
    assert found[["street", "start", "end"]].to_numpy().tolist() == [
        ["Diagonal", "Ronda de Dalt", "Doctor Marañón"],
        ["Aribau", "Diagonal", "Via Augusta"],
    ]
    first = found["geometry"].iloc[0]
    assert first.coords[0][0] < first.coords[1][0]  # by Tram_Components, not by the order of rows


def test_changed_columns_show_both_sides(tmp_path):
    file = tmp_path / "trams.csv"
    file.write_text("id,lon,lat\n1,2,41\n", encoding="utf-8")
    with pytest.raises(SourceError) as error:
        read_sections(file, "EPSG:25831")
    assert str(error.value) == (
        "the main sections lack Tram, Tram_Components, Descripció, Longitud, Latitud: expected Tram, Tram_Components, "
        "Descripció, Longitud, Latitud; found id, lon, lat (in trams.csv). The portal changed its columns: correct the "
        "reader."
    )


def test_traffic_keeps_right_whatever_the_order_of_vertices():
    # two carriageways of an avenue running east, both drawn eastwards: the northern one goes west
    table = sections(
        ("Diagonal", "Macià", "Balmes", [(0, 0), (1000, 0)]), ("Diagonal", "Balmes", "Macià", [(0, 30), (1000, 30)])
    )
    notes = []
    found = orient(table, {}, notes)
    assert found["evidence"].tolist() == ["opposite beside", "opposite beside"]
    assert found["geometry"].iloc[0].coords[0] == (0.0, 0.0)
    assert found["geometry"].iloc[1].coords[0] == (1000.0, 30.0)
    assert notes == [
        "main sections: 2, 2 with one of the opposite direction; direction by opposite beside 2; 1 are drawn against "
        "their traffic; 0 labels contradict the side they are on"
    ]


def test_a_single_section_follows_its_label():
    places = {"meridiana": np.array([[1000.0, 10.0]]), "tarragona": np.array([[0.0, 10.0]])}
    found = orient(sections(("Aragó", "Meridiana", "Tarragona", [(0, 0), (1000, 0)])), places, [])
    assert found["evidence"].tolist() == ["label"]
    assert found["geometry"].iloc[0].coords[0] == (1000.0, 0.0)
    assert not found["both"].any()


def test_opposite_sections_on_one_line_speak_for_both_directions():
    table = sections(("Sants", "A1", "B1", [(0, 0), (500, 0)]), ("Sants", "B1", "A1", [(0, 1), (500, 1)]))
    assert orient(table, {}, [])["both"].tolist() == [True, True]


def test_names_are_compared_without_the_kind_of_street():
    assert plain("Pl. Francesc Macià") == plain("Plaça de Francesc Macià")
    assert plain("Av. Paral·lel") == plain("Paral.lel")


def test_vertices_sorted_by_latitude_are_put_in_order_or_left_out(tmp_path):
    def rows(number, name, points):
        return "".join(f"{number},{k},{name},{x:.6f},{y:.6f}\n" for k, (x, y) in enumerate(points, start=1))

    jitter = [0, 5, 2, 7, 1, 6, 3, 8, 4, 9]  # along the street, in an order that is not the street's
    street = [(2.10 + 0.001 * j, 41.38 + 1e-7 * k) for k, j in enumerate(jitter)]
    fork = [(2.10 + 0.006 * (k % 2), 41.38 + 0.001 * k) for k in range(10)]
    file = tmp_path / "trams.csv"
    file.write_text(HEADER + rows(1, "Rocafort", street) + rows(2, "Borrell", fork), encoding="utf-8")
    notes = []
    found = read_sections(file, "EPSG:25831", notes)
    assert found["section"].tolist() == [1]
    x = shapely.get_coordinates(found["geometry"].iloc[0])[:, 0]
    assert (np.diff(x) > 0).all()
    assert "along the street 1 (Rocafort)" in notes[0]
    assert "2 (Borrell)" in notes[0]
