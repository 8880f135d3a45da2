"""How values are written in a file, as its name tells: by the patterns in `schemas/tables/credential-names.yaml`."""

import re
from dataclasses import dataclass
from functools import cache

from eksa_lint import data


@dataclass(frozen=True, slots=True)
class Style:
    """Whether values are written for people, with quotes around every text, or in the code of a program."""

    prose: bool
    quoted: bool
    code: bool

    @classmethod
    def of(cls, name: str) -> "Style":
        kinds = "prose_files", "quoted_files", "code_files"
        return cls(*(_pattern(kind).fullmatch(name) is not None for kind in kinds))


def is_settings_file(name: str) -> bool:
    """Whether a line `name = value` of a file is a setting."""
    return _pattern("setting_files").fullmatch(name) is not None


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(data.table("credential-names")[name])
