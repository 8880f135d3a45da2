"""The credentials of a text in a form that tests can read."""

from eksa_lint.secrets.leak import Leak
from eksa_lint.secrets.leaks import leaks_in
from eksa_lint.syntax import Source


def leaks(text: str, path: str = "file.yaml") -> list[Leak]:
    return leaks_in(path, text.encode("utf-8", "replace"))


def findings(text: str, path: str = "file.yaml") -> list[tuple[int, str, str]]:
    """Line, rule and message of everything found, sorted."""
    source = Source(text)
    return sorted((source.position(leak.start)[0], leak.rule, leak.message) for leak in leaks(text, path))


def lines(text: str, path: str = "file.yaml") -> list[tuple[int, str]]:
    return [(line, rule) for line, rule, _ in findings(text, path)]
