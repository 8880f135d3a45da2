"""Which item of a list before is which after."""

import json
from collections.abc import Sequence
from typing import Any, TypeAlias

from eksa_lint.model.fields import Keys, item_key

Pair: TypeAlias = tuple[int | None, int | None]
"""The indexes before and after; None where the item is added or removed."""


def pair_items(before: Sequence[Any], after: Sequence[Any], keys: Keys | None) -> list[Pair]:
    """Pair by key; without a key, a list of scalars as a set and any other list by position.

    Items with the same key pair in the order in which they stand.
    """
    if keys is None and not (_are_scalars(before) and _are_scalars(after)):
        longest = max(len(before), len(after))
        return [(i if i < len(before) else None, i if i < len(after) else None) for i in range(longest)]
    waiting: dict[str, list[int]] = {}
    for index, item in enumerate(before):
        waiting.setdefault(_key(item, keys), []).append(index)
    pairs: list[Pair] = []
    for index, item in enumerate(after):
        same = waiting.get(_key(item, keys))
        pairs.append((same.pop(0) if same else None, index))
    left = sorted(index for indexes in waiting.values() for index in indexes)
    return [*pairs, *((index, None) for index in left)]


def _key(item: Any, keys: Keys | None) -> str:
    return item_key(item, keys) if keys is not None else json.dumps(item)


def _are_scalars(items: Sequence[Any]) -> bool:
    return not any(isinstance(item, dict | list) for item in items)
