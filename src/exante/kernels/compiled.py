"""How kernels are compiled: once per machine, without the interpreter lock, and never from stale machine code.

numba keeps machine code beside the source and renews it when *that* source file changes, although the code of called
functions in other files is built in. Entry points here carry a stamp of all kernel sources instead.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

_Function = TypeVar("_Function", bound=Callable[..., Any])

_NJIT: Any = numba.njit


@cache
def source_stamp() -> tuple[float, int]:
    """Latest change and total size of all kernel sources."""
    stats = [path.stat() for path in sorted(Path(__file__).parent.rglob("*.py"))]
    return max(s.st_mtime for s in stats) + 1e-3 * len(stats), sum(s.st_size for s in stats)


def entry(function: _Function) -> _Function:
    """Compile a function that Python calls; its machine code is kept on disk."""
    compiled = _NJIT(cache=True, nogil=True, error_model="numpy")(function)
    kept = getattr(getattr(compiled, "_cache", None), "_cache_file", None)
    if kept is not None and hasattr(kept, "_source_stamp"):
        kept._source_stamp = source_stamp()
    return cast(_Function, compiled)


def inner(function: _Function) -> _Function:
    """Compile a function that only kernels call: no wrapper for Python, no file of its own."""
    compiled = _NJIT(nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)(function)
    return cast(_Function, compiled)
