"""Whether an ARN can ever be the one of a caller, as the server of aws-iam-authenticator reads it.

A login proves an STS identity. The server turns an assumed role into the ARN of the role, which then has no path and no
session, and compares whole texts, ignoring case (pkg/arn/arn.go, pkg/config/mapper.go of aws-iam-authenticator).
"""

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from eksa_lint import data
from eksa_lint.finding import Severity
from eksa_lint.syntax.later import is_filled_in_later

Kind: TypeAlias = Literal["role", "user", "root", "assumed-role", "federated-user", ""]

_KINDS: Final[dict[tuple[str, str], Kind]] = {
    ("iam", "role"): "role",
    ("iam", "user"): "user",
    ("iam", "root"): "root",
    ("sts", "assumed-role"): "assumed-role",
    ("sts", "federated-user"): "federated-user",
}
"""Who logs in, by the service and the first word of the resource."""

_NAME: Final = re.compile(r"[\w+=,.@-]{1,64}\Z", re.ASCII)
_SSO_ROLE: Final = "awsreservedsso_"
_SSO_PATH: Final = "aws-reserved/sso.amazonaws.com"
_SSO_TAIL: Final = re.compile(r"_[0-9a-f]{12,}\Z")
_OUTER: Final = "\"',; \t\r\n"
_STAND_IN: Final = re.compile(r"[Xx]{3,}\Z|.*(account|aws|[<>\[\]])", re.IGNORECASE)
_LOOKS_LIKE_ARN: Final = re.compile(r"arn:|::|role/|user/|assumed-role|\d{12}", re.IGNORECASE)
_FIELDS: Final = 6
_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class Arn:
    """The parts of an ARN; `name` is the last part of its resource, `path` what stands between kind and name."""

    partition: str
    service: str
    region: str
    account: str
    kind: Kind
    path: str
    name: str
    resource: str

    @property
    def is_sso(self) -> bool:
        return self.kind == "role" and self.name.lower().startswith(_SSO_ROLE)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why nobody ever comes in by an ARN; `hint` is what to write instead."""

    reason: str
    hint: str = ""
    severity: Severity = Severity.ERROR


def parse_arn(text: str) -> Arn | None:
    """The parts of what has the six fields of an ARN."""
    parts = text.split(":", _FIELDS - 1)
    if len(parts) != _FIELDS or parts[0].lower() != "arn":
        return None
    _, partition, service, region, account, resource = parts
    kind, _, rest = resource.partition("/")
    path, _, name = rest.rpartition("/")
    partition, service = partition.lower(), service.lower()
    return Arn(partition, service, region, account, _KINDS.get((service, kind.lower()), ""), path, name, resource)


def canonical(text: str) -> str:
    """What two ARNs share that mean one caller: an assumed role is its role, in whatever case."""
    arn = parse_arn(text)
    if arn is None or arn.kind != "assumed-role":
        return text.lower()
    return f"arn:{arn.partition}:iam::{arn.account}:role/{_role_of(arn)}".lower()


def fault(text: str, *, partition: str = "", sessions: bool = False) -> Fault | None:
    """What keeps an ARN from matching any caller.

    `partition` is the one that the server runs in, where that is known; `sessions` says that whoever holds the mapping
    turns an assumed role into its role first, as the controller of IAMIdentityMapping does.
    """
    if is_filled_in_later(text) or not text:
        return None
    if text.strip(_OUTER) != text or any(mark in text for mark in "\r\n\"'"):
        return Fault("blanks, quotes or commas are part of it", f"write {_one_line(text)}")
    if "*" in text or "?" in text:
        return Fault("whole ARNs are compared, so that * and ? stand only for themselves")
    arn = parse_arn(text)
    if arn is None:
        severity = Severity.ERROR if _LOOKS_LIKE_ARN.search(text) else Severity.WARNING
        return Fault("it is no ARN", "an ARN is arn:PARTITION:iam::ACCOUNT:role/NAME", severity)
    return _account_fault(arn) or _partition_fault(arn, partition) or _resource_fault(arn, sessions=sessions)


def _account_fault(arn: Arn) -> Fault | None:
    if arn.region:
        return Fault(f"an identity has no region, and this one says {arn.region}", "two colons follow the service")
    if arn.account.isascii() and arn.account.isdigit():
        size = len(arn.account)
        return None if size == _DIGITS else Fault(f"its account has {size} digits instead of {_DIGITS}")
    if _STAND_IN.match(arn.account):
        return Fault(f"the template was not filled in: {arn.account} stands for an account")
    return Fault(f"its account is {arn.account or 'missing'}, and not {_DIGITS} digits")


def _partition_fault(arn: Arn, partition: str) -> Fault | None:
    known = data.table("iam-partitions")["partitions"]
    if arn.partition not in known:
        return Fault(f"{arn.partition or 'an empty text'} is no partition of AWS", f"one of {', '.join(known)}")
    if not partition or partition not in known or partition == arn.partition:
        return None
    if known[partition]["sts"] == known[arn.partition]["sts"]:
        host = known[partition]["sts"]
        return Fault(
            f"spec.partition is {partition}, and only as both log in at {host} does it work all the same",
            f"spec.partition should be {arn.partition}",
            Severity.WARNING,
        )
    return Fault(f"spec.partition is {partition}, so that logins of {arn.partition} are refused")


def _resource_fault(arn: Arn, *, sessions: bool) -> Fault | None:
    match arn.kind:
        case "role":
            return _role_fault(arn)
        case "assumed-role" if not sessions:
            role = f"arn:{arn.partition}:iam::{arn.account}:role/{_role_of(arn)}"
            return Fault("the server turns a session into its role before it compares", f"write {role}")
        case "assumed-role" | "federated-user" | "root":
            return None
        case "user":
            return None if _NAME.match(arn.name) else Fault(f"{arn.name or 'an empty text'} is no name of a user")
    return Fault(
        f"{arn.service} {arn.resource.partition('/')[0]} is nobody who logs in", "a role, a user or the root of iam can"
    )


def _role_fault(arn: Arn) -> Fault | None:
    if arn.path.lower().startswith("aws-service-role/") or arn.name.startswith("AWSServiceRoleFor"):
        return Fault("no person can take on a role that AWS made for one of its services", severity=Severity.WARNING)
    if arn.path or arn.resource.count("/") > 1:
        what = "an Identity Center role" if _SSO_PATH in arn.path.lower() else "a role"
        return Fault(f"a login with {what} comes without the path", f"write role/{arn.name}")
    if not _NAME.match(arn.name):
        return Fault(f"{arn.name or 'an empty text'} is no name of a role")
    if arn.is_sso and not _SSO_TAIL.search(arn.name.lower()):
        return Fault("an Identity Center role ends in an underscore and 16 hex digits", "copy the name from IAM")
    return None


def _role_of(arn: Arn) -> str:
    """The role of `assumed-role/ROLE/SESSION`; without a session the last part."""
    return arn.path or arn.name


def _one_line(text: str) -> str:
    return " ".join(text.replace('"', "").replace("'", "").strip(_OUTER).split())
