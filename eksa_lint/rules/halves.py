"""The objects of a large state are judged by two processes, half of them each.

The other process is a fork made after everything was parsed. It has the same objects at the same addresses, so the
drafts that it hands back name sources and resources by address, and no document is copied.
"""

import io
import os
import pickle
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from threading import active_count
from typing import IO, NoReturn, TypeAlias

from eksa_lint.model.resource import Resource
from eksa_lint.rules.draft import Draft
from eksa_lint.syntax import Source

Judge: TypeAlias = Callable[[Resource], Iterator[Draft]]
Shared: TypeAlias = dict[int, Source | Resource]


def split(
    resources: Sequence[Resource], judge: Judge, known: Callable[[], Iterable[Source | Resource]]
) -> tuple[Sequence[Resource], Callable[[], list[Draft]]]:
    """What to judge here, and how to get the drafts of the rest, which another process judges from now on.

    All of it is to be judged here where there is one processor. `known` gives all that drafts may refer to.
    """
    if not _can_fork():
        return resources, list
    middle = len(resources) // 2
    rest = resources[middle:]
    shared = {id(thing): thing for thing in known()}
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _judge_and_exit(rest, judge, shared, writer)
    os.close(writer)

    def drafts_of_rest() -> list[Draft]:
        drafts = _received(reader, child, shared)
        return _all(rest, judge) if drafts is None else drafts

    return resources[:middle], drafts_of_rest


def _can_fork() -> bool:
    """A fork that goes on without exec is not safe beside other threads, nor on macOS, whose libraries start them."""
    return sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1 and active_count() == 1


def _all(resources: Iterable[Resource], judge: Judge) -> list[Draft]:
    return [draft for resource in resources for draft in judge(resource)]


def _judge_and_exit(resources: Iterable[Resource], judge: Judge, shared: Shared, writer: int) -> NoReturn:
    """The life of the other process: what it cannot do, it leaves to the first one, which then shows why."""
    failed = True
    try:
        with os.fdopen(writer, "wb") as stream:
            _Pickler(stream, shared).dump(_all(resources, judge))
        failed = False
    finally:
        os._exit(failed)


def _received(reader: int, child: int, shared: Shared) -> list[Draft] | None:
    with os.fdopen(reader, "rb") as stream:
        data = stream.read()
    _, status = os.waitpid(child, 0)
    if status != 0:
        return None
    drafts: list[Draft] = _Unpickler(io.BytesIO(data), shared).load()
    return drafts


class _Pickler(pickle.Pickler):
    def __init__(self, stream: IO[bytes], shared: Shared) -> None:
        super().__init__(stream, pickle.HIGHEST_PROTOCOL)
        self._shared = shared

    def persistent_id(self, value: object) -> int | None:
        return id(value) if isinstance(value, Source | Resource) and id(value) in self._shared else None


class _Unpickler(pickle.Unpickler):
    def __init__(self, stream: IO[bytes], shared: Shared) -> None:
        super().__init__(stream)
        self._shared = shared

    def persistent_load(self, key: int) -> Source | Resource:
        return self._shared[key]
