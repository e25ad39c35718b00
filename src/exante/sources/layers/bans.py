"""Hours and vehicles barred from the streets of limited-traffic zones."""

from __future__ import annotations

from collections.abc import Mapping

from exante.city import Table
from exante.sources import limited_traffic
from exante.sources.layers.step import Assembly, Makes, Step


def list_bans(assembly: Assembly) -> Mapping[str, Table]:
    """Table `bans`."""
    rule = assembly.settings["limited_traffic"]
    return {
        "bans": Table.from_frame(
            "bans", limited_traffic.list_bans(assembly.links, assembly.named, rule, assembly.lines)
        )
    }


STEP = Step(
    "bans",
    (
        Makes(
            "bans",
            ("limited_traffic", "streets"),
            assumed=True,
            note="Hours as published; the share of exempt drivers is assumed, and bans without cameras are not known.",
        ),
    ),
    list_bans,
    after=("network",),
    when=lambda assembly: "limited_traffic" in assembly.settings,
)
