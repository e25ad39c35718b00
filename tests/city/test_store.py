"""The store: the same bytes twice, and nothing but a paragraph from a damaged folder."""

import hashlib
import os
import shutil
import tomllib

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tomli_w

from exante.city import Append, open_folder, save, store
from exante.quantities.errors import CityError


def bytes_of(folder):
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir())}


def rewrite_manifest(folder, change):
    """Change the manifest and sign it anew, as a careless tool would."""
    manifest = tomllib.loads((folder / "city.toml").read_text())
    del manifest["sha256"]
    change(manifest)
    own = hashlib.sha256(tomli_w.dumps(manifest).encode()).hexdigest()
    (folder / "city.toml").write_text(tomli_w.dumps({"sha256": own, **manifest}))


@pytest.fixture
def saved(village_city, tmp_path):
    return save(village_city, tmp_path / "village.city")


@pytest.mark.parametrize("city", ["braess_city", "village_city", "sketch_city"])
def test_round_trip_keeps_everything_and_saves_the_same_bytes(city, request, tmp_path):
    city = request.getfixturevalue(city)
    first = save(city, tmp_path / "first.city")
    again = open_folder(first)
    second = save(again, tmp_path / "second.city")
    assert bytes_of(first) == bytes_of(second)
    assert again == city
    for name, table in city.tables.items():
        assert {c: table.sha256(c) for c in table} == {c: again.table(name).sha256(c) for c in again.table(name)}
    assert again.layers == city.layers
    assert sorted(os.listdir(tmp_path)) == ["first.city", "second.city"]


def test_no_path_host_or_clock_in_any_file(saved, tmp_path):
    for name, data in bytes_of(saved).items():
        assert str(tmp_path).encode() not in data, name
        assert os.uname().nodename.encode() not in data, name


def test_history_and_rules_survive(village_city, tmp_path):
    import datetime as dt
    from dataclasses import replace

    policy = {"title": "Old toll", "starts": dt.date(2024, 3, 1), "measure": [{"kind": "x", "value": 1.5}]}
    toll = Append(
        "tolls",
        {
            "toll_id": ["bridge"], "link_id": ["n1-n2"], "vehicle_class": ["car"], "start_hour": [7.0],
            "end_hour": [19.0], "amount": [2.0], "exempt_share": [0.1],
        },
        "test",
    )  # fmt: skip
    city = replace(village_city, history=(policy,)).edit([toll])
    again = open_folder(save(city, tmp_path / "a.city"))
    assert again.history == (policy,)
    assert again.rules.describe() == ["charge 'bridge' on 1 links"]


def test_a_city_stands_in_the_way_unless_it_is_replaced(village_city, braess_city, saved):
    with pytest.raises(CityError) as told:
        save(braess_city, saved)
    assert str(told.value) == f"village.city exists already (in {saved}). Use --replace to replace it."
    save(braess_city, saved, replace=True)
    assert open_folder(saved).name == "braess"
    assert os.listdir(saved.parent) == ["village.city"]


def test_a_folder_that_is_no_city_is_left_alone(village_city, tmp_path):
    other = tmp_path / "precious.city"
    other.mkdir()
    (other / "thesis.txt").write_text("years of work")
    with pytest.raises(CityError) as told:
        save(village_city, other, replace=True)
    assert str(told.value) == f"precious.city is not a city folder and is left alone (in {other})."
    assert (other / "thesis.txt").read_text() == "years of work"


def test_a_file_of_that_name_is_left_alone(village_city, tmp_path):
    (tmp_path / "x.city").write_text("file")
    with pytest.raises(CityError, match=r"x.city is not a folder and is left alone"):
        save(village_city, tmp_path / "x.city", replace=True)


