"""The code blocks of the policy pages are read and run."""

import re
from pathlib import Path

import pytest

from exante.policy import read_text

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [DOCS / "policies.md", *sorted((DOCS / "measures").glob("*.md"))]


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), flags=re.M | re.S)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_documents_are_policies(page):
    texts = blocks(page, "toml")
    assert texts, "a page shows a document"
    for text in texts:
        assert read_text(text, page.name).describe()


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p, "python")], ids=lambda page: page.name)
def test_python_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXANTE_STORE", str(tmp_path))
    names: dict = {}
    for block in blocks(page, "python"):
        exec(block, names)
