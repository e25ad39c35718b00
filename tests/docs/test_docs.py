"""The docs are read by tests: what exists is documented, and what is documented exists."""

import importlib.util
import re
from pathlib import Path

import pytest
import typer

from exante.models import list_models
from exante.policy.measures import MEASURES

ROOT = Path(__file__).parents[2]
COMMANDS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


def commands():
    from exante.apps.cli import app

    def walk(command, path):
        if hasattr(command, "commands"):
            for name, child in command.commands.items():
                yield from walk(child, [*path, name])
        else:
            yield " ".join(path), command

    return dict(walk(typer.main.get_command(app), ["exante"]))


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_and_option_is_documented(name):
    line = next((row for row in COMMANDS.splitlines() if f"`{name} " in row or f"`{name}`" in row), None)
    assert line, f"{name} is not in docs/commands.md"
    for parameter in commands()[name].params:
        for option in parameter.opts:
            if option.startswith("--") and option != "--help":
                assert option in line, f"{name} {option} is not in docs/commands.md"


def test_every_documented_command_exists():
    told = re.findall(r"^\| `(exante [a-z]+(?: [a-z]+)?)", COMMANDS, flags=re.M)
    assert {t for t in told if t not in commands()} <= {"exante --version"}


def test_every_setting_is_documented():
    used = set()
    for file in (ROOT / "src").rglob("*.py"):
        used |= set(re.findall(r"EXANTE_[A-Z_]+", file.read_text(encoding="utf-8")))
    assert used <= set(re.findall(r"EXANTE_[A-Z_]+", COMMANDS))


def test_the_dictionary_is_current():
    spec = importlib.util.spec_from_file_location("build_dictionary", ROOT / "docs" / "build_dictionary.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (ROOT / "docs" / "dictionary.md").read_text(encoding="utf-8") == module.render(), (
        "run python docs/build_dictionary.py"
    )


def test_every_parameter_has_its_source_in_the_bibliography():
    known = set(re.findall(r"@\w+\{([^,]+),", (ROOT / "docs" / "references.bib").read_text(encoding="utf-8")))
    lost = {p.source for m in list_models() for p in m.parameters if p.source not in known}
    assert not lost


def test_every_model_and_measure_has_its_page():
    lost = [m.name for m in list_models() if not (ROOT / "docs" / "models" / f"{m.name}.md").exists()]
    lost += [k for k in MEASURES if not (ROOT / "docs" / "measures" / f"{k}.md").exists()]
    assert not lost


def test_links_between_pages_lead_somewhere():
    lost = []
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
            if "://" not in target and not (page.parent / target).exists():
                lost.append(f"{page.name}: {target}")
    assert not lost
