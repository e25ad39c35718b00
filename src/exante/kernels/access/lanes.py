"""One link relaxed for sixteen sources at once, in vector registers.

The plain loop over lanes is not vectorised by numba (unrolled too early, then held to alias), and is half as fast.
Integers alone are used, so the result is the same on every processor.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

LANES = 16
"""Sources that are searched together."""

FAR = 2**30
"""What `relax` gives if no label fell; above every distance, and the sum of two distances fits 32 bits."""

MOST = np.int32(2**29)
"""Greatest distance that can be searched, in units of the network."""


def _relax(_context: Any, label: Any, tail: Any, head: Any, cost: Any) -> Any:  # noqa: ARG001
    """Lower the labels at `head` to those at `tail` plus `cost`, lane by lane.

    Parameters
    ----------
    label : ndarray of int32, shape (nodes * LANES,)
    tail, head : uint64
        Nodes, different from each other.
    cost : int32

    Returns
    -------
    int32
        Least label that fell, `FAR` if none did.
    """
    signature = types.int32(label, types.uint64, types.uint64, types.int32)
    word, index = ir.IntType(32), ir.IntType(64)
    lanes = ir.VectorType(word, LANES)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        array, at_tail, at_head, step = args
        data = context.make_array(signature.args[0])(context, builder, array).data

        def lanes_of(node: Any) -> Any:
            first = builder.gep(data, [builder.mul(node, index(LANES))])
            return builder.bitcast(first, lanes.as_pointer())

        here = builder.load(lanes_of(at_tail))
        there = builder.load(lanes_of(at_head))
        here.align = there.align = 4
        empty = ir.Constant(lanes, ir.Undefined)
        one = builder.insert_element(empty, step, word(0))
        steps = builder.shuffle_vector(one, empty, ir.Constant(lanes, [0] * LANES))
        reached = builder.add(here, steps)
        less = builder.icmp_signed("<", reached, there)
        written = builder.store(builder.select(less, reached, there), lanes_of(at_head))
        written.align = 4
        fallen = builder.select(less, reached, ir.Constant(lanes, [FAR] * LANES))
        least = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(word, [lanes]), f"llvm.vector.reduce.smin.v{LANES}i32"
        )
        return builder.call(least, [fallen])

    return signature, codegen


relax: Any = intrinsic(_relax)
"""As compiled kernels call it: ``relax(label, tail, head, cost)``."""
