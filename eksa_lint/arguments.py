"""What can be said on the command line."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NoReturn

from eksa_lint import __version__
from eksa_lint.report import FORMATS, PLAN_FORMATS

_SEVERITIES: Final = ("error", "warning", "note")
_DESCRIPTION: Final = """\
Says what a change to an EKS Anywhere GitOps repository does to the clusters,
whether it gives anything away, and whether it is right, before it is merged."""
_EPILOG: Final = """\
examples:
  eksa-lint                                the work tree as it is
  eksa-lint check --staged                 what the next commit would change
  eksa-lint check --against origin/main    what this branch would change
  eksa-lint check --from v1 --to v2        two revisions, or two folders
  eksa-lint plan --against origin/main     what that does to each cluster
  eksa-lint audit --since v1               what every commit since then did
  eksa-lint explain cluster-deleted        what a rule is about, and what to do

exit codes: 0 nothing at or above --fail-on, 1 findings, 2 could not be done"""

_AUDIT: Final = """\
Says of every commit what it did to the clusters: what was deleted, scaled to
zero, replaced, refused or granted. HEAD and the first parents before it are
judged, each commit against its first parent, by the rules of today and by the
policy of HEAD, whatever the policy was at the time.

With --secrets it looks for secrets instead, in every version of every file that
any branch or tag leads to. One that was deleted is reported all the same.

What was found is kept for the next audit, outside of the repository, in
$XDG_CACHE_HOME/eksa-lint (~/.cache), and nothing of a secret is kept."""


class _Parser(argparse.ArgumentParser):
    """One line and the next command, in place of a page of usage."""

    def error(self, message: str) -> NoReturn:
        print(f"eksa-lint: {message}; see: {self.prog} --help", file=sys.stderr)
        raise SystemExit(2)


class _Help(argparse.RawDescriptionHelpFormatter):
    """As wide as what it says was written for; to ask the terminal would cost an import at every commit."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=80)


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """The options of a run; `check` is the command where none is named."""
    words = list(arguments)
    if words:
        _refuse_unknown_command(words[0])
    first = next((word for word in words if not word.startswith("-")), None)
    wants_top = any(word in ("-h", "--help", "--version") for word in words) and first not in _COMMANDS
    if first not in _COMMANDS and not wants_top:
        words.insert(0, "check")
    command = words[0] if words[0] in _COMMANDS else None
    options, unknown = _parser(command).parse_known_args(words)
    if unknown:
        _Parser(prog=f"eksa-lint {options.command}").error(f"unrecognized arguments: {' '.join(unknown)}")
    return options


def _refuse_unknown_command(word: str) -> None:
    """A word that is neither a command nor a path, and close to a command, is not looked for among the files."""
    if word in _COMMANDS or not word.isalpha() or Path(word).exists():
        return
    from difflib import get_close_matches  # noqa: PLC0415 - only to word an error

    close = get_close_matches(word, _COMMANDS, n=1)
    if close:
        _Parser(prog="eksa-lint").error(f"there is no command {word}, did you mean {close[0]}?")


def _parser(command: str | None) -> argparse.ArgumentParser:
    """What is understood, the words of one command: those of the others are never asked for in the same run."""
    parser = _Parser(
        prog="eksa-lint", description=_DESCRIPTION, epilog=_EPILOG, formatter_class=_Help, allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"eksa-lint {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="command", required=True, prog=parser.prog)
    for name, (add_words, says) in _COMMANDS.items():
        own = commands.add_parser(
            name, help=says, description=_LONGER.get(name), formatter_class=_Help, allow_abbrev=False
        )
        if name == command or command is None:
            add_words(own)
    return parser


def _add_access(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("cluster", metavar="CLUSTER", nargs="?", help="its name (default: all clusters)")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--verbose", action="store_true", help="ServiceAccounts that are no admins, too")


def _add_baseline(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--prune", action="store_true", help="accept nothing new; only drop what is found no longer")


def _add_explain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rule", metavar="RULE")


def _add_fix(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", metavar="PATH", nargs="*", type=Path, help="files or folders (default: the work tree)")
    parser.add_argument(
        "--diff", action="store_true", help="change nothing; show what would change, exit 1 if anything"
    )


def _add_list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("text", "json"), default="text")


def _add_schema(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="action", required=True, prog=parser.prog)
    actions.add_parser("list", help="the kinds and releases that are known", allow_abbrev=False)
    show = actions.add_parser("show", help="the fields of a kind", allow_abbrev=False)
    show.add_argument("kind", metavar="KIND", help="such as Cluster, or Kustomization.kustomize.config.k8s.io")
    export = actions.add_parser("export", help="JSON Schemas for an editor's YAML server", allow_abbrev=False)
    export.add_argument("folder", metavar="DIR", type=Path)
    for action in (show, export):
        action.add_argument("--release", metavar="v0.N", help="an EKS Anywhere release (default: the newest)")
    importing = actions.add_parser(
        "import", help="take schemas from CRD manifests into this repository", allow_abbrev=False
    )
    importing.add_argument("source", metavar="FILE-OR-FOLDER", type=Path)


def _add_sides(parser: argparse._ArgumentGroup) -> None:
    parser.add_argument("--staged", action="store_true", help="the index against HEAD")
    parser.add_argument("--against", metavar="REV", help="the merge base of REV and HEAD, to HEAD")
    parser.add_argument("--from", metavar="A", dest="from_", help="a revision or folder, with --to")
    parser.add_argument("--to", metavar="B", help="a revision or folder, with --from")
    parser.add_argument("--hook", action="store_true", help="what pre-commit needs; says which it is")


def _add_plan(parser: argparse.ArgumentParser) -> None:
    what = parser.add_argument_group("what to compare (default: the work tree with HEAD)")
    _add_sides(what)
    parser.add_argument("--format", choices=PLAN_FORMATS, default="text")
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto")
    parser.set_defaults(paths=[], select=None, ignore=None)


def _add_audit(parser: argparse.ArgumentParser) -> None:
    what = parser.add_argument_group("what to judge")
    only = what.add_mutually_exclusive_group()
    only.add_argument("--since", metavar="REV", help="only the commits that REV does not have")
    only.add_argument("--secrets", action="store_true", help="secrets in everything that was ever committed")
    what.add_argument("--no-cache", action="store_true", help="neither use nor keep what an audit found")
    _add_rules(parser)
    out = parser.add_argument_group("output")
    out.add_argument("--format", choices=("text", "json"), default="text")
    out.add_argument("-v", "--verbose", action="store_true", help="show notes and what was suppressed")
    out.add_argument("--color", choices=("auto", "always", "never"), default="auto")


def _add_rules(parser: argparse.ArgumentParser) -> None:
    how = parser.add_argument_group("rules")
    how.add_argument("--select", metavar="RULES", type=_names, help="only these, with commas: ids, id-* or leaks")
    how.add_argument("--ignore", metavar="RULES", type=_names, help="not these rules")
    how.add_argument("--fail-on", choices=(*_SEVERITIES, "never"), help="exit 1 from this severity on (default: error)")


def _add_check(parser: argparse.ArgumentParser) -> None:
    what = parser.add_argument_group("what to judge")
    what.add_argument("paths", metavar="PATH", nargs="*", type=Path, help="files or folders (default: the work tree)")
    _add_sides(what)
    what.add_argument("--all", action="store_true", help="standing findings too, not only what a change brings")
    _add_rules(parser)
    out = parser.add_argument_group("output")
    out.add_argument("--format", choices=FORMATS, default="text")
    out.add_argument(
        "--output", metavar="[FORMAT:]FILE", action="append", default=[], type=_output,
        help="write to a file too; repeatable, for several formats in one run",
    )  # fmt: skip
    out.add_argument("-v", "--verbose", action="store_true", help="show notes and what was suppressed")
    out.add_argument("--color", choices=("auto", "always", "never"), default="auto")


_COMMANDS: Final[dict[str, tuple[Callable[[argparse.ArgumentParser], None], str]]] = {
    "check": (_add_check, "judge a state or a change (the default)"),
    "plan": (_add_plan, "what a change does to each cluster; no verdict"),
    "audit": (_add_audit, "judge every commit of the history, or look for secrets in all of it"),
    "access": (_add_access, "who may do what with which cluster"),
    "fix": (_add_fix, "make the fixes that are certain"),
    "baseline": (_add_baseline, "accept what the work tree holds now, so that only what comes counts"),
    "explain": (_add_explain, "what a rule is about, with an example"),
    "rules": (_add_list, "list all rules"),
    "schema": (_add_schema, "the shapes that objects are held against"),
}
_LONGER: Final = {"audit": _AUDIT}


def contradiction(options: argparse.Namespace) -> str | None:
    """Why the words of a check do not fit together, None where they do."""
    choices = {
        "--hook": options.hook,
        "--staged": options.staged,
        "--against": options.against is not None,
        "--from": options.from_ is not None,
        "PATH": bool(options.paths),
    }
    given = [name for name, is_given in choices.items() if is_given]
    if len(given) > 1:
        return f"{given[0]} and {given[1]} cannot be combined; choose one"
    if (options.from_ is None) != (options.to is None):
        return f"--from and --to go together: eksa-lint {options.command} --from A --to B"
    return None


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if not names:
        raise argparse.ArgumentTypeError("names no rule")
    return names


def _output(text: str) -> tuple[str | None, Path]:
    name, colon, file = text.partition(":")
    has_format = bool(colon) and name in FORMATS
    if colon and not has_format:
        _refuse_unknown_format(name)
    if not (file if has_format else text):
        raise argparse.ArgumentTypeError("names no file")
    return (name, Path(file)) if has_format else (None, Path(text))


def _refuse_unknown_format(name: str) -> None:
    """A misspelt format is not taken for the first letters of a file."""
    from difflib import get_close_matches  # noqa: PLC0415 - only for a colon in a name

    if close := get_close_matches(name, FORMATS, n=1, cutoff=0.7):
        raise argparse.ArgumentTypeError(f"there is no format {name}, did you mean {close[0]}?")
