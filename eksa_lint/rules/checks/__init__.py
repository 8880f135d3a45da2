"""Checks in Python, for what CEL cannot say: each is registered under the name that rule files use.

A check that looks at one thing takes it and the context; the subject of its rules decides what it is given:
`resource` a `Resource`, `change` a `Change`, `cluster` an `Impact`, `file` a `File`, `repository` only the context.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any, Final, TypeAlias, TypeVar

from eksa_lint.rules.draft import Draft

Check: TypeAlias = Callable[..., Iterator[Draft]]
_Function = TypeVar("_Function", bound=Callable[..., Any])

_MODULES: Final = {
    "schema": "schema",
    "leaks": "secrets",
    "syntax": "syntax",
    "references": "references",
    "unused-objects": "references",
    "identity": "identity",
    "unknown-identity": "identity",
    "immutable-fields": "immutable",
    "deletions": "deletions",
    "flux-ignore": "flux_ignore",
    "gitops-config-deprecated": "gitops_configs",
    "changing-hands": "changing_hands",
    "flux-dependencies": "flux_syncs",
    "flux-syncs": "flux_syncs",
    "flux-paths": "flux_syncs",
    "config-objects-removed": "removals",
    "kustomization-resources-removed": "removals",
    "control-annotations": "annotations",
    "flux-builds": "flux_builds",
    "kustomizations-not-evaluated": "not_evaluated",
    "kustomization-files": "kustomization_files",
    "rollouts": "rollouts",
    "early-release": "early_release",
    "critical-namespace-rbac": "rbac",
    "cluster-admin-binding": "rbac",
    "rbac-widened": "rbac_widened",
    "rbac-refused": "rbac_bindings",
    "rbac-idle": "rbac_bindings",
    "critical-namespace-object": "critical_objects",
    "controller-image": "image_sources",
    "bundles-source": "image_sources",
    "flux-foreign-source": "flux_sources",
    "sops-decryption": "sops",
    "dangerous-right": "rbac_danger",
    "cluster-manifest": "manifest",
    "kubelet-config": "kubelet",
    "node-labels": "labels",
    "hardware-csv": "hardware",
    "failure-domain-rollout": "failure_domain_rollout",
    "upgrade-without-ssh-key": "upgrade",
    "machine-config-name-taken": "upgrade",
    "tinkerbell-roll-and-scale": "roll_and_scale",
    "cluster-creation": "creation",
    "iam": "iam",
    "oidc-grants": "oidc_grants",
    "certificate-bundles": "certificate_bundles",
    "trusted-certificates": "certificate_bundles",
    "machine-users": "machine_users",
    "ssh-access": "ssh",
    "ssh-key": "ssh",
    "gitignore": "hygiene",
    "codeowners": "hygiene",
    "workflow-secrets": "workflows",
    "manifest-namespaces": "namespaces",
    "machines-out-of-sight": "machines_out_of_sight",
    "workload-clusters": "workload_clusters",
    "cluster-name": "workload_clusters",
    "vsphere-template": "vsphere",
    "vsphere-paths": "vsphere",
    "bottlerocket-kubelet": "vsphere",
    "nutanix-failure-domains": "nutanix",
    "nutanix-excluded-addresses": "nutanix",
    "cloudstack-reserved-details": "cloudstack",
    "cloudstack-symlinks": "cloudstack",
    "namespace-text": "namespaces",
}
"""Which module registers which check; it is imported when a rule first needs it."""

_registry: dict[str, Check] = {}


def check(name: str) -> Callable[[_Function], _Function]:
    """Register a function as the check of that name."""

    def register(function: _Function) -> _Function:
        _registry[name] = function
        return function

    return register


def registered(name: str) -> Check:
    """The check of a name.

    Raises:
        KeyError: there is none.
    """
    if name not in _registry:
        import_module(f"{__name__}.{_MODULES[name]}")
    return _registry[name]
