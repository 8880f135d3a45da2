"""Who may do what with which cluster: for people, and for programs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from eksa_lint import __version__
from eksa_lint.clean import clean, inert_json
from eksa_lint.model.resource import Resource
from eksa_lint.report.columns import wrap
from eksa_lint.report.phrases import plural
from eksa_lint.rules.access import Access, Power, Principal
from eksa_lint.secrets.masking import mask

VERSION: Final = 1

_HEADINGS: Final = {
    Power.ADMIN: "can do anything",
    Power.ROOT: "can be root on machines",
    Power.ESCALATES: "can make itself an admin",
    Power.WRITES: "can change objects",
    Power.READS: "can read objects",
    Power.UNKNOWN: "has a role that is in no file",
    Power.LOGS_IN: "can log in, and no binding here gives them a right",
}
_KINDS: Final = {
    "aws": "",
    "oidc-group": "OIDC group ",
    "group": "group ",
    "user": "user ",
    "service-account": "ServiceAccount ",
    "ssh-key": "SSH key ",
    "git": "whoever can push to ",
}


@dataclass(frozen=True, slots=True)
class ClusterAccess:
    """A cluster with every power over it; `manager` is the name of its management cluster, empty for its own."""

    cluster: Resource
    manager: str
    access: tuple[Access, ...]


def render_text(clusters: Sequence[ClusterAccess], *, width: int, prefix: str, verbose: bool) -> str:
    blocks = ["\n".join(_cluster(item, width, prefix, verbose=verbose)) for item in clusters]
    return "\n\n".join(blocks) + "\n"


def _cluster(item: ClusterAccess, width: int, prefix: str, *, verbose: bool) -> Iterator[str]:
    role = f"workload cluster of {item.manager}" if item.manager else "management cluster"
    yield from wrap(f"{_safe(item.cluster.id.name)}, {_safe(role)}, {_location(item.cluster, prefix)}", width)
    shown = [access for access in item.access if verbose or not _is_machinery(access)]
    for power, group in groupby(shown, key=lambda access: access.power):
        yield ""
        yield f"  {_HEADINGS[power]}"
        for principal, ways in groupby(group, key=lambda access: access.principal):
            yield from _indented(_named(principal), width, 4)
            for access in ways:
                yield from _way(access, width, prefix)
    yield from _remarks(item, len(item.access) - len(shown), width)


def _way(access: Access, width: int, prefix: str) -> Iterator[str]:
    chain = " > ".join(step.text for step in access.through)
    # The heading says what an admin may do, and a login is only that.
    what = {Power.ADMIN: f"by {chain}", Power.LOGS_IN: f"as {chain}"}.get(access.power, f"{access.what}, by {chain}")
    yield from _indented(_safe(what), width, 6)
    yield f"      {_at(access, prefix)}"


def _remarks(item: ClusterAccess, hidden: int, width: int) -> Iterator[str]:
    if not item.access:
        yield ""
        yield "  Nobody, as far as the files say."
    if hidden:
        yield ""
        yield f"  {plural(hidden, 'right')} of ServiceAccounts (shown with --verbose)"
    if item.manager:
        yield ""
        text = f"Its own bindings are in no file here. Whoever can change its objects in {item.manager} rules it too."
        yield from _indented(_safe(text), width, 2)


def _indented(text: str, width: int, indent: int) -> Iterator[str]:
    for line in wrap(text, width - indent):
        yield " " * indent + line


def _is_machinery(access: Access) -> bool:
    """What the software of a cluster needs, and nobody logs in with."""
    return access.principal.kind == "service-account" and access.power is not Power.ADMIN


def _named(principal: Principal) -> str:
    return _safe(_KINDS[principal.kind] + principal.name)


def _location(resource: Resource, prefix: str) -> str:
    place = resource.place()
    return _safe(f"{prefix}{place.path}:{place.span.line}")


def _at(access: Access, prefix: str) -> str:
    return _safe(f"{prefix}{access.place.path}:{access.place.span.line}")


def _safe(text: str) -> str:
    return clean(mask(text))


def render_json(clusters: Iterable[ClusterAccess]) -> str:
    """Version 1 of the format that `schemas/access.json` describes. Equal states give equal bytes."""
    return inert_json(
        {
            "version": VERSION,
            "tool": {"name": "eksa-lint", "version": __version__},
            "clusters": [_cluster_json(item) for item in clusters],
        }
    )


def _cluster_json(item: ClusterAccess) -> dict[str, Any]:
    identity = item.cluster.id
    return {
        "root": _safe(identity.root),
        "namespace": _safe(identity.namespace),
        "name": _safe(identity.name),
        "management_cluster": _safe(item.manager or identity.name),
        "access": [_access_json(access) for access in item.access],
    }


def _access_json(access: Access) -> dict[str, Any]:
    return {
        "principal": {"kind": access.principal.kind, "name": _safe(access.principal.name)},
        "power": access.power.value,
        "namespace": _safe(access.namespace) or None,
        "may": _safe(access.what),
        "through": [
            {
                "what": _safe(step.text),
                "path": _safe(step.place.path),
                "line": step.place.span.line,
                "column": step.place.span.column,
            }
            for step in access.through
        ],
    }
