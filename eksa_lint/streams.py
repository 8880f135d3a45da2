"""Where a report goes: standard output, files, and the page of a run on GitHub. A format is imported when asked for."""

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from eksa_lint.errors import CannotCheck
from eksa_lint.report import Options, render
from eksa_lint.report.output import write

if TYPE_CHECKING:
    import argparse

    from eksa_lint.finding import Report
    from eksa_lint.rules.loader import RuleSet


def write_report(report: "Report", rules: "RuleSet", options: "argparse.Namespace") -> None:
    """The report on standard output, and in every file that was asked for."""
    plain = Options(verbose=options.verbose)
    for name, file in options.output:
        _to_file(render(name or options.format, report, rules, plain), file)
    if options.format == "github":
        _step_summary(report, rules)
    terminal = replace(plain, color=has_color(options.color), width=width())
    sys.stdout.write(render(options.format, report, rules, terminal))


def _step_summary(report: "Report", rules: "RuleSet") -> None:
    """GitHub shows the file that this names on the page of the run."""
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        from eksa_lint.report.github import step_summary  # noqa: PLC0415 - only on GitHub

        try:
            with Path(summary).open("a", encoding="utf-8") as file:
                file.write(step_summary(report, rules))
        except OSError as error:
            raise CannotCheck(f"{summary} cannot be written: {error.strerror or error}") from error


def _to_file(text: str, file: Path) -> None:
    try:
        write(text, file)
    except OSError as error:
        raise CannotCheck(f"{error}; choose another file for --output") from error


def has_color(wish: str) -> bool:
    """Whether standard output is coloured; `wish` is `always`, `never` or `auto`."""
    if wish != "auto":
        return wish == "always"
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def width() -> int:
    """Columns of standard output."""
    if not sys.stdout.isatty():
        return 80
    import shutil  # noqa: PLC0415 - only for a terminal

    return min(shutil.get_terminal_size().columns, 120)
