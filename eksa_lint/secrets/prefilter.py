"""Which detectors may find something in a text at all: nearly every file ends here, and none of them is imported.

All of it together takes a tenth of a second for the 3.4 MB of a fleet of 1,000 clusters.
"""

import re
from functools import cache
from typing import Final

from eksa_lint import data
from eksa_lint.secrets.kubeconfig import may_be_kubeconfig

STEMS: Final = (
    *("pass", "pwd", "token", "secret", "bearer", "license", "credentials"),
    *("key:", "key=", "key ", 'key"', "key'", "key\\", "key,", "key]", "key\n", "key\r"),
)
"""One of them is in every name that `schemas/tables/credential-*.yaml` know, in lower case and with what follows."""

# The end of such a name before its value. Words that only speak of one (`secretRef:`, `kind: Secret`) end here.
_NAMED: Final = re.compile(
    r"(?:pass(?:word|wd|phrase|code)?(?:cp)?(?:_cp|_etcd)?|pwd|token(?:_id)?|secret|bearer|license|credentials|[a-z_.-]key)"
    r"(?:\\?[\"'])?(?:\]?[ \t]{0,8}[:=,?+]|[ \t]{0,8}\{|,?\s{1,120}(?:#[^\n]{0,200}\s{1,120})?(?:\\?[\"'])?value\b)"
    r"|(?:env|setenv|set[ \t]+-[gux]+)[ \t]+[a-z0-9_]{2,80}[ \t]+\S"
)
_HOLDER: Final = re.compile(r"kind[\\\"']{0,3}[ \t]{0,8}:[ \t]{0,8}[\\\"']{0,3}(?:Secret|SealedSecret|ConfigMap)\b")
_HOLDERS: Final = ("Secret", "ConfigMap")
NO_SCHEME: Final = ("roxy", "ROXY", "govc", "GOVC")
_COMMANDS: Final = (
    "-password", "-token", "-secret-key", "-passphrase", "--from-literal", "sshpass", " login", "setup user", "curl ",
    "wget ", "machine ",
)  # fmt: skip
PATH_PARTS: Final = (
    *("bundle", "logs", "backup", "etcd", "snapshot", "kubeconfig", "-analysis"),
    *(".db", ".p12", ".pfx", ".jks", ".keystore"),
)
"""One of them is in every path that `schemas/tables/generated-files.yaml` knows."""
_CSV_HEADER: Final = 4_000


def may_hold(text: str) -> bool:
    """False only where no token of a known shape can be."""
    return _keywords("token-shapes").search(text) is not None


def detectors(text: str, *, parsed: bool) -> list[str]:
    """The modules whose `find` is worth calling, those with the most to say first."""
    holder = parsed and holds_secret(text)
    named = _may_name(text)
    shaped = _keywords("token-shapes", "generic-plugins").search(text) is not None
    wanted = {
        "cluster_access": holder or "client-key-data" in text or may_be_kubeconfig(text),
        "tokens": shaped and may_hold(text),
        "readable": holder,
        "bmc": "bmc_password" in text[:_CSV_HEADER],
        "urls": "@" in text and ("://" in text or any(word in text for word in NO_SCHEME)),
        "commands": any(mark in text for mark in _COMMANDS),
        "fields": named and parsed,
        "assignments": named,
        "generic": shaped and _keywords("generic-plugins").search(text) is not None,
    }
    return [name for name, is_wanted in wanted.items() if is_wanted]


def holds_secret(text: str) -> bool:
    """Whether a Secret, or what holds values like one, may stand in a text."""
    return any(word in text for word in _HOLDERS) and _HOLDER.search(text) is not None


def _may_name(text: str) -> bool:
    lowered = text.lower()
    return any(stem in lowered for stem in STEMS) and _NAMED.search(lowered) is not None


@cache
def _keywords(*tables: str) -> re.Pattern[str]:
    """From the table itself: the shapes are only compiled where this one hits.

    Keywords that begin alike are tried together, or the engine tries every single one wherever one may begin.
    """
    by_start: dict[str, list[str]] = {}
    entries = [entry for table in tables for entry in data.table(table)]
    for keyword in dict.fromkeys(keyword for entry in entries for keyword in entry["keywords"]):
        width = 2 if keyword.startswith("\\") else 1
        by_start.setdefault(keyword[:width], []).append(keyword[width:])
    return re.compile("|".join(f"{start}(?:{'|'.join(rests)})" for start, rests in by_start.items()))
