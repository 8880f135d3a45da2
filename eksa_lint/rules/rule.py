"""A rule as its file describes it."""

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from eksa_lint import HOME
from eksa_lint.finding import Consequence, Refuser, Severity

Subject: TypeAlias = Literal["resource", "change", "cluster", "file", "repository"]
Event: TypeAlias = Literal["added", "changed", "removed"]
Status: TypeAlias = Literal["preview", "stable", "retired"]


@dataclass(frozen=True, slots=True)
class Variable:
    name: str
    expression: str


@dataclass(frozen=True, slots=True)
class Validation:
    """One thing that must hold; what it says of severity, consequence and who refuses overrides the rule.

    `on` narrows the rule's subjects. `path` is where the finding points, below the rule's `each`, or below the object
    that the reference at `through` names. `refused_since` is the first release of EKS Anywhere that minds: what is
    written for an earlier one is not judged. `covers` lists the ids of the facts that it enforces.
    """

    expression: str
    on: Subject | None = None
    message: str = ""
    message_expression: str = ""
    label_expression: str = ""
    path: str = ""
    through: str = ""
    quotes: bool = False
    """Whether putting what stands at `path` in quotes mends it."""

    severity: Severity | None = None
    consequence: Consequence | None = None
    refused_by: tuple[Refuser, ...] = ()
    refused_since: str = ""
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """What happens and what to do, the first sentence of each in a form that stands alone."""

    why: str
    fix: str


@dataclass(frozen=True, slots=True)
class Finds:
    """What an example must find, where a `# finds:` comment cannot stand."""

    message: str
    line: int
    path: str | None = None
    side: Literal["before", "after"] = "after"


@dataclass(frozen=True, slots=True)
class Example:
    """Files by path, before (None: nothing is compared) and after."""

    name: str
    before: dict[str, str] | None
    after: dict[str, str]
    finds: tuple[Finds, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    title: str
    severity: Severity
    consequence: Consequence
    since: str
    status: Status
    subjects: tuple[Subject, ...]
    kinds: tuple[str, ...]
    events: tuple[Event, ...]
    why: str
    fix: str
    references: tuple[str, ...]
    file: str = ""
    providers: tuple[str, ...] = ()
    """The providers whose Clusters are looked at (`VSphere`, `Tinkerbell` …); empty for all."""

    files: tuple[str, ...] = ()
    """The paths of the files that are looked at, with `*`; empty for all."""

    without_objects: bool = False
    """Whether only files that hold no document are looked at."""

    replaced_by: str | None = None
    refused_by: tuple[Refuser, ...] = ()
    covers: tuple[str, ...] = ()
    """The ids of the facts that a Python check enforces; those of a validation stand there."""

    each: tuple[str, ...] = ()
    variables: tuple[Variable, ...] = ()
    validations: tuple[Validation, ...] = ()
    check: str = ""
    otherwise: tuple[tuple[Consequence, Words], ...] = ()
    """What is said where a finding has another consequence than the rule."""

    example_data: tuple[dict[str, Any], ...] = field(default=(), repr=False)
    """The examples as written; `examples` makes them up, only where they are wanted."""

    @property
    def examples(self) -> tuple[Example, ...]:
        return tuple(_example(data) for data in self.example_data)

    @property
    def looks_beyond(self) -> bool:
        """Whether an expression looks at other objects than the one it judges."""
        parts: tuple[Validation | Variable, ...] = (*self.validations, *self.variables)
        return any("ref(" in part.expression for part in parts)

    def words(self, consequence: Consequence) -> Words:
        """What is said about a finding of a consequence."""
        return dict(self.otherwise).get(consequence) or Words(self.why, self.fix)

    def summary(self, consequence: Consequence) -> str:
        """The first sentence of the reason, for the one line that a finding has room for."""
        return _first_sentence(self.words(consequence).why)

    def advice(self, consequence: Consequence) -> str:
        """The first sentence of what to do."""
        return _first_sentence(self.words(consequence).fix)

    @property
    def url(self) -> str:
        return f"{HOME}/blob/main/rules/{self.file}"

    @classmethod
    def from_data(cls, data: dict[str, Any], file: str) -> "Rule":
        """From the content of a rule file that fits `schemas/rule.json`."""
        match = data["match"]
        subjects = match["on"]
        return cls(
            id=data["id"],
            title=data["title"],
            severity=Severity(data["severity"]),
            consequence=Consequence(data["consequence"]),
            since=data["since"],
            status=data["status"],
            subjects=tuple(subjects) if isinstance(subjects, list) else (subjects,),
            kinds=tuple(match.get("kinds", ())),
            providers=tuple(match.get("providers", ())),
            files=tuple(match.get("files", ())),
            without_objects=match.get("objects") is False,
            events=tuple(match.get("events", ("changed",))),
            why=data["why"].strip(),
            fix=data["fix"].strip(),
            references=tuple(data["references"]),
            file=file,
            replaced_by=data.get("replacedBy"),
            refused_by=tuple(data.get("refusedBy", ())),
            covers=tuple(data.get("covers", ())),
            each=_each(data.get("each", ())),
            variables=tuple(Variable(item["name"], item["expression"]) for item in data.get("variables", ())),
            validations=tuple(_validation(item) for item in data.get("validations", ())),
            check=data.get("check", ""),
            otherwise=tuple(
                (Consequence(name), Words(words["why"].strip(), words.get("fix", data["fix"]).strip()))
                for name, words in data.get("otherwise", {}).items()
            ),
            example_data=tuple(data.get("examples", ())),
        )


def _first_sentence(text: str) -> str:
    return " ".join(text.split()).partition(". ")[0].rstrip(".")


def _each(written: str | list[str]) -> tuple[str, ...]:
    return (written,) if isinstance(written, str) else tuple(written)


def _validation(data: dict[str, Any]) -> Validation:
    return Validation(
        expression=data["expression"],
        on=data.get("on"),
        message=data.get("message", ""),
        message_expression=data.get("messageExpression", ""),
        label_expression=data.get("labelExpression", ""),
        path=data.get("path", ""),
        severity=Severity(data["severity"]) if "severity" in data else None,
        consequence=Consequence(data["consequence"]) if "consequence" in data else None,
        refused_by=tuple(data.get("refusedBy", ())),
        refused_since=data.get("refusedSince", ""),
        covers=tuple(data.get("covers", ())),
        through=data.get("through", ""),
        quotes=data.get("repair") == "quote",
    )


def _example(data: dict[str, Any]) -> Example:
    path = data.get("path", "eksa-cluster.yaml")

    def files(content: str | dict[str, str]) -> dict[str, str]:
        return {path: content} if isinstance(content, str) else content

    return Example(
        name=data["name"],
        before=files(data["before"]) if "before" in data else None,
        after=files(data["after"]),
        finds=tuple(Finds(**item) for item in data.get("finds", ())),
    )
