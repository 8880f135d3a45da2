"""Drafts to findings: placed, masked, cleaned and numbered. After this nothing holds a secret or a node."""

import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from eksa_lint.clean import clean
from eksa_lint.finding import Consequence, Edit, Finding, Fix, Refuser, Related, ResourceName, Severity
from eksa_lint.policy import Policy
from eksa_lint.rules.concealed import Concealed
from eksa_lint.rules.draft import Draft
from eksa_lint.rules.excerpt import excerpt
from eksa_lint.rules.loader import RuleSet
from eksa_lint.rules.rule import Rule
from eksa_lint.rules.unjudged import gathered
from eksa_lint.secrets.masking import mask

_LONGEST_MESSAGE: Final = 600
_PASSWORD: Final = re.compile(r"//[^/@\s]*@")
"""What stands before the host of a URL: hashed with all that is known beside it, a short password could be guessed."""

_KEY: Final = os.urandom(32)
_SEE_SYNCED: Final[frozenset[Refuser]] = frozenset(("webhook", "crd", "controller"))
_SEE_LOOSE: Final[frozenset[Refuser]] = frozenset(("cli", "webhook"))


def publish(drafts: Iterable[Draft], rules: RuleSet, policy: Policy) -> list[Finding]:
    """The finding of each draft. Of several drafts of one rule at one place the most severe stays.

    What looks like a token is hidden in every text; what a file gives away, in every text and excerpt about it.
    """
    kept = gathered(list(drafts))
    concealed = Concealed(kept, rules)
    ordinals: Counter[str] = Counter()
    published: dict[tuple[object, ...], Finding] = {}
    for draft in kept:
        rule = rules[draft.rule]
        consequence = draft.consequence or rule.consequence
        finding = Finding(
            rule=draft.rule,
            severity=policy.severity_of(rule, severity_of(draft, rule)),
            consequence=consequence,
            message=_text(concealed.text(draft.message)),
            side=draft.place.side if draft.place else "after",
            path=draft.place.path if draft.place else None,
            span=draft.place.span if draft.place else None,
            resource=ResourceName(*map(mask, draft.resource.id)) if draft.resource else None,
            fingerprint=_fingerprint(draft, consequence, concealed, ordinals),
            related=tuple(
                Related(_text(concealed.text(text)), place.side, place.path, place.span)
                for text, place in draft.related
            ),
            excerpt=excerpt(draft, concealed) if draft.place else None,
            fix=_fix(draft, concealed),
            secret=_secret(draft, consequence),
        )
        told_apart = "" if _is_in_own_file(draft) and finding.rule != "rule-failed" else finding.message
        _keep(finding, told_apart, published)
    # A patch is judged by itself and as part of what it is merged into: what both show is one finding.
    told_once: dict[tuple[object, ...], Finding] = {}
    for finding in published.values():
        _keep(finding, finding.message, told_once)
    return list(told_once.values())


def _keep(finding: Finding, told_apart: str, kept: dict[tuple[object, ...], Finding]) -> None:
    """Keep a finding unless one of its rule and place, told apart by a text, is at least as severe."""
    key = (finding.rule, finding.side, finding.path, finding.span, told_apart)
    if key not in kept or finding.severity.rank < kept[key].severity.rank:
        kept[key] = finding


def _is_in_own_file(draft: Draft) -> bool:
    """Whether a draft points into the file of its object. One patch or entry may concern many objects."""
    return draft.place is not None and (draft.resource is None or draft.place.path == draft.resource.path)


def severity_of(draft: Draft, rule: Rule) -> Severity:
    """What nobody refuses who sees the file is no error.

    Flux never runs eksctl; and eksctl mends or passes over things that the API server minds in a file of Flux.
    """
    severity = draft.severity or rule.severity
    refused_by = draft.refused_by or rule.refused_by
    if severity is not Severity.ERROR or not refused_by or draft.resource is None:
        return severity
    seen_by = _SEE_SYNCED if draft.resource.id.root else _SEE_LOOSE
    return Severity.ERROR if seen_by & set(refused_by) else Severity.WARNING


def _secret(draft: Draft, consequence: Consequence) -> bytes:
    """Whether a credential is the one that stood there before; the key is of this process, so that nobody can guess."""
    if consequence is not Consequence.LEAKS or draft.place is None:
        return b""
    written = draft.place.source.text[draft.place.start : draft.place.end]
    return hashlib.blake2b(written.encode("utf-8", "surrogatepass"), key=_KEY, digest_size=16).digest()


def _fix(draft: Draft, concealed: Concealed) -> Fix | None:
    """None where its text would show a credential."""
    if draft.repair is None:
        return None
    places = [rewrite.place for rewrite in draft.repair.rewrites]
    if any(place.side == "before" or concealed.touches(place) for place in places):
        return None
    edits = (Edit(rewrite.place.path, rewrite.place.span, rewrite.text) for rewrite in draft.repair.rewrites)
    return Fix(draft.repair.title, tuple(edits))


def _text(text: str) -> str:
    cleaned = clean(mask(text))
    return cleaned if len(cleaned) <= _LONGEST_MESSAGE else f"{cleaned[: _LONGEST_MESSAGE - 1]}…"


def _fingerprint(draft: Draft, consequence: Consequence, concealed: Concealed, ordinals: Counter[str]) -> str:
    """Stable while the finding is the same one: no line, no index, no wording, and no hash of a secret."""
    subject = "\0".join(draft.resource.id) if draft.resource else draft.place.path if draft.place else ""
    parts = [draft.rule, subject, draft.field]
    if consequence is Consequence.LEAKS or (draft.place and concealed.touches(draft.place)):
        identity = "\0".join(parts)
        ordinals[identity] += 1
        parts.append(str(ordinals[identity]))
    else:
        parts.extend(_PASSWORD.sub("//@", value) for value in draft.values)
    digest = hashlib.sha256("\0\0".join(parts).encode("utf-8", "surrogatepass"), usedforsecurity=False)
    return f"v1:{digest.hexdigest()[:32]}"
