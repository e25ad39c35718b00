"""A feed of one line with two stops each way, and what is wrong with feeds."""

import zipfile

import pytest
import shapely

from exante.quantities.errors import SourceError
from exante.sources.gtfs import read_gtfs, runs, tables_in, typical_day

STOPS = "stop_id,stop_name,stop_lat,stop_lon\nA,Here,41.40,2.15\nB,There,41.40,2.17\nC,Far,42.40,2.17\n"
ROUTES = "route_id,route_short_name,route_type\nR,L1,1\nS,L2,0\n"


def feed(folder, **changes):
    trips, times = ["route_id,service_id,trip_id"], ["trip_id,arrival_time,departure_time,stop_id,stop_sequence"]
    for k in range(6):  # every 30 minutes from 7 to 10, and one after midnight
        trips += [f"R,w,go{k}", f"R,w,back{k}"]
        hour, minute = 7 + k // 2, 30 * (k % 2)
        times += [f"go{k},{hour:02d}:{minute:02d}:00,{hour:02d}:{minute:02d}:00,A,1"]
        times += [f"go{k},{hour:02d}:{minute + 4:02d}:00,{hour:02d}:{minute + 4:02d}:00,B,2"]
        times += [f"back{k},{hour:02d}:{minute:02d}:00,{hour:02d}:{minute:02d}:00,B,1"]
        times += [f"back{k},{hour:02d}:{minute + 5:02d}:00,{hour:02d}:{minute + 5:02d}:00,A,2"]
    trips += ["S,w,away", "R,w,night"]
    times += ["away,08:00:00,08:00:00,B,1", "away,09:00:00,09:00:00,C,2"]
    times += ["night,29:00:00,29:00:00,A,1", "night,29:04:00,29:04:00,B,2", "ghost,08:00:00,08:00:00,A,1"]
    files = {
        "stops.txt": STOPS,
        "routes.txt": ROUTES,
        "trips.txt": "\n".join(trips) + "\n",
        "stop_times.txt": "\n".join(times) + "\n",
        "calendar_dates.txt": "service_id,date,exception_type\n"
        "w,20260113,1\nw,20260114,1\nw,20260114,2\nw,20251230,1\n",
        **changes,
    }
    path = folder / "feed.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            if text is not None:
                archive.writestr(name, text)
    return path


def test_runs_and_headways_of_a_working_day(tmp_path):
    found = read_gtfs(feed(tmp_path), "X", "EPSG:25831")
    assert typical_day(found) == "20260113"  # not the Tuesday between the years, not the day taken out
    calls, headways = runs(found, "20260113")
    line = calls[calls["route_id"] == "R"]
    assert line[["direction", "sequence", "stop_id", "time"]].to_numpy().tolist() == [
        [0, 1, "A", 0.0], [0, 2, "B", 240.0], [1, 1, "B", 0.0], [1, 2, "A", 300.0],
    ]  # fmt: skip
    mine = headways[(headways["route_id"] == "R") & (headways["direction"] == 0)]
    # six departures in three hours: every 30 minutes; 29:00 is 5 in the morning
    assert mine[["start_hour", "end_hour", "headway"]].to_numpy().tolist() == [[5, 7, 7200.0], [7, 10, 1800.0]]


def test_routes_that_touch_the_city_once_are_left_out(tmp_path):
    found = read_gtfs(feed(tmp_path), "X", "EPSG:25831")
    inside = shapely.Point(found.stops[["x", "y"]].iloc[0]).buffer(5000)
    stops, routes, calls, headways = tables_in(found, inside)
    assert routes[["route_id", "name", "mode"]].to_numpy().tolist() == [["X:R", "L1", "metro"]]
    assert stops["stop_id"].tolist() == ["X:A", "X:B"]
    assert set(calls["origin"]) == set(headways["origin"]) == {"timetable"}
    assert found.notes == [
        "X: 2 routes, 14 trips, 28 calls at 3 stops, 20251230 to 20260113; 1 calls of unknown trips or stops left out, "
        "0 blank times interpolated, 0 times run backwards",
        "X: 1 of 2 routes have two stops or more in the city; headways of 2026-01-13; a route is drawn straight from "
        "stop to stop of its commonest run",
    ]


def test_every_fault_of_a_feed_is_told_at_once(tmp_path):
    path = feed(tmp_path, **{"routes.txt": None, "stops.txt": "stop_id,stop_name\nA,Here\n"})
    with pytest.raises(SourceError) as error:
        read_gtfs(path, "X", "EPSG:25831")
    assert str(error.value) == (
        "stops.txt lacks stop_lat; stops.txt lacks stop_lon; routes.txt is absent (in feed.zip). Ask the publisher for "
        "a valid GTFS feed."
    )


def test_a_feed_without_service_is_refused(tmp_path):
    path = feed(tmp_path, **{"calendar_dates.txt": "service_id,date,exception_type\n"})
    with pytest.raises(SourceError) as error:
        read_gtfs(path, "X", "EPSG:25831")
    assert str(error.value) == ("no service runs on any day (in feed.zip). The feed has expired or has no calendar.")


def test_repeated_trips_count_as_often_as_they_run(tmp_path):
    """One trip from 10:00 to 13:00 every 10 minutes is 18 departures in the window of six hours."""
    often = "trip_id,start_time,end_time,headway_secs\ngo0,10:00:00,13:00:00,600\n"
    found = read_gtfs(feed(tmp_path, **{"frequencies.txt": often}), "X", "EPSG:25831")
    calls, headways = runs(found, "20260113")
    line = headways[(headways["route_id"] == "R") & (headways["direction"] == 0)].set_index("start_hour")
    assert line.loc[10, "headway"] == 6 * 3600.0 / 18
    assert line.loc[7, "headway"] == 3 * 3600.0 / 5  # the five that are listed one by one
    assert calls[calls["route_id"] == "R"]["time"].tolist() == [0.0, 240.0, 0.0, 300.0]
    assert any("1 trips are repeated" in note for note in found.notes)


def test_runs_after_midnight_count_in_the_first_hours_of_the_day(tmp_path):
    times = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    for k, start in enumerate(("24:10", "25:40", "03:30")):
        times += f"go{k},{start}:00,{start}:00,A,1\ngo{k},{start}:59,{start}:59,B,2\n"
    _, headways = runs(read_gtfs(feed(tmp_path, **{"stop_times.txt": times}), "X", "EPSG:25831"), "20260113")
    night = headways[["start_hour", "end_hour", "headway"]]
    assert night.to_numpy().tolist() == [[0, 5, 6000.0]]


@pytest.mark.parametrize("row", ["go0,10:00:00,09:00:00,600", "go0,10:00:00,11:00:00,0", "go0,10:00:00,11:00:00,x"])
def test_repetitions_that_make_no_sense_are_refused(tmp_path, row):
    often = f"trip_id,start_time,end_time,headway_secs\n{row}\n"
    with pytest.raises(SourceError, match=r"frequencies\.txt, row 1"):
        read_gtfs(feed(tmp_path, **{"frequencies.txt": often}), "X", "EPSG:25831")
    short = "trip_id,start_time,end_time\ngo0,1:00:00,2:00:00\n"
    with pytest.raises(SourceError, match=r"frequencies\.txt lacks headway_secs"):
        read_gtfs(feed(tmp_path, **{"frequencies.txt": short}), "X", "EPSG:25831")
