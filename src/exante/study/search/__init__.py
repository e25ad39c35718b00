"""The search for the best package of policies within a budget."""

from exante.study.search.front import Found, Portfolio, search
from exante.study.search.goal import Goal, read_goal

__all__ = ["Found", "Goal", "Portfolio", "read_goal", "search"]
