"""What this team accepts: configuration and baseline, applied to rules and findings. Not how a file is spelled."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from eksa_lint.clean import clean
from eksa_lint.finding import Consequence, Finding, Severity, Suppressed
from eksa_lint.rules.rule import Rule
from eksa_lint.secrets.masking import mask

if TYPE_CHECKING:
    from datetime import date

    from eksa_lint.allowance import Allowance
    from eksa_lint.baseline import Entry

FailOn: TypeAlias = Literal["error", "warning", "note", "never"]


@dataclass(frozen=True, slots=True)
class PathIgnore:
    """Rules that do not count below certain paths, and why."""

    paths: tuple[str, ...]
    rules: tuple[str, ...]
    reason: str

    def covers(self, finding: Finding) -> bool:
        path = finding.path
        return path is not None and self._is_about(finding) and any(_matches(glob, path) for glob in self.paths)

    def _is_about(self, finding: Finding) -> bool:
        return names(self.rules, finding.rule, finding.consequence)


@dataclass(frozen=True, slots=True)
class Policy:
    """`select` empty means all rules. A name may end in `*`, or be a consequence, which stands for all its rules."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)
    path_ignores: tuple[PathIgnore, ...] = ()
    fail_on: FailOn = "error"
    eksa_version: str | None = None
    allowances: "tuple[Allowance, ...]" = ()
    baseline: "frozenset[Entry]" = frozenset()
    """What was there before."""

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
            allowances=_allowances(data["allow"]) if "allow" in data else (),
        )

    def selects(self, rule: Rule) -> bool:
        """Whether a rule takes part at all."""
        if rule.status == "retired" or names(self.ignore, rule.id, rule.consequence):
            return False
        return not self.select or names(self.select, rule.id, rule.consequence)

    def severity_of(self, rule: Rule, found: Severity | None) -> Severity:
        """This team's severity for a finding, else its own, else the rule's; a preview only makes notes."""
        if rule.id in self.severity:
            return self.severity[rule.id]
        return Severity.NOTE if rule.status == "preview" else found or rule.severity

    def ignored(self, finding: Finding) -> Suppressed | None:
        """What takes a finding out of the count on every day."""
        for ignore in self.path_ignores:
            if ignore.covers(finding):
                return Suppressed("config", _text(ignore.reason))
        return None

    def suppressed(self, finding: Finding, today: "date", *, is_change: bool) -> Suppressed | None:
        """What takes a finding out of the count on a day.

        The baseline hides no secret that a change brings: it knows the place of a secret, and not which one it is.
        """
        if ignored := self.ignored(finding):
            return ignored
        for allowance in self.allowances:
            if allowance.covers(finding) and not allowance.has_ended(today):
                until = allowance.until.isoformat()
                return Suppressed("allowance", _text(allowance.reason), _text(allowance.owner), until)
        may_be_known = not (is_change and finding.consequence is Consequence.LEAKS)
        return self._suppressed_by_baseline(finding) if self.baseline and may_be_known else None

    def _suppressed_by_baseline(self, finding: Finding) -> Suppressed | None:
        from eksa_lint.baseline import entry_of  # noqa: PLC0415 - only where there is one

        if entry_of(finding) in self.baseline:
            return Suppressed("baseline", "it was there when the baseline was written")
        return None


def _allowances(items: Iterable[Mapping[str, str]]) -> "tuple[Allowance, ...]":
    from eksa_lint.allowance import Allowance  # noqa: PLC0415 - most teams have none most of the time

    return tuple(map(Allowance.from_data, items))


def _text(text: str) -> str:
    return clean(mask(text))


def names(patterns: Iterable[str], rule: str, consequence: Consequence) -> bool:
    """Whether a rule, or what comes of it, is among names as the configuration and `--select` give them."""
    return any(
        rule.startswith(pattern[:-1]) if pattern.endswith("*") else pattern in {rule, consequence}
        for pattern in patterns
    )


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
