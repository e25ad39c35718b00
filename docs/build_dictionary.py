"""Write docs/dictionary.md from the vocabulary; with --check, say whether it is current."""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path

from exante.indicators import list_indicators
from exante.models import list_models
from exante.quantities.vocabulary import vocabulary

PAGE = Path(__file__).with_name("dictionary.md")


def render() -> str:
    """The page: every table, result, indicator and parameter of exante."""
    lines = [
        "# Dictionary",
        "",
        "Every column, result, indicator and parameter of exante, made from the vocabulary by "
        "`python docs/build_dictionary.py`. Units are in pint's notation; `pce` is the passenger-car equivalent.",
        "",
        "## Words",
        "",
        "| word | means |",
        "|---|---|",
        *(f"| {word} | {meaning} |" for word, meaning in WORDS),
    ]
    for table, group in groupby(vocabulary().values(), key=lambda v: v.table):
        lines += ["", f"## Table `{table}`" if table else "## Results of models and indicators", ""]
        lines += ["| name | unit | dims | meaning | reference |", "|---|---|---|---|---|"]
        lines += [
            f"| `{v.column}` | {v.unit} | {', '.join(v.dims)} | {v.meaning} | {v.reference} |" for v in group
        ]
    lines += ["", "## Indicators", "", "| name | title | unit | better | counted |", "|---|---|---|---|---|"]
    lines += [f"| `{i.name}` | {i.title} | {i.unit} | {i.better} | {i.counted} |" for i in list_indicators()]
    lines += ["", "## Parameters", ""]
    lines += ["Source keys are in [references.bib](references.bib).", ""]
    lines += ["| name | prior | spread | meaning | source | verified |", "|---|---|---|---|---|---|"]
    for model in list_models():
        for p in sorted(model.parameters, key=lambda p: p.name):
            told = p.distribution.in_words(p.unit)
            checked = "yes" if p.verified else "no"
            lines.append(f"| `{p.name}` | {told} | {p.spread} | {p.meaning} | {p.source} | {checked} |")
    return "\n".join(lines) + "\n"


WORDS = (
    ("baseline", "the city as it is, on its own date, without the policy"),
    ("draw", "one set of values of all uncertain parameters; the same set for every policy and every machine"),
    ("effect", "policy against no policy, in the same draw: what the models give"),
    ("observed change", "effect, trend, model discrepancy and measurement error together: what a sensor will see"),
    ("measure", "one dated change that a policy makes: it edits tables and rules of the city, nothing else"),
    ("noise floor", "largest change of an indicator when the same baseline is solved again from another start"),
    ("level", "maturity of a layer: 0 sketched from published statistics, 1 open data, 2 calibrated"),
    ("relative gap", "(TSTT - SPTT) / TSTT: total time at the link flows against all on shortest paths"),
)


def main() -> int:
    """Write the page, or with --check compare it."""
    text = render()
    if "--check" in sys.argv:
        if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
            print("docs/dictionary.md is not current: run python docs/build_dictionary.py")
            return 1
        return 0
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
