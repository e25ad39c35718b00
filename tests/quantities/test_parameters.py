"""Parameter files: read whole, refused whole, every source in the bibliography."""

import re
from pathlib import Path

import pytest

import exante
from exante.quantities.errors import ParameterError
from exante.quantities.parameters import Spread, list_uncertain, read_parameters

PACKAGE = Path(exante.__file__).parent
FILES = sorted(PACKAGE.glob("*/*/parameters.toml"))
REFERENCES = Path(__file__).parents[2] / "docs" / "references.bib"

GOOD = """
[value_of_time]
unit = "EUR/hour"
source = "wardman2016"
meaning = "Value of travel time"
distribution = { lognormal = [9, 0.3], low = 3, high = 30 }

[class_spread]
unit = "1"
source = "wardman2016"
meaning = "How it differs between people"
spread = "between people"
verified = false
distribution = { uniform = [0.5, 2] }

[minutes]
unit = "minute/hour"
source = "definition"
meaning = "Known"
distribution = 60
"""


def test_reads_in_the_order_of_the_file(tmp_path):
    path = tmp_path / "parameters.toml"
    path.write_text(GOOD)
    found = read_parameters(path, "mobility")
    assert [p.name for p in found] == ["mobility.value_of_time", "mobility.class_spread", "mobility.minutes"]
    assert found[1].spread is Spread.BETWEEN_PEOPLE
    assert not found[1].verified
    assert [p.name for p in list_uncertain(found)] == ["mobility.value_of_time"]


def test_every_fault_is_told_together(tmp_path):
    path = tmp_path / "parameters.toml"
    path.write_text(
        'title = "x"\ncount = 5\n'
        '[a]\nunit = "m"\nmeaning = "x"\ndistribution = 1\n'
        '[b]\nunit = "furlongs_"\nsource = "s"\nmeaning = "x"\ndistribution = 1\n'
        '[c]\nunit = "m"\nsource = "s"\nmeaning = "x"\ndistribution = { beta = [4] }\n'
        '[d]\nunit = "m"\nsource = "s"\nmeaning = "x"\nspread = "both"\ndistribution = 1\n'
    )
    with pytest.raises(ParameterError) as told:
        read_parameters(path, "x")
    text = str(told.value)
    assert text.startswith("title is not a table; count is not a table; a lacks source; b: a value in 'furlongs_' ")
    assert "; c: 'beta' takes 2 numbers, 1 given; d: 'both' is not a valid Spread" in text
    assert text.endswith("(in parameters.toml). Mend these entries.")


def test_a_file_that_is_no_toml_is_refused(tmp_path):
    path = tmp_path / "parameters.toml"
    path.write_text("[a\n")
    with pytest.raises(ParameterError, match=r"the file is not valid TOML \(.*\) \(in parameters.toml\). Mend it.$"):
        read_parameters(path, "x")


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.parent.name)
def test_shipped_parameters_read_and_cite_the_bibliography(path):
    found = read_parameters(path, path.parent.name)
    assert found
    keys = set(re.findall(r"^@\w+\{([^,]+),", REFERENCES.read_text(encoding="utf-8"), flags=re.MULTILINE))
    absent = {p.source for p in found} - keys
    assert not absent, f"sources that docs/references.bib lacks: {sorted(absent)}"
