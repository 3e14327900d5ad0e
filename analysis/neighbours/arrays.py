"""The binary form of numpy's arrays."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.binary import StateError, StateReader, StateWriter


def write_array(state: StateWriter, array: NDArray[Any]) -> None:
    """Append an array."""
    state.block(array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes())


def read_array(state: StateReader, like: NDArray[Any]) -> NDArray[Any]:
    """Return the next array, which has this shape and type.

    Raises:
        StateError: When it has another size.
    """
    block = state.block()
    if len(block) != like.nbytes:
        raise StateError("the state of a group has an array of another size: rebuild it from the readings")
    found = np.frombuffer(block, like.dtype.newbyteorder("<"))
    return found.reshape(like.shape).astype(like.dtype)
