"""What rules cannot judge where an object has a wrong shape: told once, beside the error that says what is wrong."""

from collections.abc import Sequence

from eksa_lint.finding import Severity
from eksa_lint.model.resource import Resource
from eksa_lint.rules.draft import Draft


def gathered(drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts, with a single warning for each object of a wrong shape in place of its failures.

    It stays when a comment silences the error about the shape: what could not be judged has not passed.
    """
    misshapen = {_key(draft.resource) for draft in drafts if draft.rule == "schema-wrong-type" and draft.resource}
    kept: list[Draft] = []
    failed: dict[tuple[str, str, int], list[Draft]] = {}
    for draft in drafts:
        is_failure = draft.rule == "rule-failed" and draft.severity is None
        if is_failure and draft.resource is not None and _key(draft.resource) in misshapen:
            failed.setdefault(_key(draft.resource), []).append(draft)
        else:
            kept.append(draft)
    return [*kept, *(_together(failures) for failures in failed.values())]


def _key(resource: Resource) -> tuple[str, str, int]:
    """One object as one file has it: of two with the same name each has its own shape."""
    return resource.side, resource.path, resource.node.start


def _together(failures: Sequence[Draft]) -> Draft:
    resource = failures[0].resource
    assert resource is not None  # noqa: S101 - they were gathered by it
    rules = sorted({draft.values[0] for draft in failures})
    what = f"rules {', '.join(rules[:-1])} and {rules[-1]}" if len(rules) > 1 else f"rule {rules[0]}"
    message = f"{resource.title} has a value of a wrong type, so that it cannot be judged by the {what}"
    return Draft("rule-failed", message, resource.place(), resource, severity=Severity.WARNING)
