"""The command line: words to calls, reports to streams, outcomes to exit codes. Everything else is imported late."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from eksa_lint.errors import CannotCheck
from eksa_lint.standard_streams import no_room, say_no_more, take_streams

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from typing import NoReturn

    from eksa_lint.audit import Audit
    from eksa_lint.finding import Report
    from eksa_lint.policy import FailOn, Policy
    from eksa_lint.rules.loader import RuleSet
    from eksa_lint.snapshot import Snapshot
    from eksa_lint.snapshot.choose import Choice

CLEAN: Final = 0
FOUND: Final = 1
CANNOT: Final = 2


def run() -> "NoReturn":
    """The console script: ends without taking the documents apart, which takes as long as reading them did."""
    import gc

    # Nodes are many and live to the end: scanning them for cycles costs as much as making them.
    gc.disable()
    take_streams()
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def main(arguments: "Sequence[str] | None" = None) -> int:
    """Run a command; gives the exit code.

    0 nothing at or above --fail-on, 1 findings, 2 the job could not be done.
    """
    from eksa_lint.arguments import parse_arguments

    options = parse_arguments(sys.argv[1:] if arguments is None else arguments)
    try:
        code = _COMMANDS[options.command](options)
        sys.stdout.flush()
    except CannotCheck as error:
        return _cannot(str(error))
    except BrokenPipeError:
        say_no_more()  # the reader has seen enough (`| head`)
        return FOUND
    except KeyboardInterrupt:
        return _cannot("interrupted")
    except Exception as error:  # noqa: BLE001 - a traceback may show what a file holds
        if reason := no_room(error):
            say_no_more()
            return _cannot(f"the report cannot be written: {reason}; make room and run it again")
        return _cannot(_internal(error))
    return code


def _check(options: "argparse.Namespace") -> int:
    from eksa_lint.arguments import contradiction
    from eksa_lint.snapshot.contents import Contents
    from eksa_lint.streams import write_report

    if wrong := contradiction(options):
        raise CannotCheck(wrong)
    choice = _choose(options)
    contents = Contents()
    contents.begin(*([choice.before] if choice.before else []), choice.after)
    from eksa_lint.check import Scope, check
    from eksa_lint.rules.loader import load_rules

    rules = load_rules()
    policy, warnings = _policy(options, choice, rules)
    scope = Scope(choice.only, options.all, planned=_wants_plan(options), repository=not choice.loose)
    report = check(choice.before, choice.after, policy, rules, scope, contents)
    report = _complete(report, choice, warnings)
    write_report(report, rules, options)
    return FOUND if _fails(report, options.fail_on or policy.fail_on) else CLEAN


def _wants_plan(options: "argparse.Namespace") -> bool:
    """Whether a format is written that begins with what happens to the clusters."""
    formats = {options.format, *(name or options.format for name, _ in options.output)}
    return "markdown" in formats or ("github" in formats and "GITHUB_STEP_SUMMARY" in os.environ)


def _plan(options: "argparse.Namespace") -> int:
    from eksa_lint.arguments import contradiction
    from eksa_lint.check import Scope, check
    from eksa_lint.report import render_plan
    from eksa_lint.rules.loader import load_rules
    from eksa_lint.streams import has_color, width

    if wrong := contradiction(options):
        raise CannotCheck(wrong)
    choice = _choose(options)
    rules = load_rules()
    policy, warnings = _policy(options, choice, rules)
    report = check(choice.before, choice.after, policy, rules, Scope(planned=True))
    report = _complete(report, choice, warnings)
    sys.stdout.write(render_plan(options.format, report, color=has_color(options.color), width=width()))
    return CLEAN


def _choose(options: "argparse.Namespace") -> "Choice":
    from eksa_lint.snapshot import choose

    folder = Path.cwd()
    if options.hook:
        return choose.hook(folder, os.environ)
    if options.staged:
        return choose.staged(folder)
    if options.against is not None:
        return choose.against(folder, options.against)
    if options.from_ is not None:
        return choose.between(folder, options.from_, options.to)
    return choose.uncommitted(folder) if options.command == "plan" else choose.work_tree(folder, options.paths)


def _policy(options: "argparse.Namespace", choice: "Choice", rules: "RuleSet") -> "tuple[Policy, tuple[str, ...]]":
    """The policy in force, which is the one before the change where there are two sides, and what to say about it."""
    from dataclasses import replace

    from eksa_lint.check import load_policy
    from eksa_lint.config import BadConfig, unknown_selection
    from eksa_lint.policy import Policy, names

    warnings: tuple[str, ...] = ()
    try:
        policy = load_policy(_policy_side(choice), rules)
    except BadConfig as error:
        if choice.before is None:
            raise CannotCheck(str(error)) from error
        policy = Policy()
        warnings = (f"The configuration before the change cannot be used, the defaults were taken: {error}",)
    for name in (*(options.select or ()), *(options.ignore or ())):
        if not any(names([name], rule.id, rule.consequence) for rule in rules.values()):
            raise CannotCheck(unknown_selection(name, rules))
    return replace(
        policy, select=options.select or policy.select, ignore=(*policy.ignore, *(options.ignore or ()))
    ), warnings


def _policy_side(choice: "Choice") -> "Snapshot":
    """The side before the change, unless nothing is there that a policy could protect."""
    return choice.before if choice.before is not None and choice.before.blobs else choice.after


def _complete(report: "Report", choice: "Choice", warnings: tuple[str, ...]) -> "Report":
    from dataclasses import replace

    compared = replace(report.compared, left_out=(*choice.left_out, *warnings))
    return replace(report, compared=compared, prefix=choice.prefix)


def _fails(report: "Report | Audit", fail_on: "FailOn") -> bool:
    from eksa_lint.finding import Severity

    return fail_on != "never" and any(finding.severity.at_least(Severity(fail_on)) for finding in report.counted())


def _audit(options: "argparse.Namespace") -> int:
    from eksa_lint.audit.command import Job, audit_changes, audit_secrets
    from eksa_lint.report import Options, render_audit
    from eksa_lint.rules.loader import load_rules
    from eksa_lint.snapshot import choose
    from eksa_lint.streams import has_color, width

    git, head = choose.head(Path.cwd(), "eksa-lint audit")
    rules = load_rules()
    policy, _ = _policy(options, choose.Choice(None, head), rules)
    job = Job(git, rules, policy, os.environ, sys.stderr, uses_cache=not options.no_cache)
    audit = audit_secrets(job, head) if options.secrets else audit_changes(job, options.since)
    shown = Options(color=has_color(options.color), width=width(), verbose=options.verbose)
    sys.stdout.write(render_audit(options.format, audit, rules, shown))
    return FOUND if _fails(audit, options.fail_on or policy.fail_on) else CLEAN


def _fix(options: "argparse.Namespace") -> int:
    from eksa_lint.check import Scope, check, load_policy
    from eksa_lint.config import BadConfig
    from eksa_lint.fix import difference, fixed_files, save
    from eksa_lint.rules.loader import load_rules
    from eksa_lint.snapshot import choose

    choice = choose.work_tree(Path.cwd(), options.paths)
    rules = load_rules()
    try:
        policy = load_policy(choice.after, rules)
    except BadConfig as error:
        raise CannotCheck(str(error)) from error
    committed = None if choice.loose else choose.committed(Path.cwd())
    report = check(
        None, choice.after, policy, rules, Scope(choice.only, repository=not choice.loose, committed=committed)
    )
    folder = Path.cwd() / choice.prefix
    files = list(fixed_files(report, folder))
    for file in files:
        if options.diff:
            sys.stdout.write(difference(file))
            continue
        try:
            save(file, folder)
        except OSError as error:
            raise CannotCheck(f"{error}; make it writable and run again: eksa-lint fix") from error
        print(f"{choice.prefix}{file.path}: {file.edits} fixed")
    if not files:
        print("Nothing to fix: no finding has a fix that is certain.")
    return FOUND if options.diff and files else CLEAN


def _baseline(options: "argparse.Namespace") -> int:
    from eksa_lint.baseline_update import update
    from eksa_lint.check import Scope, check
    from eksa_lint.clean import clean
    from eksa_lint.config import BadConfig, configuration_of
    from eksa_lint.rules.loader import load_rules
    from eksa_lint.snapshot import choose

    choice = choose.work_tree(Path.cwd(), ())
    rules = load_rules()
    try:
        policy = configuration_of(choice.after, rules).policy
        report = check(None, choice.after, policy, rules, Scope(repository=not choice.loose))
        updated = update(choice.after, report, rules, prune=options.prune)
        updated.save(Path.cwd() / choice.prefix)
    except (BadConfig, OSError) as error:
        raise CannotCheck(str(error)) from error
    for line in updated.lines(rules):
        print(clean(line))
    return CLEAN


def _explain(options: "argparse.Namespace") -> int:
    from datetime import UTC, datetime

    from eksa_lint.config import unknown_rule
    from eksa_lint.report.explain import explain
    from eksa_lint.rules.loader import load_rules, with_examples
    from eksa_lint.streams import width

    rules = load_rules()
    if options.rule not in rules:
        raise CannotCheck(unknown_rule(options.rule, rules))
    sys.stdout.write(explain(with_examples(rules[options.rule]), width=width(), today=datetime.now(UTC).date()))
    return CLEAN


def _rules(options: "argparse.Namespace") -> int:
    from eksa_lint.report.explain import list_json, list_text
    from eksa_lint.rules.loader import load_rules

    rules = load_rules()
    sys.stdout.write(list_json(rules) if options.format == "json" else list_text(rules))
    return CLEAN


def _access(options: "argparse.Namespace") -> int:
    from eksa_lint.model.cluster import manager_of
    from eksa_lint.model.inventory import Inventory
    from eksa_lint.model.library import Library
    from eksa_lint.report.access import ClusterAccess, render_json, render_text
    from eksa_lint.rules.access import access_of, clusters_in
    from eksa_lint.snapshot import choose
    from eksa_lint.streams import width

    choice = choose.work_tree(Path.cwd(), [])
    inventory = Inventory(choice.after, Library(), "after")
    if options.cluster is None:
        inventory.parse_all()
    clusters = clusters_in(inventory, options.cluster or "")
    if not clusters:
        raise CannotCheck(_no_cluster(options.cluster, [cluster.id.name for cluster in clusters_in(inventory)]))
    found = [ClusterAccess(cluster, manager_of(cluster), access_of(inventory, cluster)) for cluster in clusters]
    if options.format == "json":
        sys.stdout.write(render_json(found))
    else:
        sys.stdout.write(render_text(found, width=width(), prefix=choice.prefix, verbose=options.verbose))
    return CLEAN


def _no_cluster(wanted: str | None, names: "Sequence[str]") -> str:
    if not names:
        return "no Cluster of EKS Anywhere is in this repository; see: eksa-lint access --help"
    from difflib import get_close_matches

    close = get_close_matches(wanted or "", names, n=1)
    hint = f"did you mean {close[0]}?" if close else "for all of them run: eksa-lint access"
    return f"no Cluster {wanted} is in this repository; {hint}"


def _schema(options: "argparse.Namespace") -> int:
    from eksa_lint.schema import command

    try:
        match options.action:
            case "list":
                text = command.list_kinds()
            case "show":
                text = command.show_kind(options.kind, options.release)
            case "export":
                number = command.export(options.folder, options.release)
                text = f"{number} schemas and all.json written to {options.folder}\n"
            case _:
                text = command.imported_message(command.import_manifests(options.source, _repository_root()))
    except OSError as error:
        raise CannotCheck(
            f"{error.filename}: {error.strerror}; see: eksa-lint schema {options.action} --help"
        ) from error
    sys.stdout.write(text)
    return CLEAN


def _repository_root() -> Path:
    """The top of the repository around the current folder, or the folder itself."""
    from eksa_lint.snapshot.git import Git

    git = Git.find(Path.cwd())
    return git.root if git else Path.cwd()


_COMMANDS: Final = {
    "access": _access,
    "audit": _audit,
    "baseline": _baseline,
    "check": _check,
    "explain": _explain,
    "fix": _fix,
    "plan": _plan,
    "rules": _rules,
    "schema": _schema,
}


def _cannot(reason: str) -> int:
    from eksa_lint.clean import clean
    from eksa_lint.secrets.masking import mask

    print(f"eksa-lint: {clean(mask(reason))}", file=sys.stderr)
    return CANNOT


def _internal(error: Exception) -> str:
    """Where it happened, and nothing of what was read: values may be secret."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "an unknown place"
    return f"internal error ({type(error).__name__} at {place}); report it with the command that you ran"
