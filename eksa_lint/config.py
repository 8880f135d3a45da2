"""Reads `.eksa-lint.yaml`: held against its schema, wrong places named with line and column."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from eksa_lint import data
from eksa_lint.finding import Place, Side
from eksa_lint.policy import Policy, names
from eksa_lint.rules.loader import RuleSet
from eksa_lint.snapshot import Snapshot
from eksa_lint.snapshot.contents import content_of
from eksa_lint.syntax import Node, Source, Stream, parse

Path: TypeAlias = tuple[str | int, ...]

CONFIG_FILE: Final = ".eksa-lint.yaml"
BASELINE_FILE: Final = ".eksa-lint-baseline.jsonl"
OURS: Final = ".eksa-lint"
"""How all that the policy is made of begins: both files, and the folder of imported schemas."""

KNOWN_SECRETS: Final = ".secrets.baseline"
"""The baseline of detect-secrets."""

_NO_SETTING: Final = "there is no setting"
_FEW: Final = 8
"""Names that can all be listed in a line."""


@dataclass(frozen=True, slots=True)
class ConfigProblem:
    """What is wrong with a configuration or baseline, and where: offsets into its text."""

    message: str
    source: Source
    start: int
    end: int
    path: str = CONFIG_FILE

    def __str__(self) -> str:
        line, column = self.source.position(self.start)
        return f"{self.path}:{line}:{column}: {self.message}"


class BadConfig(ValueError):
    """A configuration or baseline that cannot be used, with the first thing that is wrong with it."""

    def __init__(self, problem: ConfigProblem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class Configuration:
    """A configuration that can be used: what it says, and where."""

    def __init__(self, stream: Stream) -> None:
        self._source = stream.source
        self._root = stream.documents[0].root if stream.documents else None
        value = self._root.value if self._root else {}
        self.data: dict[str, Any] = value if isinstance(value, dict) else {}
        self.policy = Policy.from_data(self.data)

    def place(self, path: Path, side: Side, *, key: bool = False) -> Place:
        """Where a setting stands: its value, or its key."""
        start, end = _place(self._root, path, key=key) if self._root else (0, 0)
        return Place(side, CONFIG_FILE, self._source, start, end)


def configuration_of(snapshot: Snapshot, rules: RuleSet) -> Configuration:
    """The configuration of a snapshot; one that says nothing where it has none.

    Raises:
        BadConfig: there is one, and it cannot be used.
    """
    return read_configuration(content_of(snapshot, CONFIG_FILE), rules)


def read_configuration(content: bytes, rules: RuleSet) -> Configuration:
    """The content of a configuration file, held against its schema.

    Raises:
        BadConfig: it is no YAML, does not fit its schema, or names a rule that does not exist.
    """
    stream = parse(content, core=True)
    for problem in stream.problems:
        raise BadConfig(ConfigProblem(problem.message, stream.source, problem.start, problem.end))
    if stream.documents:
        root = stream.documents[0].root
        for path, message in list(_schema_problems(root.value)) or _unknown_rules(root.value, rules):
            place = _place(root, path, key=message.startswith(_NO_SETTING))
            raise BadConfig(ConfigProblem(message, stream.source, *place))
    return Configuration(stream)


def _place(root: Node, path: Path, *, key: bool) -> tuple[int, int]:
    """The key for a whole list or mapping, and where it is asked for; the value of one scalar."""
    parent, node = (root.find(path[:-1]) if path else None), root.find(path)
    about_key = node is not None and (node.entries or node.items or key)
    if parent is not None and parent.entries and about_key:
        entry = parent.entries[str(path[-1])]
        return entry.key_start, entry.key_end
    shown = node or parent or root
    return shown.start, shown.end


def _schema_problems(value: Any) -> Iterator[tuple[Path, str]]:
    if not isinstance(value, dict):
        yield (), "the configuration must be a mapping, such as `fail-on: warning`"
        return
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - 70 ms, and only where there is a configuration

    validator = Draft202012Validator(data.json_schema("config"), format_checker=Draft202012Validator.FORMAT_CHECKER)
    for error in sorted(validator.iter_errors(value), key=lambda error: str(error.absolute_path)):
        path = tuple(error.absolute_path)
        if error.validator == "additionalProperties":
            known = sorted(error.schema["properties"])
            for name in (name for name in error.instance if name not in known):
                yield (*path, name), f"{_NO_SETTING} {name}{_did_you_mean(name, known)}"
        elif error.validator == "enum":
            yield path, f"{error.instance!r} must be one of {', '.join(error.validator_value)}"
        elif error.validator == "required":
            missing = [name for name in error.validator_value if name not in error.instance]
            yield path, f"{missing[0]} is missing"
        elif examples := error.schema.get("examples"):
            yield path, f"{path[-1]} {error.instance!r} must be written like {' or '.join(examples[:2])}"
        else:
            yield path, error.message


def _unknown_rules(value: Any, rules: RuleSet) -> Iterator[tuple[Path, str]]:
    lists: list[tuple[Path, Any]] = [
        (("select",), value.get("select")),
        (("ignore",), value.get("ignore")),
    ]
    for index, entry in enumerate(value.get("per-path-ignores", ())):
        lists.append((("per-path-ignores", index, "rules"), entry["rules"]))
    for index, entry in enumerate(value.get("allow", ())):
        if entry["rule"] not in rules:
            yield ("allow", index, "rule"), unknown_rule(entry["rule"], rules)
    for path, patterns in lists:
        for index, pattern in enumerate(patterns or ()):
            if not any(names([pattern], rule.id, rule.consequence) for rule in rules.values()):
                yield (*path, index), unknown_selection(pattern, rules)
    for rule in value.get("severity", ()):
        if rule not in rules:
            yield ("severity", rule), unknown_rule(rule, rules)


def unknown_rule(name: str, rules: RuleSet) -> str:
    """`rule "scale-to-zer" does not exist; did you mean scale-to-zero?`"""
    return f'rule "{name}" does not exist{_did_you_mean(name, list(rules))}'


def unknown_selection(name: str, rules: RuleSet) -> str:
    """The same of what may also be `id-*` or a consequence."""
    known = [*rules, *dict.fromkeys(rule.consequence.value for rule in rules.values())]
    return f'rule "{name}" does not exist{_did_you_mean(name.rstrip("*"), known)}'


def _did_you_mean(name: str, known: list[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only to word an error

    close = get_close_matches(name, known, n=1)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; there are: {', '.join(known)}" if len(known) <= _FEW else "; for all of them run: eksa-lint rules"
