"""Plugins of detect-secrets for what its own ones lack or get wrong.

They bear the `secret_type` of the plugin that they stand in for, so that loading this file into
detect-secrets replaces those and existing baselines keep their meaning:

- GitHubTokenDetector does not know `github_pat_`, and takes any 36 word characters, whatever the checksum.
- AWSKeyDetector has no boundaries (any 20 capitals inside base64), takes 0, 1, 8 and 9, reports the
  documented EXAMPLE keys, and sees a secret key only in quotes.
- PrivateKeyDetector reports a header without a body, and knows neither `ENCRYPTED PRIVATE KEY`, PuTTY's
  third format nor age.

Importing detect-secrets takes time, so that eksa-lint imports this module only where the words of one of
its generic plugins stand, and looks for the shapes without it. Of detect-secrets only the plugin interface
and the allowlist comments run: no settings, no baseline, no verification, no file of the judged tree.
"""

from abc import abstractmethod
from collections.abc import Generator, Iterator
from functools import cache
from importlib import import_module
from typing import Any, ClassVar

import eksa_lint.secrets.without_http  # noqa: F401

# isort: split

from detect_secrets.core.potential_secret import PotentialSecret
from detect_secrets.plugins.base import BasePlugin, RegexBasedDetector
from detect_secrets.util.code_snippet import CodeSnippet

from eksa_lint import data
from eksa_lint.secrets.leak import Text
from eksa_lint.secrets.shapes import Found, Shape, find, shapes
from eksa_lint.syntax import Source


class OurPlugin(BasePlugin):
    """A plugin that says which texts of a line are secrets; nothing is ever verified."""

    @abstractmethod
    def secrets_in(self, filename: str, line: str, below: list[str]) -> Iterator[str]:
        """The secrets that begin in a line, with the lines below it for those that are known by their body."""

    def analyze_string(self, string: str) -> Generator[str, None, None]:
        yield from self.secrets_in("", string, [])

    def analyze_line(
        self,
        filename: str,
        line: str,
        line_number: int = 0,
        context: CodeSnippet | None = None,
        **_: Any,
    ) -> set[PotentialSecret]:
        below = context.lines[context.target_index + 1 :] if context else []
        found = self.secrets_in(filename, line, below)
        return {PotentialSecret(self.secret_type, filename, secret, line_number) for secret in found}


class ShapeDetector(OurPlugin, RegexBasedDetector):
    """Finds the shapes of one rule."""

    rule: ClassVar[str]

    @property
    def shapes(self) -> tuple[Shape, ...]:
        return tuple(shape for shape in shapes() if shape.rule == self.rule)

    @property
    def denylist(self) -> list[Any]:
        return [shape.regex for shape in self.shapes]

    def find(self, text: str) -> Iterator[Found]:
        """Where the secrets stand, which detect-secrets itself does not ask."""
        return (found for found in find(text, self.shapes) if found.real)

    def secrets_in(self, filename: str, line: str, below: list[str]) -> Iterator[str]:
        del filename
        text = "\n".join([line, *below])
        return (text[found.start : found.end] for found in self.find(text) if found.start < len(line))


class GitHubToken(ShapeDetector):
    secret_type = "GitHub Token"  # noqa: S105 - the name of a kind
    rule = "github-token"


class AwsAccessKey(ShapeDetector):
    secret_type = "AWS Access Key"  # noqa: S105 - the name of a kind
    rule = "aws-access-key"


class PrivateKey(ShapeDetector):
    secret_type = "Private Key"  # noqa: S105 - the name of a kind
    rule = "private-key"


class AccessToken(ShapeDetector):
    secret_type = "Access Token"  # noqa: S105 - the name of a kind
    rule = "access-token"


class PasswordHash(ShapeDetector):
    secret_type = "Password Hash"  # noqa: S105 - the name of a kind
    rule = "password-hash"


class LineDetector(OurPlugin):
    """Finds what one of our detectors finds in a line."""

    detector: ClassVar[str]

    def secrets_in(self, filename: str, line: str, below: list[str]) -> Iterator[str]:
        del below
        for leak in import_module(f"eksa_lint.secrets.{self.detector}").find(Text(filename, Source(line))):
            yield line[leak.start : leak.end]


class CredentialVariable(LineDetector):
    secret_type = "Credential Variable"  # noqa: S105 - the name of a kind
    detector = "assignments"


class CredentialInUrl(LineDetector):
    secret_type = "Basic Auth Credentials"  # noqa: S105 - the name of a kind
    detector = "urls"


class CredentialInCommand(LineDetector):
    secret_type = "Credential in a Command"  # noqa: S105 - the name of a kind
    detector = "commands"


@cache
def generic_plugins() -> tuple[tuple[dict[str, Any], BasePlugin], ...]:
    """The plugins of detect-secrets that `schemas/tables/generic-plugins.yaml` lists."""
    table: list[dict[str, Any]] = data.table("generic-plugins")
    modules = (import_module(f"detect_secrets.plugins.{entry['module']}") for entry in table)
    return tuple((entry, getattr(module, entry["plugin"])()) for entry, module in zip(table, modules, strict=True))
