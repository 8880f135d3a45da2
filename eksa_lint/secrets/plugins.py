"""Plugins of detect-secrets for what its own ones lack or get wrong.

They bear the `secret_type` of the plugin that they stand in for, so that loading this file into
detect-secrets replaces those and existing baselines keep their meaning:

- GitHubTokenDetector does not know `github_pat_`, and takes any 36 word characters, whatever the checksum.
- AWSKeyDetector has no boundaries (any 20 capitals inside base64), takes 0, 1, 8 and 9, reports the
  documented EXAMPLE keys, and sees a secret key only in quotes.
- PrivateKeyDetector reports a header without a body, and knows neither `ENCRYPTED PRIVATE KEY`, PuTTY's
  third format nor age.

Importing detect-secrets costs 120 ms, so that this module is imported where the prefilter has hit. Of
detect-secrets only the plugin interface and the allowlist comments run: no settings, no baseline, no
verification, no file of the judged tree.
"""

from collections.abc import Generator, Iterator
from functools import cache
from typing import Any, ClassVar

from detect_secrets.core.potential_secret import PotentialSecret
from detect_secrets.plugins.base import RegexBasedDetector
from detect_secrets.util.code_snippet import CodeSnippet

from eksa_lint.secrets.shapes import Found, Shape, find, shapes


class ShapeDetector(RegexBasedDetector):
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

    def analyze_string(self, string: str) -> Generator[str, None, None]:
        for found in self.find(string):
            yield string[found.start : found.end]

    def analyze_line(
        self,
        filename: str,
        line: str,
        line_number: int = 0,
        context: CodeSnippet | None = None,
        **_: Any,
    ) -> set[PotentialSecret]:
        """With the lines below, because a private key is known by its body; nothing is ever verified."""
        below = context.lines[context.target_index + 1 :] if context else []
        text = "\n".join([line, *below])
        return {
            PotentialSecret(self.secret_type, filename, text[found.start : found.end], line_number)
            for found in self.find(text)
            if found.start < len(line)
        }


class GitHubToken(ShapeDetector):
    secret_type = "GitHub Token"  # noqa: S105 - the name of a kind
    rule = "github-token"


class AwsAccessKey(ShapeDetector):
    secret_type = "AWS Access Key"  # noqa: S105 - the name of a kind
    rule = "aws-access-key"


class PrivateKey(ShapeDetector):
    secret_type = "Private Key"  # noqa: S105 - the name of a kind
    rule = "private-key"


@cache
def detectors() -> tuple[ShapeDetector, ...]:
    return tuple(detector() for detector in ShapeDetector.__subclasses__())
