"""Drafts to findings: placed, masked, cleaned and numbered. After this nothing holds a secret or a node."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Final

from eksa_lint.clean import clean
from eksa_lint.finding import Consequence, Edit, Finding, Fix, Refuser, Related, ResourceName, Severity
from eksa_lint.policy import Policy
from eksa_lint.rules.draft import Draft
from eksa_lint.rules.excerpt import Spans, excerpt
from eksa_lint.rules.loader import RuleSet
from eksa_lint.rules.rule import Rule
from eksa_lint.secrets.scan import mask

_LONGEST_MESSAGE: Final = 600
_SEE_SYNCED: Final[frozenset[Refuser]] = frozenset(("webhook", "crd", "controller"))
_SEE_LOOSE: Final[frozenset[Refuser]] = frozenset(("cli", "webhook"))


def publish(drafts: Iterable[Draft], rules: RuleSet, policy: Policy) -> list[Finding]:
    """The finding of each draft. Of several drafts of one rule at one place the most severe stays.

    What looks like a token is hidden in every text; what one draft calls secret, in every excerpt of its file.
    """
    kept = list(drafts)
    secrets = _secrets(kept, rules)
    ordinals: Counter[str] = Counter()
    published: dict[tuple[object, ...], Finding] = {}
    for draft in kept:
        rule = rules[draft.rule]
        consequence = draft.consequence or rule.consequence
        finding = Finding(
            rule=draft.rule,
            severity=policy.severity_of(rule, _severity(draft, rule)),
            consequence=consequence,
            message=_text(draft.message),
            side=draft.place.side if draft.place else "after",
            path=draft.place.path if draft.place else None,
            span=draft.place.span if draft.place else None,
            resource=ResourceName(*map(mask, draft.resource.id)) if draft.resource else None,
            fingerprint=_fingerprint(draft, consequence, ordinals),
            related=tuple(Related(_text(text), place.side, place.path, place.span) for text, place in draft.related),
            excerpt=excerpt(draft, secrets) if draft.place else None,
            fix=_fix(draft),
        )
        told_apart = "" if _is_in_own_file(draft) and finding.rule != "rule-failed" else finding.message
        key = (finding.rule, finding.side, finding.path, finding.span, told_apart)
        known = published.get(key)
        if known is None or finding.severity.rank < known.severity.rank:
            published[key] = finding
    return _told_once(published.values())


def _told_once(findings: Iterable[Finding]) -> list[Finding]:
    """A patch is judged by itself and as part of what it is merged into: what both show is one finding."""
    found: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        key = (finding.rule, finding.side, finding.path, finding.span, finding.message)
        known = found.get(key)
        if known is None or finding.severity.rank < known.severity.rank:
            found[key] = finding
    return list(found.values())


def _is_in_own_file(draft: Draft) -> bool:
    """Whether a draft points into the file of its object. One patch or entry may concern many objects."""
    return draft.place is not None and (draft.resource is None or draft.place.path == draft.resource.path)


def _severity(draft: Draft, rule: Rule) -> Severity:
    """What nobody refuses who sees the file is no error.

    Flux never runs eksctl; and eksctl mends or passes over things that the API server minds in a file of Flux.
    """
    severity = draft.severity or rule.severity
    refused_by = draft.refused_by or rule.refused_by
    if severity is not Severity.ERROR or not refused_by or draft.resource is None:
        return severity
    seen_by = _SEE_SYNCED if draft.resource.id.root else _SEE_LOOSE
    return Severity.ERROR if seen_by & set(refused_by) else Severity.WARNING


def _fix(draft: Draft) -> Fix | None:
    repair, place = draft.repair, draft.place
    if repair is None or place is None or place.side == "before":
        return None
    return Fix(repair.title, (Edit(place.source.span(repair.start, repair.end), repair.text),))


def _text(text: str) -> str:
    cleaned = clean(mask(text))
    return cleaned if len(cleaned) <= _LONGEST_MESSAGE else f"{cleaned[: _LONGEST_MESSAGE - 1]}…"


def _secrets(drafts: Iterable[Draft], rules: RuleSet) -> dict[int, Spans]:
    """The secret offsets of each source, by its id."""
    secrets: dict[int, Spans] = {}
    for draft in drafts:
        if draft.place:
            spans = secrets.setdefault(id(draft.place.source), [])
            spans.extend(draft.secret)
            if not draft.secret and (draft.consequence or rules[draft.rule].consequence) is Consequence.LEAKS:
                spans.append((draft.place.start, draft.place.end))
    return {source: sorted(spans) for source, spans in secrets.items() if spans}


def _fingerprint(draft: Draft, consequence: Consequence, ordinals: Counter[str]) -> str:
    """Stable while the finding is the same one: no line, no index, no wording, and no hash of a secret."""
    subject = "\0".join(draft.resource.id) if draft.resource else draft.place.path if draft.place else ""
    parts = [draft.rule, subject, draft.field]
    if consequence is Consequence.LEAKS:
        identity = "\0".join(parts)
        ordinals[identity] += 1
        parts.append(str(ordinals[identity]))
    else:
        parts.extend(draft.values)
    digest = hashlib.sha256("\0\0".join(parts).encode("utf-8", "surrogatepass"), usedforsecurity=False)
    return f"v1:{digest.hexdigest()[:32]}"
