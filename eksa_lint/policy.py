"""What this team accepts: the configuration, applied to rules and findings. Not how a file is spelled.

Allowances and baselines will be told here too; a finding already says by whom it is suppressed.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, TypeAlias

from eksa_lint.finding import Severity, Suppressed
from eksa_lint.rules.rule import Rule

FailOn: TypeAlias = Literal["error", "warning", "note", "never"]


@dataclass(frozen=True, slots=True)
class PathIgnore:
    """Rules that do not count below certain paths, and why."""

    paths: tuple[str, ...]
    rules: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Policy:
    """`select` empty means all rules. Names may end in `*`."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)
    path_ignores: tuple[PathIgnore, ...] = ()
    fail_on: FailOn = "error"
    eksa_version: str | None = None

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Policy":
        """From the content of a file that fits `schemas/config.json`."""
        return cls(
            select=tuple(data.get("select", ())),
            ignore=tuple(data.get("ignore", ())),
            severity={rule: Severity(severity) for rule, severity in data.get("severity", {}).items()},
            path_ignores=tuple(
                PathIgnore(tuple(item["paths"]), tuple(item["rules"]), item["reason"])
                for item in data.get("per-path-ignores", ())
            ),
            fail_on=data.get("fail-on", "error"),
            eksa_version=data.get("eksa-version"),
        )

    def selects(self, rule: Rule) -> bool:
        """Whether a rule takes part at all."""
        if rule.status == "retired" or names(self.ignore, rule.id):
            return False
        return not self.select or names(self.select, rule.id)

    def severity_of(self, rule: Rule, found: Severity | None) -> Severity:
        """This team's severity for a finding, else its own, else the rule's; a preview only makes notes."""
        if rule.id in self.severity:
            return self.severity[rule.id]
        return Severity.NOTE if rule.status == "preview" else found or rule.severity

    def suppressed(self, rule: str, path: str | None) -> Suppressed | None:
        """Whether the configuration takes a finding out of the count."""
        for entry in self.path_ignores:
            if path is not None and names(entry.rules, rule) and any(_matches(glob, path) for glob in entry.paths):
                return Suppressed("config", entry.reason)
        return None


def names(patterns: Iterable[str], rule: str) -> bool:
    return any(rule.startswith(pattern[:-1]) if pattern.endswith("*") else rule == pattern for pattern in patterns)


def _matches(glob: str, path: str) -> bool:
    return _glob(glob).match(path) is not None


@cache
def _glob(glob: str) -> re.Pattern[str]:
    """A `.gitignore` pattern without negation: anchored where it has a slash that is not its last character."""
    body = glob.removesuffix("/").removeprefix("/")
    pattern = "" if "/" in glob.removesuffix("/") else "(?:.*/)?"
    position = 0
    while position < len(body):
        if body.startswith("**/", position):
            pattern, position = f"{pattern}(?:.*/)?", position + 3
        elif body.startswith("**", position):
            pattern, position = f"{pattern}.*", position + 2
        else:
            char = body[position]
            pattern += {"*": "[^/]*", "?": "[^/]"}.get(char, re.escape(char))
            position += 1
    return re.compile(f"{pattern}(?:/.*)?\\Z", re.DOTALL)
