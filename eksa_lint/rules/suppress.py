"""`# eksa-lint: ignore[rule-id] reason`: which findings such comments silence, and which comments are wrong."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from eksa_lint.clean import clean
from eksa_lint.config import unknown_rule
from eksa_lint.finding import Finding, Severity, Suppressed
from eksa_lint.model.file import File
from eksa_lint.rules.draft import Draft
from eksa_lint.rules.loader import RuleSet
from eksa_lint.secrets.masking import mask
from eksa_lint.syntax import Directive

_SYNTAX = "write `# eksa-lint: ignore[rule-id] reason`"


@dataclass(frozen=True, slots=True)
class Comments:
    """The directives of one file."""

    file: File
    directives: tuple[Directive, ...]


def suppress(
    findings: Iterable[Finding],
    comments: Mapping[str, Comments],
    added: Mapping[str, Collection[Directive]],
) -> Iterator[tuple[Finding, Directive | None]]:
    """Each finding, marked where a comment silences it, and with that comment.

    `added` are the comments that the change brings, by path: they silence no error.
    """
    for finding in findings:
        directive = _silencing(finding, comments)
        is_new = directive is not None and directive in added.get(finding.path or "", ())
        if directive is None or finding.suppressed is not None or (is_new and finding.severity is Severity.ERROR):
            yield finding, directive
        else:
            yield replace(finding, suppressed=Suppressed("comment", clean(mask(directive.reason)))), directive


def wrong_comments(comments: Comments, rules: RuleSet) -> Iterator[Draft]:
    """Comments that cannot be understood, give no reason, or name a rule that does not exist."""
    for directive in comments.directives:
        place = comments.file.place(directive.start, directive.end)
        if not directive.rules:
            yield Draft("suppression-invalid", f"this comment silences nothing; {_SYNTAX}", place)
        elif not directive.reason:
            yield Draft(
                "suppression-invalid",
                f"ignoring {', '.join(directive.rules)} needs a reason; {_SYNTAX}",
                place,
            )
        for name in directive.rules:
            if name not in rules:
                yield Draft("suppression-invalid", unknown_rule(name, rules), place, values=(name,))


def unused_comments(comments: Comments, used: Iterable[Directive], rules: RuleSet) -> Iterator[Draft]:
    """Comments that silenced nothing, though every rule they name was run on the file."""
    silenced = set(used)
    for directive in comments.directives:
        known = [rules[name] for name in directive.rules if name in rules]
        was_run = known and not any("change" in rule.subjects for rule in known)
        if was_run and directive.reason and directive not in silenced:
            yield Draft(
                "suppression-unused",
                f"there is nothing to ignore here for {', '.join(rule.id for rule in known)}; remove the comment",
                comments.file.place(directive.start, directive.end),
                values=directive.rules,
            )


def _silencing(finding: Finding, comments: Mapping[str, Comments]) -> Directive | None:
    if finding.path is None or finding.span is None or finding.path not in comments or finding.side != "after":
        return None
    for directive in comments[finding.path].directives:
        is_meant = directive.reason and finding.rule in directive.rules
        if is_meant and finding.span.line <= directive.target <= finding.span.end_line:
            return directive
    return None
