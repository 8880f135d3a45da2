"""From `Report` to text, one module a format. A format is imported when it is asked for, never before."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from eksa_lint.audit import Audit
    from eksa_lint.finding import Report
    from eksa_lint.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class Options:
    """How to print. `verbose` adds notes and suppressed findings where a format leaves them out."""

    color: bool = False
    width: int = 80
    """Columns of the terminal; 80 where there is none."""

    verbose: bool = False


def render(format_name: str, report: "Report", rules: "Mapping[str, Rule]", options: Options) -> str:
    """The report in one of `FORMATS`, ending in a line end."""
    return _RENDERERS[format_name](report, rules, options)


def render_plan(format_name: str, report: "Report", *, color: bool, width: int) -> str:
    """The plan of the report in one of `PLAN_FORMATS`, ending in a line end."""
    if format_name == "json":
        from eksa_lint.report import plan_json  # noqa: PLC0415 - only what is asked for is imported

        return plan_json.render(report)
    if format_name == "markdown":
        from eksa_lint.report import plan_markdown  # noqa: PLC0415

        return plan_markdown.render(report)
    from eksa_lint.report import plan_text  # noqa: PLC0415

    return plan_text.render(report, color=color, width=width)


def render_audit(format_name: str, audit: "Audit", rules: "Mapping[str, Rule]", options: Options) -> str:
    """An audit as `text` or `json`, ending in a line end."""
    if format_name == "json":
        from eksa_lint.report import audit_json  # noqa: PLC0415 - only what is asked for is imported

        return audit_json.render(audit, rules)
    from eksa_lint.report import audit_text  # noqa: PLC0415

    return audit_text.render(audit, color=options.color, width=options.width, verbose=options.verbose)


def _text(report: "Report", rules: "Mapping[str, Rule]", options: Options) -> str:
    from eksa_lint.report import text  # noqa: PLC0415 - only what is asked for is imported

    return text.render(report, rules, color=options.color, width=options.width, verbose=options.verbose)


def _json(report: "Report", rules: "Mapping[str, Rule]", _options: Options) -> str:
    from eksa_lint.report import json_format  # noqa: PLC0415

    return json_format.render(report, rules)


def _sarif(report: "Report", rules: "Mapping[str, Rule]", options: Options) -> str:
    from eksa_lint.report import sarif  # noqa: PLC0415

    return sarif.render(report, rules, suppressed=options.verbose)


def _github(report: "Report", rules: "Mapping[str, Rule]", options: Options) -> str:
    from eksa_lint.report import github  # noqa: PLC0415

    return github.render(report, rules, verbose=options.verbose)


def _markdown(report: "Report", rules: "Mapping[str, Rule]", _options: Options) -> str:
    from eksa_lint.report import markdown  # noqa: PLC0415

    return markdown.render(report, rules)


_Renderer: TypeAlias = "Callable[[Report, Mapping[str, Rule], Options], str]"

_RENDERERS: Final[dict[str, _Renderer]] = {
    "text": _text,
    "json": _json,
    "sarif": _sarif,
    "github": _github,
    "markdown": _markdown,
}
FORMATS: Final = tuple(_RENDERERS)
PLAN_FORMATS: Final = ("text", "json", "markdown")
