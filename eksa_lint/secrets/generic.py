"""Tokens that detect-secrets itself knows: its plugins, each on the lines that its own words are in."""

import re
from collections.abc import Iterator
from typing import Final

from eksa_lint.secrets.leak import Leak, Text
from eksa_lint.secrets.prefilter import keywords

_LONGEST_LINE: Final = 20_000
_SHORTEST: Final = 16
"""Some plugins give only the prefix of what they found."""
_PLACEHOLDER: Final = re.compile(r"(?i)abcdefghijklmnop|0123456789|x{8}|0{10}|REDACTED|example|(.)\1{9}")


def find(text: Text) -> Iterator[Leak]:
    content = text.source.text
    lines = {text.source.position(match.start())[0] for match in keywords("generic-plugins").finditer(content)}
    if not lines:
        return
    from eksa_lint.secrets.plugins import generic_plugins  # noqa: PLC0415 - imports detect-secrets

    for number in sorted(lines):
        line, begin = text.source.line(number)[:_LONGEST_LINE], text.source.offset(number)
        for entry, plugin in generic_plugins():
            for secret in sorted(plugin.analyze_string(line)):
                at = line.find(secret)
                if at >= 0 and len(secret) >= _SHORTEST and not _PLACEHOLDER.search(secret):
                    message = f"{entry['name']} in {text.name} opens {entry['opens']}"
                    yield Leak("access-token", message, begin + at, begin + at + len(secret), entry["name"])
