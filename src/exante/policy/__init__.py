"""Policies: documents whose measures turn a city into another, and say in words what they change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exante.city import history
from exante.policy.policy import Policy
from exante.policy.reading import list_policies, read_document, read_policy, read_text

__all__ = ["Policy", "list_policies", "read_document", "read_policy", "read_text"]


def _read_history(document: Mapping[str, Any], where: str) -> Policy:
    """A dated policy of a city's history, its uncertain numbers at their medians."""
    return read_document(document, where).at(None)


history.register_reader(_read_history)
