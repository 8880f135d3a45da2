"""The two audits from start to end: what is judged, what an earlier run knows, what is said to who stops them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any, TextIO

from eksa_lint.audit import Audit, Extent, JudgedCommit
from eksa_lint.audit.cache import Cache, open_cache
from eksa_lint.audit.changes import ChangeJudge
from eksa_lint.audit.history import History, all_of_it, line_of_head, transitions
from eksa_lint.audit.progress import Progress
from eksa_lint.audit.record import BadRecord, from_data, to_data
from eksa_lint.audit.secrets import FirstSeen, Occurrence, SecretJudge, distinct, ever_committed
from eksa_lint.errors import CannotCheck
from eksa_lint.finding import Finding
from eksa_lint.policy import Policy
from eksa_lint.rules.loader import RuleSet
from eksa_lint.snapshot import Snapshot
from eksa_lint.snapshot.contents import LARGEST_READ
from eksa_lint.snapshot.git import Git
from eksa_lint.snapshot.log import Commit


@dataclass(frozen=True, slots=True)
class Job:
    """What both audits need. The policy is that of HEAD for all of history; `terminal` is told how far they are."""

    git: Git
    rules: RuleSet
    policy: Policy
    environment: Mapping[str, str]
    terminal: TextIO
    uses_cache: bool = True

    def cache(self, subject: str, settings: str = "") -> Cache:
        if not self.uses_cache:
            return Cache(None, "")
        return open_cache(self.git, subject, self.environment, settings)

    def under_policy(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """The findings of the rules that take part, as severe as the team has them, marked where they are accepted."""
        for finding in findings:
            rule = self.rules[finding.rule]
            if self.policy.selects(rule):
                yield replace(
                    finding,
                    severity=self.policy.severity_of(rule, finding.severity),
                    suppressed=finding.suppressed or self.policy.ignored(finding),
                )


def audit_changes(job: Job, since: str | None) -> Audit:
    """What each commit of HEAD's line does, against its first parent.

    Raises:
        CannotCheck: there is nothing to judge, this clone lacks something, or somebody stopped it.
    """
    started = monotonic()
    history = line_of_head(job.git, since)
    cache = job.cache("changes", job.policy.eksa_version or "")
    progress = Progress(job.terminal, len(history.commits), "commits")
    judged = []
    with _stoppable(progress, cache):
        for commit, findings in _judge_commits(job, history.commits, cache):
            progress.step()
            if kept := tuple(job.under_policy(findings)):
                judged.append(JudgedCommit(commit, kept))
    extent = _extent(job, since, history, cache)
    return Audit("changes", extent, commits=tuple(judged), seconds=monotonic() - started)


def audit_secrets(job: Job, head: Snapshot) -> Audit:
    """The secrets in every version of every file that a branch, a tag or HEAD leads to; `head` is what HEAD holds.

    Raises:
        CannotCheck: this clone lacks a content, or somebody stopped it.
    """
    started = monotonic()
    history = all_of_it(job.git)
    cache = job.cache("secrets")
    versions = list(ever_committed(job.git, history.commits))
    progress = Progress(job.terminal, len(versions), "versions of files")
    found = []
    with _stoppable(progress, cache):
        for occurrences in _judge_versions(job, versions, cache):
            progress.step()
            found += [
                replace(one, finding=finding) for one in occurrences for finding in job.under_policy([one.finding])
            ]
    extent = replace(_extent(job, None, history, cache), versions=len(versions))
    return Audit("secrets", extent, secrets=tuple(distinct(found, head.blobs.values())), seconds=monotonic() - started)


def _extent(job: Job, since: str | None, history: History, cache: Cache) -> Extent:
    problems = (cache.problem,) if cache.problem else ()
    left_out = (*history.left_out, *problems)
    return Extent(job.git.resolve("HEAD"), job.git.branch, since, len(history.commits), left_out=left_out)


def _judge_commits(job: Job, commits: Sequence[Commit], cache: Cache) -> Iterator[tuple[Commit, tuple[Finding, ...]]]:
    """The findings of each commit. Where an earlier audit ended, only its last state is listed."""
    known = {commit.id: _kept(cache.get(_key(commit)), job.rules) for commit in commits}
    start = next((index for index, commit in enumerate(commits) if known[commit.id] is None), len(commits))
    for commit in commits[:start]:
        yield commit, known[commit.id] or ()
    if start == len(commits):
        return
    judge = ChangeJudge(job.rules, job.policy.eksa_version)
    with job.git.reader() as reader:
        for transition in transitions(job.git, commits[start:], reader):
            findings = known[transition.commit.id]
            if findings is None:
                findings = judge.judge(transition)
                cache.keep(_key(transition.commit), [to_data(finding) for finding in findings])
            judge.forget(transition)
            yield transition.commit, findings


def _judge_versions(job: Job, versions: Iterable[FirstSeen], cache: Cache) -> Iterator[list[Occurrence]]:
    """The secrets of each version. Only that there is none is kept: what is kept of a secret could give it away."""
    unknown = []
    for seen in versions:
        if cache.get(_name(seen)) == []:
            yield []
        else:
            unknown.append(seen)
    judge = SecretJudge(job.git, job.rules)
    with job.git.reader() as reader:
        for seen, content in zip(unknown, reader.read((seen.blob.id for seen in unknown), LARGEST_READ), strict=True):
            occurrences = judge.judge(seen, content)
            if not occurrences:
                cache.keep(_name(seen), [])
            yield occurrences


def _key(commit: Commit) -> str:
    return f"{commit.parent} {commit.id}"


def _name(seen: FirstSeen) -> str:
    """Its path too, which decides how it is read."""
    return f"{seen.blob.id} {seen.blob.path}"


def _kept(result: Any, rules: RuleSet) -> tuple[Finding, ...] | None:
    """The findings that were kept, None where they cannot be used."""
    if not isinstance(result, list):
        return None
    try:
        findings = tuple(from_data(item) for item in result)
    except BadRecord:
        return None
    return findings if all(finding.rule in rules for finding in findings) else None


@contextmanager
def _stoppable(progress: Progress, cache: Cache) -> Iterator[None]:
    """Whatever happens, what is done is kept; who stops it is told so."""
    try:
        yield
    except KeyboardInterrupt as stop:
        cache.save()
        kept = "is kept: the same command goes on from there" if cache.keeps else "is not kept"
        raise CannotCheck(f"stopped after {progress}; what was found {kept}") from stop
    finally:
        progress.clear()
        cache.save()
