"""Environment variables that hold a credential, as EKS Anywhere and the tools beside it read them."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from eksa_lint import data
from eksa_lint.secrets.leak import Leak, Text
from eksa_lint.secrets.values import stands_for_nothing


@dataclass(frozen=True, slots=True)
class Variable:
    """An entry of `schemas/tables/credential-variables.yaml`, which says what each field means."""

    what: str
    opens: str
    shape: re.Pattern[str] | None
    weak: bool

    @classmethod
    def from_data(cls, entry: dict[str, Any]) -> "Variable":
        shape = re.compile(entry["shape"]) if "shape" in entry else None
        return cls(entry["what"], entry["opens"], shape, entry.get("weak", False))

    def counts(self, value: str, name: str) -> bool:
        """Whether a value of the variable is a credential; `name` is how the text spells it."""
        if self.shape is not None:
            return self.shape.fullmatch(value) is not None
        return not stands_for_nothing(value, name)

    def leak(self, name: str, text: Text, start: int, end: int) -> Leak:
        message = f"{name} in {text.name} holds the {self.what}, which opens {self.opens}"
        return Leak("credential-variable", message, start, end, name, self.weak)


def known_variable(name: str) -> Variable | None:
    """The variable of a name; Terraform and others spell it with a prefix or in lower case."""
    return _variables().get(name.removeprefix("TF_VAR_").upper())


@cache
def _variables() -> dict[str, Variable]:
    entries = ((entry, Variable.from_data(entry)) for entry in data.table("credential-variables"))
    return {name: variable for entry, variable in entries for name in entry["names"]}
