"""`exante compare` on forecasts of the village."""

from __future__ import annotations

import json
import sys

import pytest

from exante.apps.cli import main
from exante.city import save

SLOW = """title = "{title}"
[[measure]]
kind = "speed_limit"
where = {{ road_class = ["{road}"] }}
speed = {{ value = 30, unit = "km/h" }}
compliance = 1.0
"""


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXANTE_CACHE", "off")

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["exante", *map(str, words)])
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = stop.code or 0
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def test_a_package_is_held_against_its_parts(run, village_city, tmp_path):
    save(village_city, tmp_path / "village.city")
    for title, road in (("Calm", "residential"), ("Slow", "tertiary")):
        (tmp_path / f"{title}.toml").write_text(SLOW.format(title=title, road=road))
    for policies in (["Calm.toml"], ["Slow.toml"], ["Calm.toml", "Slow.toml"]):
        code, _, err = run("forecast", "village.city", *policies, "--draws", "2", "--json")
        assert code == 0, err
    folders = sorted((tmp_path / "runs").iterdir())
    code, out, err = run("compare", *folders, "--json", "--page", "c.html")
    assert code == 0, err
    document = json.loads(out)
    titles = [r["title"] for r in document["runs"]]
    distance = next(i for i in document["interactions"] if i["indicator"] == "vehicle_distance")
    assert distance["package"] == titles.index("Calm + Slow")
    rows = next(i for i in document["indicators"] if i["name"] == "vehicle_distance")["runs"]
    parts = sum(rows[k]["mean"] for k in distance["parts"])
    assert distance["mean"] == pytest.approx(rows[distance["package"]]["mean"] - parts)
    page = (tmp_path / "c.html").read_text(encoding="utf-8")
    assert "Regret" in page
    assert "http" not in page.replace("http-equiv", "")
    code, out, _ = run("compare", *folders)
    assert code == 0
    assert "Calm + Slow" in out


def test_what_is_no_run_is_told_in_a_paragraph(run, tmp_path):
    code, out, err = run("compare", "nothing", "nowhere")
    assert (code, out) == (2, "")
    assert "nothing is not a folder" in err
    assert not list(tmp_path.iterdir())
