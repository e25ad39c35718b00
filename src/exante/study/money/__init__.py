"""Money of a policy: who pays, what it is worth, and what a tonne costs."""

from exante.study.money.account import Account, draw_account
from exante.study.money.prices import Line, read_lines

__all__ = ["Account", "Line", "draw_account", "read_lines"]
