"""Problems of the text itself, met while it was parsed."""

from collections.abc import Iterator
from typing import Final

from eksa_lint.finding import Severity
from eksa_lint.model.file import File
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft
from eksa_lint.syntax import Problem
from eksa_lint.syntax.parse import is_template
from eksa_lint.syntax.source import is_git_crypt

_NEAR: Final = 4
"""How many lines a parser may go on before it stumbles over one."""


@check("syntax")
def syntax(file: File, context: Context) -> Iterator[Draft]:
    for problem in file.problems:
        if is_git_crypt(file.source.text) and not _stopping(file, problem, context):
            continue
        yield Draft(
            rule=problem.kind,
            message=_message(file, problem, _stopping(file, problem, context)),
            place=file.place(problem.start, problem.end),
            field=str(problem.message),
            label=_label(file, problem),
            severity=_severity(file, problem),
        )


def _message(file: File, problem: Problem, stopping: str) -> str:
    if problem.kind == "duplicate-key":
        return f"the key {problem.message} is given twice{stopping or '; the last one counts'}"
    if problem.kind == "unreadable-file":
        return f"{file.path} cannot be read: {problem.message}"
    if problem.kind == "too-complex":
        return f"{file.path} was not judged: {problem.message}"
    if is_template(file.source.text):
        return f"{file.path} is a template and was not judged as it stands: {problem.message}"
    if is_git_crypt(file.source.text):
        return f"{file.path} is encrypted by git-crypt, which Flux cannot undo{stopping}"
    return f"{file.path} is no YAML: {problem.message}{stopping}"


def _label(file: File, problem: Problem) -> str:
    """What is often copied from documentation, where it stands for what was left out."""
    above = file.source.text[: problem.end].splitlines()[-_NEAR:]
    dots = any(line.partition("#")[0].strip() == "..." for line in above)
    return "leave out the line of three dots" if dots and problem.kind == "yaml-syntax" else ""


def _stopping(file: File, problem: Problem, context: Context) -> str:
    """What stands still where Flux applies the file."""
    inventory = context.inventory
    if problem.kind not in ("yaml-syntax", "duplicate-key") or file.path not in inventory.manifests:
        return ""
    sync = inventory.way(file.path).applied_by
    if sync is None or is_template(file.source.text):
        return ""
    return f"; Flux stops there, and nothing of {sync.folder or 'the repository'} is applied or deleted any more"


def _severity(file: File, problem: Problem) -> Severity | None:
    """A template is YAML once it is rendered; a huge file that names no API version holds nothing to apply."""
    if problem.kind == "yaml-syntax" and is_template(file.source.text):
        return Severity.NOTE
    if problem.kind == "too-complex" and file.source.text and "apiVersion" not in file.source.text:
        return Severity.NOTE
    return None
