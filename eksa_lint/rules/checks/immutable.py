"""Fields that the webhook or the CLI does not let change, from `schemas/tables/immutable-fields.yaml`."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from eksa_lint import data
from eksa_lint.model import fields
from eksa_lint.model.changes import Change
from eksa_lint.model.cluster import manages_itself
from eksa_lint.model.fields import Path
from eksa_lint.model.pairing import pair_items
from eksa_lint.model.resource import EKSA
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft
from eksa_lint.rules.wording import shown

_LONGEST_VALUE: Final = 60
_ANNOTATIONS: Final = ("metadata", "annotations")
_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\Z", re.IGNORECASE)


@check("immutable-fields")
def immutable_fields(change: Change, _: Context) -> Iterator[Draft]:
    if change.event != "changed" or change.resource.group != EKSA:
        return
    for entry in data.table("immutable-fields").get(change.resource.kind, ()):
        if _applies(entry, change):
            for old_path, new_path in _pairs(change, fields.parse_pattern(entry["field"])):
                yield from _judge(entry, change, old_path, new_path)


def _judge(entry: Mapping[str, Any], change: Change, old_path: Path, new_path: Path) -> Iterator[Draft]:
    old, new = fields.get(change.old, old_path), fields.get(change.new, new_path)
    differ = COMPARISONS[entry.get("compare", "value")]
    if not differ(old, new, change):
        return
    assert change.before is not None  # noqa: S101 - only changed objects come here
    assert change.after is not None  # noqa: S101
    resource = change.after
    where = fields.spell(new_path, change.new, resource.group, resource.kind)
    below = _differing(old, new)
    part = SHOWN.get(entry.get("compare", ""), _as_it_is)
    _, condition = CONDITIONS[entry["when"]] if "when" in entry else (None, "")
    difference = _difference(part(old), part(new))
    yield Draft(
        rule="immutable-field",
        message=f"{where} of {resource.title} cannot change{condition} ({difference}): {_refusal(entry['by'])}",
        place=resource.place((*new_path, *below)),
        resource=resource,
        field=where,
        values=(json.dumps(old, sort_keys=True), json.dumps(new, sort_keys=True)),
        label="" if isinstance(new, dict | list) else f"{_show(old)} -> {_show(new)}",
        refused_by=tuple(entry["by"]),
        old_place=change.before.place((*old_path, *below)),
    )


def _applies(entry: Mapping[str, Any], change: Change) -> bool:
    provider = str(fields.get(change.old, ("spec", "datacenterRef", "kind")) or "").removesuffix("DatacenterConfig")
    if "provider" in entry and provider != entry["provider"]:
        return False
    if "notProvider" in entry and provider == entry["notProvider"]:
        return False
    if "when" in entry and not CONDITIONS[entry["when"]][0](change):
        return False
    if "unlessSet" in entry and fields.get(change.new, fields.parse_pattern(entry["unlessSet"])):
        return False
    lifted = entry.get("lifted", {})
    if "old" in lifted and fields.get(change.old, (*_ANNOTATIONS, lifted["old"])) == "true":
        return False
    return not ("new" in lifted and fields.get(change.new, (*_ANNOTATIONS, lifted["new"])) is not None)


def _pairs(change: Change, pattern: tuple[str | int, ...]) -> Iterator[tuple[Path, Path]]:
    """The paths on both sides; for `[*]` those of the items that are on both."""
    if fields.ANY not in pattern:
        yield pattern, pattern
        return
    split = pattern.index(fields.ANY)
    head, tail = pattern[:split], pattern[split + 1 :]
    old, new = (fields.get(value, head) for value in (change.old, change.new))
    keys = fields.list_keys(change.resource.group, change.resource.kind).get(fields.pattern_of(head))
    for first, second in pair_items(fields.as_list(old), fields.as_list(new), keys):
        if first is not None and second is not None:
            yield (*head, first, *tail), (*head, second, *tail)


def _value(old: Any, new: Any, _: Change) -> bool:
    return bool(_without_zeros(old) != _without_zeros(new))


def _unordered(old: Any, new: Any, _: Change) -> bool:
    return bool(_sorted(_without_zeros(old)) != _sorted(_without_zeros(new)))


def _entries(old: Any, new: Any, _: Change) -> bool:
    """A label without a value is one all the same."""
    first, second = (value if isinstance(value, dict) else {} for value in (old, new))
    return first.keys() != second.keys() or any((first[key] or "") != (second[key] or "") for key in first)


def _presence(old: Any, new: Any, _: Change) -> bool:
    return (old is None) != (new is None)


def _removal(old: Any, new: Any, _: Change) -> bool:
    return bool(old) and not new


def _change_once_set(old: Any, new: Any, _: Change) -> bool:
    return bool(old) and _without_zeros(old) != _without_zeros(new)


def _zones_in_common(old: Any, new: Any, _: Change) -> bool:
    """A zone must stay, unless UUIDs replace the names that an older release gave.

    Source: pkg/api/v1alpha1/cloudstackdatacenterconfig_webhook.go.
    """
    before, after = _zone_names(old), _zone_names(new)
    if not before or not after or set(before) & set(after):
        return False
    given = all(name.startswith("default-az") for name in before)
    return not (given and len(before) == len(after) and all(_UUID.match(name) for name in after))


def _endpoint_host(old: Any, new: Any, change: Change) -> bool:
    """CloudStack takes the default port for no port (pkg/api/v1alpha1/cluster_types.go:CloudStackEqual)."""
    hosts = [fields.get(endpoint, ("host",)) for endpoint in (old, new)]
    if fields.get(change.old, ("spec", "datacenterRef", "kind")) == "CloudStackDatacenterConfig":
        hosts = [str(host).removesuffix(":6443") for host in hosts]
    return bool(hosts[0] != hosts[1])


def _cni_plugin(old: Any, new: Any, _: Change) -> bool:
    plugins = [_plugin(network) for network in (old, new)]
    return None not in plugins and plugins[0] != plugins[1]


def _awsiam_name(old: Any, new: Any, _: Change) -> bool:
    """Only the first AWSIamConfig of each side is compared (cluster_webhook.go:validateImmutableFieldsCluster)."""
    names = [_first_awsiam(references) for references in (old, new)]
    return None not in names and names[0] != names[1]


def _network_path(old: Any, new: Any, change: Change) -> bool:
    """A bare name and its full path below the datacenter are the same network (vspheredatacenterconfig SetDefaults)."""
    prefix = f"/{fields.get(change.old, ('spec', 'datacenter'))}/network/"
    return str(old).removeprefix(prefix) != str(new).removeprefix(prefix)


def _first_user(old: Any, new: Any, _: Change) -> bool:
    """The number of users, the first one's name, the number of its keys, and the first key without its comment."""
    return _user_facts(old) != _user_facts(new)