@pytest.mark.parametrize("broken_at", ["zones", "fleet", "last"])
def test_saving_that_fails_in_the_middle_leaves_nothing(village_city, tmp_path, monkeypatch, broken_at):
    write = store._write_table

    def failing(table, crs, file):
        if table.name == broken_at:
            raise OSError(28, "No space left on device")
        write(table, crs, file)

    monkeypatch.setattr(store, "_write_table", failing)
    if broken_at == "last":
        monkeypatch.setattr(store.tomli_w, "dumps", lambda _: (_ for _ in ()).throw(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt if broken_at == "last" else CityError) as told:
        save(village_city, tmp_path / "deep" / "a.city")
    assert os.listdir(tmp_path / "deep") == []
    if broken_at != "last":
        assert str(told.value) == (
            f"a.city cannot be written (No space left on device) (in {tmp_path / 'deep' / 'a.city'}). "
            "Nothing was changed: check the disk's space and permissions."
        )


def test_a_replacement_that_fails_puts_the_old_city_back(village_city, braess_city, saved, monkeypatch):
    before = bytes_of(saved)
    rename, calls = os.rename, []

    def failing(source, target):
        calls.append(target)
        if len(calls) == 2:
            raise OSError(5, "Input/output error")
        rename(source, target)

    monkeypatch.setattr(store.os, "rename", failing)
    with pytest.raises(CityError, match="cannot be written"):
        save(braess_city, saved, replace=True)
    assert bytes_of(saved) == before
    assert os.listdir(saved.parent) == ["village.city"]


def swap_bytes(file):
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 0xFF
    file.write_bytes(bytes(data))


def corrupt_parquet_with_its_hash(folder):
    file = folder / "links.parquet"
    file.write_bytes(b"PAR1" + b"\0" * 64 + b"PAR1")

    def change(manifest):
        manifest["tables"]["links"]["sha256"] = hashlib.sha256(file.read_bytes()).hexdigest()

    rewrite_manifest(folder, change)


def other_values_with_their_hash(folder):
    file = folder / "links.parquet"
    table = pq.read_table(file)
    table = table.set_column(table.schema.get_field_index("lanes"), "lanes", pa.array(np.full(table.num_rows, 2.0)))
    pq.write_table(table, file)

    def change(manifest):
        manifest["tables"]["links"]["sha256"] = hashlib.sha256(file.read_bytes()).hexdigest()

    rewrite_manifest(folder, change)


def cut_manifest(folder):
    file = folder / "city.toml"
    text = file.read_text()
    file.write_text(text[: text.index("[tables.links]")])


def edit(key, value):
    def damage(folder):
        rewrite_manifest(folder, lambda manifest: manifest.__setitem__(key, value))

    return damage


AGAIN = "Build or copy the city again; nothing was read from it."

DAMAGES = {
    "absent": (shutil.rmtree, "village.city is not a city: it has no city.toml (in {folder}). Make one with "
               "`exante city build` or `exante city sketch`."),
    "empty file": (lambda f: (f / "links.parquet").write_bytes(b""), "the city is damaged: links.parquet is damaged "
                   f"(its sha256 is not the manifest's) (in {{folder}}). {AGAIN}"),
    "flipped byte": (lambda f: swap_bytes(f / "zones.parquet"), "the city is damaged: zones.parquet is damaged "
                     f"(its sha256 is not the manifest's) (in {{folder}}). {AGAIN}"),
    "half-copied": (lambda f: [(f / n).unlink() for n in ("links.parquet", "fleet.parquet")],
                    "the city is damaged: links.parquet is missing; fleet.parquet is missing "
                    f"(in {{folder}}). {AGAIN}"),
    "no history": (lambda f: (f / "history.toml").unlink(),
                   f"the city is half-copied: history.toml is missing (in {{folder}}). {AGAIN}"),
    "other history": (lambda f: (f / "history.toml").write_text("policy = []\n# more\n"),
                      "history.toml is damaged (its sha256 is not the manifest's) (in {folder}/history.toml). "
                      f"{AGAIN}"),
    "corrupt Parquet, hash told": (corrupt_parquet_with_its_hash, "the city is damaged: links.parquet cannot be read "
                                   f"(in {{folder}}). {AGAIN}"),
    "other values, hash told": (other_values_with_their_hash, "the city is damaged: links.parquet: columns lanes are "
                                f"not those of the manifest (in {{folder}}). {AGAIN}"),
    "manifest cut short": (cut_manifest, f"city.toml was cut short or changed (in {{folder}}/city.toml). {AGAIN}"),
    "manifest no TOML": (lambda f: (f / "city.toml").write_bytes(b"\xff\xfe[["), None),
    "manifest a folder": (lambda f: [(f / "city.toml").unlink(), (f / "city.toml").mkdir()],
                          f"city.toml cannot be read (Is a directory) (in {{folder}}/city.toml). {AGAIN}"),
    "history a folder": (lambda f: [(f / "history.toml").unlink(), (f / "history.toml").mkdir()],
                         f"history.toml cannot be read (Is a directory) (in {{folder}}/history.toml). {AGAIN}"),
    "table a folder": (lambda f: [(f / "links.parquet").unlink(), (f / "links.parquet").mkdir()],
                       f"the city is damaged: links.parquet cannot be read (in {{folder}}). {AGAIN}"),
    "manifest without CRS": (lambda f: rewrite_manifest(f, lambda m: m.pop("crs")),
                             f"city.toml lacks crs (in {{folder}}/city.toml). {AGAIN}"),
    "as_of no date": (edit("as_of", "soon"),
                      f"city.toml lacks a date as_of and its tables (in {{folder}}/city.toml). {AGAIN}"),
    "newer format": (edit("format", 99), "the city has format 99, this exante reads 1 (in {folder}/city.toml). "
                     "Update exante, or build the city again."),
    "unknown table": (lambda f: ((f / "dragons.parquet").write_bytes((f / "fleet.parquet").read_bytes()),
                                 rewrite_manifest(f, lambda m: m["tables"].__setitem__(
                                     "dragons", m["tables"]["fleet"]))),
                      None),
    "entry incomplete": (lambda f: rewrite_manifest(f, lambda m: m["tables"]["fleet"].pop("columns")),
                         f"the city is damaged: the manifest's entry of fleet.parquet is incomplete "
                         f"(in {{folder}}). {AGAIN}"),
    "source unknown": (lambda f: rewrite_manifest(f, lambda m: m["tables"]["fleet"]["sources"][0].update(x=1)),
                       f"the city is damaged: the manifest's entry of fleet.parquet is incomplete "
                       f"(in {{folder}}). {AGAIN}"),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_refused_in_one_paragraph(damage, saved):
    inflict, told = DAMAGES[damage]
    inflict(saved)
    with pytest.raises(CityError) as error:
        open_folder(saved)
    text = str(error.value)
    assert "\n" not in text
    assert error.value.exit_code == 2
    if told is not None:
        assert text == told.format(folder=saved)


def test_a_cut_anywhere_in_the_manifest_is_noticed(saved):
    text = (saved / "city.toml").read_text()
    for end in range(40, len(text) - 1, 97):
        (saved / "city.toml").write_text(text[:end])
        with pytest.raises(CityError):
            open_folder(saved)


def test_open_as_geoparquet(saved):
    geo = pq.read_schema(saved / "zones.parquet").metadata[b"geo"]
    assert b'"primary_column": "geometry"' in geo
    assert b"25832" in geo
