"""What expressions can call beside CEL's own functions: flat, on Python's standard library, and total.

Each takes text (or numbers) and gives a plain value. None fails on odd text: `is…` says no, and the others give what
their docstring names, so that an expression need not guard every call.
"""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import SplitResult, urlsplit

from eksa_lint.syntax.later import is_filled_in_later

Kind: TypeAlias = Literal["string", "int", "bool"]


@dataclass(frozen=True, slots=True)
class Function:
    """A function with the types of its arguments and of what it gives."""

    call: Callable[..., Any]
    arguments: tuple[Kind, ...]
    result: Kind


_DURATION_UNITS: Final = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}
_DURATION_PART: Final = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)")
_QUANTITY: Final = re.compile(
    r"([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))(?:(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE])|[eE]([+-]?[0-9]+))?\Z"
)
_QUANTITY_SUFFIXES: Final = {
    **{suffix: 1024.0 ** (power + 1) for power, suffix in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"))},
    **{suffix: 1000.0**power for suffix, power in zip("numkMGTPE", (-3, -2, -1, 1, 2, 3, 4, 5, 6), strict=True)},
}
_VERSION: Final = re.compile(r"v?([0-9]+)\.([0-9]+)(?:[.+-].*)?\Z")
_NUMBER: Final = r"(?:0|[1-9][0-9]*)"
_LABEL: Final = rf"(?:{_NUMBER}|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)"
_SEMVER: Final = re.compile(
    rf"v?{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-{_LABEL}(?:\.{_LABEL})*)?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?\Z"
)
_SUBDOMAIN: Final = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\Z")
_QUALIFIED: Final = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?\Z")
_LONGEST_NAME: Final = 63
_LONGEST_SUBDOMAIN: Final = 253
_PORTS: Final = range(1, 65536)


def is_ip(text: str) -> bool:
    """Whether it is an IPv4 or IPv6 address as Go's net.ParseIP takes it (no zone)."""
    return _address(text) is not None


def is_cidr(text: str) -> bool:
    """Whether it is an address with a prefix length, as Go's net.ParseCIDR takes it."""
    return _network(text) is not None


def cidr_contains(cidr: str, address: str) -> bool:
    """Whether an address, or a whole block, lies in a block; false where either is none."""
    block = _network(cidr)
    inner = _network(address) if "/" in address else _network(f"{address}/{128 if ':' in address else 32}")
    return block is not None and inner is not None and block.version == inner.version and inner.subnet_of(block)  # type: ignore[arg-type]


def cidr_overlaps(first: str, second: str) -> bool:
    """Whether two blocks share an address; false where either is no block."""
    one, other = _network(first), _network(second)
    return one is not None and other is not None and one.version == other.version and one.overlaps(other)


def cidr_length(cidr: str) -> int:
    """The prefix length of a block, -1 where it is none."""
    block = _network(cidr)
    return -1 if block is None else block.prefixlen


def is_url(text: str) -> bool:
    """Whether it is an absolute URL with a host."""
    parts = _url(text)
    return parts is not None and bool(parts.scheme) and bool(parts.netloc)


def is_request_uri(text: str) -> bool:
    """Whether Go's url.ParseRequestURI takes it: a scheme or a leading slash, and no blank or control character."""
    parts = _url(text)
    return parts is not None and (bool(parts.scheme) or text.startswith("/"))


def url_scheme(text: str) -> str:
    """The scheme in lower case, empty where there is none."""
    parts = _url(text)
    return parts.scheme if parts else ""


def url_host(text: str) -> str:
    """The host without port, empty where there is none."""
    parts = _url(text)
    return (parts.hostname or "") if parts else ""


def is_port(text: str) -> bool:
    """Whether it is a whole number from 1 to 65535."""
    return text.isascii() and text.isdigit() and int(text[:10]) in _PORTS


def is_duration(text: str) -> bool:
    """Whether it is a Go duration such as 10m0s."""
    return _seconds(text) is not None


def duration_seconds(text: str) -> int:
    """A Go duration in whole seconds, -1 where it is none or negative."""
    seconds = _seconds(text)
    return -1 if seconds is None or seconds < 0 else int(seconds)


def is_quantity(text: str) -> bool:
    """Whether it is a Kubernetes quantity such as 500m or 16Gi."""
    return _quantity(text) is not None


def quantity_compare(first: str, second: str) -> int:
    """-1, 0 or 1 as the first quantity is less than, equal to or more than the second; -2 where either is none."""
    one, other = _quantity(first), _quantity(second)
    return -2 if one is None or other is None else (one > other) - (one < other)


def version_major(text: str) -> int:
    """The major number of `1.30` or `v0.22.3`, -1 where it is no version."""
    match = _VERSION.match(text)
    return int(match[1][:9]) if match else -1


def version_minor(text: str) -> int:
    """The minor number of `1.30` or `v0.22.3`, -1 where it is no version."""
    match = _VERSION.match(text)
    return int(match[2][:9]) if match else -1


def is_subdomain(text: str) -> bool:
    """Whether it is a DNS-1123 subdomain: what most Kubernetes names must be."""
    return len(text) <= _LONGEST_SUBDOMAIN and _SUBDOMAIN.match(text) is not None


def is_label_key(text: str) -> bool:
    """Whether it can be the key of a label or taint: a name, perhaps behind a subdomain and a slash."""
    prefix, slash, name = text.rpartition("/")
    return (not slash or is_subdomain(prefix)) and len(name) <= _LONGEST_NAME and _QUALIFIED.match(name) is not None


def is_label_value(text: str) -> bool:
    """Whether it can be the value of a label or taint."""
    return text == "" or (len(text) <= _LONGEST_NAME and _QUALIFIED.match(text) is not None)


def is_ssh_key(text: str) -> bool:
    """Whether a line of it is one of authorized_keys whose key names its own type."""
    from eksa_lint.rules.ssh_keys import ssh_keys_in  # noqa: PLC0415 - few objects have keys

    return any(key.type == key.written_type for key in ssh_keys_in(text))


def is_yaml(text: str) -> bool:
    """Whether it parses as YAML."""
    from eksa_lint.syntax import parse  # noqa: PLC0415 - few objects have YAML in them

    return not any(problem.kind == "yaml-syntax" for problem in parse(text.encode("utf-8", "replace")).problems)


def is_semver(text: str) -> bool:
    """Whether it is a semantic version, with or without a leading v."""
    return _SEMVER.match(text) is not None


FUNCTIONS: Final[dict[str, Function]] = {
    "isFilledInLater": Function(is_filled_in_later, ("string",), "bool"),
    "isSemver": Function(is_semver, ("string",), "bool"),
    "isIP": Function(is_ip, ("string",), "bool"),
    "isCIDR": Function(is_cidr, ("string",), "bool"),
    "cidrContains": Function(cidr_contains, ("string", "string"), "bool"),
    "cidrOverlaps": Function(cidr_overlaps, ("string", "string"), "bool"),
    "cidrLength": Function(cidr_length, ("string",), "int"),
    "isURL": Function(is_url, ("string",), "bool"),
    "isRequestURI": Function(is_request_uri, ("string",), "bool"),
    "urlScheme": Function(url_scheme, ("string",), "string"),
    "urlHost": Function(url_host, ("string",), "string"),
    "isPort": Function(is_port, ("string",), "bool"),
    "isDuration": Function(is_duration, ("string",), "bool"),
    "durationSeconds": Function(duration_seconds, ("string",), "int"),
    "isQuantity": Function(is_quantity, ("string",), "bool"),
    "quantityCompare": Function(quantity_compare, ("string", "string"), "int"),
    "versionMajor": Function(version_major, ("string",), "int"),
    "versionMinor": Function(version_minor, ("string",), "int"),
    "isSubdomain": Function(is_subdomain, ("string",), "bool"),
    "isLabelKey": Function(is_label_key, ("string",), "bool"),
    "isLabelValue": Function(is_label_value, ("string",), "bool"),
    "isSSHKey": Function(is_ssh_key, ("string",), "bool"),
    "isYAML": Function(is_yaml, ("string",), "bool"),
}


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return None if "%" in text else ipaddress.ip_address(text)
    except ValueError:
        return None


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        address, slash, length = text.partition("/")
        plain = slash and length.isascii() and length.isdigit() and "%" not in address
        return ipaddress.ip_network(text, strict=False) if plain else None
    except ValueError:
        return None


def _url(text: str) -> SplitResult | None:
    if not text or any(char.isspace() or ord(char) < 32 for char in text):  # noqa: PLR2004 - control characters
        return None
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _seconds(text: str) -> float | None:
    body = text[1:] if text[:1] in ("+", "-") else text
    if body == "0":
        return 0.0
    total, at = 0.0, 0
    for part in _DURATION_PART.finditer(body):
        if part.start() != at:
            return None
        total += float(part[1]) * _DURATION_UNITS[part[2]]
        at = part.end()
    if not body or at != len(body):
        return None
    return -total if text.startswith("-") else total


def _quantity(text: str) -> float | None:
    match = _QUANTITY.match(text)
    if not match:
        return None
    number, suffix, exponent = match.groups()
    if exponent and abs(int(exponent)) > 300:  # noqa: PLR2004 - beyond what a float holds
        return None
    return float(number) * (_QUANTITY_SUFFIXES[suffix] if suffix else 10.0 ** int(exponent or 0))
