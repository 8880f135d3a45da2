"""Credentials in files, each told once: tokens, kubeconfigs, Secrets, variables, fields, URLs, commands, file names.

What a credential is, is known in `eksa_lint/secrets/`; here a leak becomes a draft of the object that it stands in.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from eksa_lint.config import KNOWN_SECRETS
from eksa_lint.finding import Severity
from eksa_lint.model.file import File
from eksa_lint.model.resource import Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft
from eksa_lint.secrets.leak import Leak, Text
from eksa_lint.secrets.leaks import reported
from eksa_lint.snapshot.contents import content_of


@check("leaks")
def leaks(file: File, context: Context) -> Iterator[Draft]:
    """The credentials of a file, without those that the baseline of detect-secrets knows."""
    if file.windows is not None:
        yield from _in_windows(file, file.windows())
        return
    found = reported(Text(file.path, file.source, file.read))
    if found and context.is_encrypted_when_committed(file.path):
        return
    if not found:
        if file.read is None:  # where objects are written, a value has a name that tells
            yield from _made_secret(file, context)
        return
    is_known = _baseline(context)
    owner_at = _owners(file)
    for leak in found:
        line, _ = file.source.position(leak.start)
        if not is_known(file.path, line, file.source.text[leak.start : leak.end]):
            yield _draft(leak, file, owner_at(leak.start))


def _made_secret(file: File, context: Context) -> Iterator[Draft]:
    """A file in which nothing tells a credential but the kustomization that makes a Secret of it."""
    generated = context.generated_secrets.get(file.path)
    if generated is None or context.is_encrypted_when_committed(file.path):
        return
    from eksa_lint.secrets.whole import values_in  # noqa: PLC0415 - few repositories generate Secrets

    is_known = _baseline(context)
    for key, start, end in values_in(file.source.text, generated.key):
        line, _ = file.source.position(start)
        if not is_known(file.path, line, file.source.text[start:end]):
            made = f"which {generated.by} makes Secret {generated.secret} of"
            yield _draft(
                Leak("secret-object", f"{file.path}, {made}, holds a readable {key}", start, end, key), file, None
            )


def _draft(leak: Leak, file: File, owner: Resource | None) -> Draft:
    """What opens little by itself, or needs a passphrase too, is a warning."""
    place = file.place(leak.start, leak.end)
    severity = Severity.WARNING if leak.weak else None
    return Draft(leak.rule, leak.message, place, owner, leak.field, severity=severity, secret=((leak.start, leak.end),))


def _in_windows(file: File, windows: Iterable[bytes]) -> Iterator[Draft]:
    """Leaks of a file too large to be held, each with the span that it was found at."""
    from eksa_lint.secrets.windows import scan_windows  # noqa: PLC0415 - large files are few

    for leak, span in scan_windows(file.path, windows):
        draft = _draft(replace(leak, start=0, end=0), file, None)
        yield replace(draft, place=replace(file.place(0, 0), fixed=span), secret=())


def _baseline(context: Context) -> Callable[[str, int, str], bool]:
    """Whether a secret of a file is known already, by the state before: a change cannot excuse what it adds."""
    content = content_of((context.before or context.inventory).snapshot, KNOWN_SECRETS)
    if not content:
        return lambda _path, _line, _written: False
    from eksa_lint.secrets.baseline import is_known, read_baseline  # noqa: PLC0415 - only where there is one

    known = read_baseline(content)
    return lambda path, line, written: is_known(known, path, line, written)


def _owners(file: File) -> Callable[[int], Resource | None]:
    """Which object of a file an offset lies in."""
    resources = sorted(file.resources, key=lambda resource: resource.node.start)

    def owner_at(offset: int) -> Resource | None:
        index = bisect_right(resources, offset, key=lambda resource: resource.node.start)
        owner = resources[index - 1] if index else None
        return owner if owner and offset < owner.node.end else None

    return owner_at
