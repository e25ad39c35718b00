"""Lines of keys in a TOML text."""

import tomllib

from exante.policy.toml_lines import key_lines, line_of

TEXT = '''# a comment with [brackets] and "quotes"
title = "a = [1]"
long = """
[[not a table]]
x = 1
"""
list = [
  1,
  { deep = "}" },  # ]
]
"quoted key" = 'it''s not TOML' # kept simple below
'''


def test_structure_is_followed():
    text = TEXT.replace("'it''s not TOML'", "'single'") + (
        '\n[table]\na.b = 1\n\n[[measure]]\nkind = "x"\nwhere = { zone = ["1", "2"],\n  c = 2 }\n'
        "\n[[measure]]\n[measure.where]\nzone = 1979-05-27T07:32:00\n"
    ).replace(",\n  c", ", c")
    lines = key_lines(text)
    tomllib.loads(text)
    rows = text.splitlines()
    for path, start in {
        ("title",): "title",
        ("long",): "long",
        ("list", 1, "deep"): "  { deep",
        ("quoted key",): '"quoted key"',
        ("table", "a", "b"): "a.b",
        ("measure", 0, "where", "c"): "where = { zone",
        ("measure", 1, "where", "zone"): "zone = 1979",
        ("measure", 1): "[[measure]]",
    }.items():
        assert rows[lines[path] - 1].startswith(start), path
    assert line_of(lines, ("measure", 1, "where", "absent", 3)) == lines[("measure", 1, "where")]
    assert line_of(lines, ("absent",)) is None
