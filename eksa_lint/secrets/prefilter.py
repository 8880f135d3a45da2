"""Which detectors may find something in a text at all: nearly every file ends here, and none of them is imported.

All of it together takes a tenth of a second for the 3.4 MB of a fleet of 1,000 clusters.
"""

import re
from functools import cache
from typing import Final

from eksa_lint import data

BY_SHAPE: Final = frozenset(("tokens", "generic"))
"""Detectors of what is a credential wherever it stands."""

STEMS: Final = ("pass", "pwd", "pw", "token", "secret", "bearer", "license", "credentials")
LAST_WORD: Final = "key"
"""One of the stems is in every name that `schemas/tables/credential-*.yaml` know, in lower case, or it ends so."""

# How such a name ends, and what follows it before its value. Words that only speak of one (`secretRef:`,
# `kind: Secret`), a `key:` alone and sudo's `NOPASSWD:` end here.
_AFTER_STEM: Final = re.compile(
    r"(?<![^a-z_.-]key)(?<!\bnopass)(?:word|wd|phrase|code)?(?:cp)?(?:_cp|_etcd|_id|_base)?(?:\\?[\"'])?"
    r"(?:\]?[ \t]{0,8}[:=,?+]|\}[ \t]*=|>[^<\n]|[`*]{0,3}[ \t]*\|| (?:is|was) |[ \t]{0,8}\{"
    r"|,?\s{1,120}(?:#[^\n]{0,200}\s{1,120})?(?:\\?[\"'])?value\b)"
)
_SETTERS: Final = ("env ", "env\t", "set ", "set\t", "setx", "env:")
_SET: Final = re.compile(
    r"(?:(?:env|setenv|setx(?:[ \t]+/m)?|set(?:[ \t]+--?[a-z]+){0,3})[ \t]+|env:)[a-z0-9_]{2,80}[\"']?[ \t]+\S"
)
"""Docker and shells that set a variable without a sign between its name and its value."""

_KUBECONFIG: Final = re.compile(r"kind[\\\"']{0,3}\s{0,3}:\s{0,3}[\\\"']{0,3}Config\b")
_HOLDER: Final = re.compile(r"kind[\\\"']{0,3}[ \t]{0,8}:[ \t]{0,8}[\\\"']{0,3}(?:Secret|SealedSecret|ConfigMap)\b")
_HOLDERS: Final = ("Secret", "ConfigMap")
_DATA: Final = re.compile(r"(?<!meta)[dD]ata[\\\"']{0,3}[ \t]{0,8}:")
"""Without it a Secret is only spoken of, as in every Nutanix cluster."""
NO_SCHEME: Final = ("roxy", "ROXY", "govc", "GOVC")
"""One of them stands before an address without a scheme: of a proxy, or of vCenter."""
PATH_PARTS: Final = (
    *("bundle", "logs", "backup", "etcd", "snapshot", "kubeconfig", "-analysis"),
    *(".db", ".p12", ".pfx", ".jks", ".keystore"),
)
"""One of them is in every path that `schemas/tables/generated-files.yaml` knows."""
_CSV_HEADER: Final = 4_000
_COLUMN_WORDS: Final = ("pass", "pwd", "access")
_COLUMN_END: Final = r"(?:pass(?:word|wd)?|pwd|access[ _-]?key)"
"""How every column ends, in lower case, that `schemas/tables/credential-names.yaml` knows."""
_COLUMN: Final = re.compile(
    rf"{_COLUMN_END}[\"' ]*[,;\t|]|[,;\t|][^,;\t|\n]{{0,80}}{_COLUMN_END}[\"' \r]*$|\A\ufeff?bmc_password\s",
    re.MULTILINE,
)


def may_hold(text: str) -> bool:
    """False only where no token of a known shape can be."""
    return keywords("token-shapes").search(text) is not None


def detectors(text: str, values: str, *, parsed: bool) -> list[str]:
    """The modules whose `find` is worth calling, those with the most to say first.

    `values` is the text without definitions, which is all that those see that are not `BY_SHAPE`.
    """
    holder = parsed and holds_secret(values)
    named = _may_name(values)
    shaped = keywords("token-shapes", "generic-plugins").search(text) is not None
    wanted = {
        "cluster_access": holder or "client-key-data" in values or may_be_kubeconfig(values),
        "tokens": shaped and may_hold(text),
        "readable": holder,
        "columns": _names_column(values[:_CSV_HEADER].lower()),
        "urls": "@" in values and ("://" in values or any(word in values for word in NO_SCHEME)),
        "commands": any(word in values for word in _words("credential-commands")),
        "accounts": "chpasswd" in values,
        "fields": named and parsed,
        "assignments": named,
        "generic": shaped and keywords("generic-plugins").search(text) is not None,
    }
    return [name for name, is_wanted in wanted.items() if is_wanted]


def _names_column(header: str) -> bool:
    return any(word in header for word in _COLUMN_WORDS) and _COLUMN.search(header) is not None


def may_be_kubeconfig(text: str) -> bool:
    return "users" in text and _KUBECONFIG.search(text) is not None


def holds_secret(text: str) -> bool:
    """Whether a Secret, or what holds values like one, may stand in a text."""
    is_named = any(word in text for word in _HOLDERS) and _HOLDER.search(text) is not None
    return is_named and _DATA.search(text) is not None


def _may_name(text: str) -> bool:
    """Searched stem by stem, which is five times as fast as one expression for all of them."""
    lowered = text.lower()
    is_spoken_of = False
    for stem in (*STEMS, LAST_WORD):
        end = lowered.find(stem) + len(stem)
        while end >= len(stem):
            is_spoken_of = True
            if _AFTER_STEM.match(lowered, end):
                return True
            end = lowered.find(stem, end) + len(stem)
    return is_spoken_of and any(setter in lowered for setter in _SETTERS) and _SET.search(lowered) is not None


@cache
def keywords(*tables: str) -> re.Pattern[str]:
    """From the table itself: the shapes are only compiled where this one hits.

    Keywords that begin alike are tried together, or the engine tries every single one wherever one may begin.
    """
    by_start: dict[str, list[str]] = {}
    entries = [entry for table in tables for entry in data.table(table)]
    for keyword in dict.fromkeys(keyword for entry in entries for keyword in entry["keywords"]):
        width = 2 if keyword.startswith("\\") else 1
        by_start.setdefault(keyword[:width], []).append(keyword[width:])
    return re.compile("|".join(f"{start}(?:{'|'.join(rests)})" for start, rests in by_start.items()))


@cache
def _words(table: str) -> tuple[str, ...]:
    """The words of a table, which stand in a text as they are: one expression for all of them takes no less time."""
    return tuple(dict.fromkeys(word for entry in data.table(table) for word in entry["words"]))
