"""Concurrent writers to the same database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from db.settings import DatabaseSettings
from db.store import Store
from tests.waiting import DEADLINE_SECONDS

WRITERS = 4


def four_writers(settings: DatabaseSettings, write: Callable[[Store, int], None]) -> None:
    """Run `write` in four threads, each with its own store and its number; re-raise its exceptions."""

    def run(number: int) -> None:
        with closing(Store(settings, f"writer {number}")) as store:
            write(store, number)

    with ThreadPoolExecutor(WRITERS) as pool:
        for writer in [pool.submit(run, number) for number in range(WRITERS)]:
            writer.result(DEADLINE_SECONDS)