COMPARISONS: Final[dict[str, Callable[[Any, Any, Change], bool]]] = {
    "value": _value,
    "unordered": _unordered,
    "entries": _entries,
    "presence": _presence,
    "removal": _removal,
    "change-once-set": _change_once_set,
    "zones-in-common": _zones_in_common,
    "endpoint-host": _endpoint_host,
    "cni-plugin": _cni_plugin,
    "awsiam-name": _awsiam_name,
    "network-path": _network_path,
    "first-user": _first_user,
}


def _is_workload(change: Change) -> bool:
    return change.before is not None and not manages_itself(change.before)


def _is_management_machine(change: Change) -> bool:
    roles = [fields.get(change.old, (*_ANNOTATIONS, f"{EKSA}/{role}")) for role in ("control-plane", "etcd")]
    return "true" in roles and _is_not_managed_by(change)


def _is_not_managed_by(change: Change) -> bool:
    return not fields.get(change.old, (*_ANNOTATIONS, f"{EKSA}/managed-by"))


CONDITIONS: Final[dict[str, tuple[Callable[[Change], bool], str]]] = {
    "workload-cluster": (_is_workload, " on a workload cluster"),
    "management-cluster": (lambda change: not _is_workload(change), " once it is set"),
    "management-machine": (_is_management_machine, ", as it runs the management cluster's control plane or etcd"),
    "not-managed-by": (_is_not_managed_by, " without the managed-by annotation of a workload cluster's"),
}
"""What must hold of the object before the change, and how a message says so."""


def _zone_names(zones: Any) -> list[str]:
    return [str(fields.get(zone, ("name",))) for zone in fields.as_list(zones)]


def _as_it_is(value: Any) -> Any:
    return value


def _plugin(network: Any) -> str | None:
    word = fields.get(network, ("cni",))
    if word:
        return str(word).removesuffix("-enterprise")
    plugins = fields.get(network, ("cniConfig",))
    return next(iter(sorted(plugins)), None) if isinstance(plugins, dict) else None


SHOWN: Final[dict[str, Callable[[Any], Any]]] = {"zones-in-common": _zone_names, "cni-plugin": _plugin}
"""What of a value a message shows, by the name of the comparison."""


def _first_awsiam(references: Any) -> Any:
    for reference in fields.as_list(references):
        if fields.get(reference, ("kind",)) == "AWSIamConfig":
            return fields.get(reference, ("name",))
    return None


def _user_facts(users: Any) -> tuple[Any, ...]:
    if not isinstance(users, list) or not users:
        return (0,)
    keys = fields.as_list(fields.get(users[0], ("sshAuthorizedKeys",)))
    first_key = " ".join(str(keys[0]).split()[:2]) if keys else ""
    return len(users), fields.get(users[0], ("name",)), len(keys), first_key


def _without_zeros(value: Any) -> Any:
    """An absent field, null, false, 0, and an empty block or text are one to Go."""
    if isinstance(value, dict):
        return {name: below for name, item in value.items() if (below := _without_zeros(item)) is not None} or None
    if isinstance(value, list):
        return [_without_zeros(item) for item in value] or None
    return value or None


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _sorted(item) for name, item in value.items()}
    if isinstance(value, list):
        return sorted((_sorted(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    return value


def _difference(old: Any, new: Any) -> str:
    if old is None or new is None:
        return "it was not set before" if old is None else "it is gone"
    for name in _differing(old, new):
        return f"{name} {_show(old.get(name))} -> {_show(new.get(name))}"
    return f"{_show(old)} -> {_show(new)}"


def _differing(old: Any, new: Any) -> Path:
    """The first key whose values differ, for mappings; the place to point at."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in [*new, *old]:
            if _sorted(_without_zeros(old.get(name))) != _sorted(_without_zeros(new.get(name))):
                return (name,)
    return ()


def _show(value: Any) -> str:
    is_plain_list = isinstance(value, list) and not any(isinstance(item, dict | list) for item in value)
    return shown(", ".join(map(str, value)) if is_plain_list else value, _LONGEST_VALUE)


def _refusal(by: list[str]) -> str:
    if "webhook" in by:
        return "the webhook refuses the whole update, so nothing else in this object is applied either"
    return "eksctl anywhere upgrade refuses it; applied through Flux it is accepted"
