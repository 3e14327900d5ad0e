"""Parts of an iterable."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")  # itertools.batched is of Python 3.12


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield lists of `size` items, the last one of those that remain."""
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch
