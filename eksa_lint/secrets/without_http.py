"""Imported before detect-secrets: its HTTP client, most of what it costs to import, is then loaded on first use: never.

Only verification of a secret asks for it, and nothing is verified here. `importlib.util.LazyLoader` does not do: before
Python 3.12 the next import of the name loads the module, whether anything is used or not.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any


class _Deferred(ModuleType):
    """Stands in for a module until something in it is used."""

    def __getattr__(self, attribute: str) -> Any:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), attribute)


sys.modules.setdefault("requests", _Deferred("requests"))
