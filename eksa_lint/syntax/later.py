"""Text that something replaces before EKS Anywhere reads it, which no check may judge."""

from typing import Any, Final

LATER_MARKS: Final = ("${", "{{", "$(", "<%", "{%", "%{")


def is_filled_in_later(value: Any) -> bool:
    """Whether the text holds a variable of Flux or the shell, or Helm, Jinja, ERB or Terraform markup."""
    return isinstance(value, str) and any(mark in value for mark in LATER_MARKS)


def known_text(value: Any) -> str:
    """The value where it is text that nothing replaces, which can be judged; empty for anything else."""
    return value if isinstance(value, str) and not is_filled_in_later(value) else ""
