"""The expression language. Nothing else in this package touches the CEL runtime.

Google's runtime gives errors back as values, truthy ones, and raises in other cases. `Evaluator` turns both into a
`Failure`, so that a caller gets true, false or a failure and cannot take an error for a pass.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from weakref import WeakMethod

_VARIABLES: Final = ("object", "oldObject", "self", "oldSelf", "written", "oldWritten", "variables")
_OPAQUE: Final = re.compile(r"(?<![.\w])(ip|cidr|quantity|semver|url)\(")
_ERROR: Final = "ERROR"
_STATUS: Final = re.compile(r"^[A-Z_]+: ")


class BadExpression(ValueError):
    """An expression that does not compile; `line` counts from the first line of the expression."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an expression has no value."""

    reason: str


class Evaluator:
    """Compiles on first use and evaluates."""

    def __init__(self) -> None:
        self._resolve: Callable[[], Callable[[Any], list[Any]] | None] = lambda: None
        self._compiled: dict[str, Any] = {}

    def prepare(self) -> None:
        """Make what the first expression would have to wait for."""
        _ = self._environment

    @cached_property
    def _environment(self) -> Any:
        """Made when an expression is first compiled: most runs of the hook have none to evaluate."""
        from cel_expr_python import cel  # noqa: PLC0415
        from cel_expr_python.ext import ext_bindings, ext_optional, ext_strings  # noqa: PLC0415

        from eksa_lint.rules.functions import FUNCTIONS  # noqa: PLC0415

        types = {"string": cel.Type.STRING, "int": cel.Type.INT, "bool": cel.Type.BOOL}
        references = {**types, "map": cel.Type.MAP, "null": cel.Type.NULL, "list": cel.Type.LIST}
        overloads = [
            cel.Overload(f"ref_{name}", cel.Type.LIST, [kind], is_member=False, impl=self._ref)
            for name, kind in references.items()
        ]
        flat = [
            cel.FunctionDecl(name, [
                cel.Overload(
                    name, types[function.result], [types[kind] for kind in function.arguments],
                    is_member=False, impl=function.call,
                )
            ])
            for name, function in FUNCTIONS.items()
        ]  # fmt: skip
        return cel.NewEnv(
            variables=dict.fromkeys(_VARIABLES, cel.Type.DYN),
            extensions=[ext_bindings.ExtBindings(), ext_optional.ExtOptional(), ext_strings.ExtStrings()],
            functions=[cel.FunctionDecl("ref", overloads), *flat],
        )

    def ask(self, resolve: Callable[[Any], list[Any]]) -> None:
        """Have a method answer `ref()`, as long as its object lives: the runtime never lets go of an evaluator."""
        self._resolve = WeakMethod(resolve)

    def _ref(self, reference: Any) -> list[Any]:
        resolve = self._resolve()
        return resolve(reference) if resolve else []

    def compile(self, expression: str, *, checked: bool = False) -> Any:
        """The compiled expression. Checking names and types takes as long again, and rule files are checked when built.

        Raises:
            BadExpression: it is no CEL, or, where it is checked, uses a name or type that does not fit.
        """
        if expression not in self._compiled or checked:
            opaque = _OPAQUE.search(expression)
            if opaque:
                raise BadExpression(
                    f"{opaque[1]}() gives a type that this runtime cannot return; there are flat functions instead, "
                    "see eksa_lint/rules/functions.py", 1
                )  # fmt: skip
            try:
                self._compiled[expression] = self._environment.compile(expression, disable_check=not checked)
            except RuntimeError as error:
                raise _bad_expression(str(error)) from error
        return self._compiled[expression]

    def activation(self, values: Mapping[str, Any]) -> Any:
        """The values of the variables, converted once for all expressions that are evaluated with it."""
        return self._environment.Activation({**dict.fromkeys(_VARIABLES), **values})

    def judge(self, expression: str, activation: Any) -> bool | Failure:
        """Whether what the expression says holds."""
        value = self.value(expression, activation)
        if isinstance(value, bool | Failure):
            return value
        return Failure(f"it gives {type(value).__name__} {value!r} and not true or false")

    def text(self, expression: str, activation: Any) -> str | Failure:
        value = self.value(expression, activation)
        return value if isinstance(value, str | Failure) else Failure(f"it gives {type(value).__name__} and not text")

    def value(self, expression: str, activation: Any) -> Any:
        """The plain value of an expression, or a `Failure`. The only place that evaluates."""
        try:
            result = self.compile(expression).eval(activation)
            if result.type().name() == _ERROR:
                return Failure(_STATUS.sub("", str(result.value())))
            return result.plain_value()
        except BadExpression as error:
            return Failure(error.reason)
        except (RuntimeError, ValueError, TypeError, OverflowError, UnicodeError) as error:
            return Failure(_STATUS.sub("", str(error)) or type(error).__name__)


def _bad_expression(message: str) -> BadExpression:
    """From `INVALID_ARGUMENT: ERROR: <input>:2:5: what is wrong` and a drawing below it."""
    match = re.search(r"<input>:(\d+):\d+: ([^\n]*)", message)
    if not match:
        return BadExpression(message.splitlines()[0], 1)
    return BadExpression(match[2].removesuffix(" [INVALID_ARGUMENT]").removesuffix(" (in container '')"), int(match[1]))
