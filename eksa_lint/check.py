"""The whole way: two snapshots in, a report out."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from time import monotonic

from eksa_lint.config import CONFIG_FILE, BadConfig, read_policy
from eksa_lint.finding import Compared, Finding, Place, Report
from eksa_lint.model.changes import Change, compare
from eksa_lint.model.file import File
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.library import Library
from eksa_lint.model.references import referred, referring
from eksa_lint.model.resource import EKSA, Resource, ResourceId
from eksa_lint.policy import Policy
from eksa_lint.rules.draft import Draft
from eksa_lint.rules.engine import Context, Engine
from eksa_lint.rules.loader import RuleSet
from eksa_lint.rules.publish import publish
from eksa_lint.rules.suppress import Comments, suppress, unused_comments, wrong_comments
from eksa_lint.secrets.kubeconfig import may_be_kubeconfig
from eksa_lint.snapshot import Blob, Snapshot, Withheld
from eksa_lint.syntax import Stream, find_directives, parse
from eksa_lint.syntax.parse import LARGEST_FILE
from eksa_lint.syntax.source import Source, decode


def check(
    before: Snapshot | None,
    after: Snapshot,
    policy: Policy,
    rules: RuleSet,
    *,
    only: Callable[[str], bool] | None = None,
    everything: bool = False,
) -> Report:
    """Judge a state, or a change from one to another.

    With two states a standing fault is only told where the change brought it, unless `everything` is asked for.
    `only` names the paths that are wanted.
    """
    started = monotonic()
    library = Library()
    selected = [rule for rule in rules.values() if policy.selects(rule)]
    new = Inventory(after, library, "after")
    old = Inventory(before, library, "before") if before is not None else None
    changes = compare(old, new) if old is not None else []
    engine = Engine(selected, Context(new, old, policy.eksa_version, tuple(changes)))
    drafts = [draft for change in changes for draft in engine.judge_change(change)]
    known: set[str] = set()
    if old is None or everything:
        new.parse_all()
        judged = _Judged(
            new, engine, [blob for path, blob in after.blobs.items() if only is None or only(path)]
        )
        drafts += [
            *judged.files_drafts(),
            *judged.resource_drafts(judged.resources()),
            *engine.judge_repository(),
        ]
    else:
        affected = _affected(changes, old, new)
        judged = _Judged(new, engine, _changed_blobs(old.snapshot, after))
        drafts += [*judged.files_drafts(), *judged.resource_drafts(affected)]
        known = _known(
            affected,
            judged.blobs,
            old,
            Engine(selected, Context(old, None, policy.eksa_version)),
            rules,
            policy,
        )
    drafts += _policy_drafts(before, after, rules)
    findings = [finding for finding in publish(drafts, rules, policy) if finding.fingerprint not in known]
    findings = _silence(findings, judged, rules, policy, complete=old is None)
    if only is not None:
        findings = [finding for finding in findings if finding.path is None or only(finding.path)]
    return Report(
        compared=_compared(old, new, changes, judged),
        findings=tuple(sorted(findings, key=lambda finding: finding.sort_key)),
        seconds=monotonic() - started,
    )


class _Judged:
    """The files that static rules look at in one state, and what is remembered of them."""

    def __init__(self, inventory: Inventory, engine: Engine, blobs: list[Blob]) -> None:
        self.inventory = inventory
        self.blobs = blobs
        self.comments: dict[str, Comments] = {}
        self._engine = engine

    def resources(self) -> Iterator[Resource]:
        for blob in self.blobs:
            yield from self.inventory.resources_in(blob.path)

    def resource_drafts(self, resources: Iterable[Resource]) -> Iterator[Draft]:
        for resource in resources:
            yield from self._engine.judge_resource(resource)

    def files_drafts(self) -> Iterator[Draft]:
        for file, stream in self._files():
            yield from self._engine.judge_file(file)
            directives = find_directives(stream)
            if directives:
                self.comments[file.path] = Comments(file, tuple(directives))

    def _files(self) -> Iterator[tuple[File, Stream]]:
        others = []
        for blob in self.blobs:
            if blob.path in self.inventory.manifests:
                yield self._manifest(blob)
            else:
                others.append(blob)
        for blob, content in self.inventory.snapshot.read(others, LARGEST_FILE):
            if isinstance(content, Withheld):
                if content.large:
                    yield self._large(blob), Stream(Source(""))
            else:
                yield self._other(blob, content)

    def _manifest(self, blob: Blob) -> tuple[File, Stream]:
        stream = self.inventory.stream(blob.path)
        resources = self.inventory.resources_in(blob.path)
        file = File(
            self.inventory.side, blob.path, stream.source, stream.documents, stream.problems, resources
        )
        is_large = (
            any(problem.kind == "too-complex" for problem in stream.problems) and not stream.source.text
        )
        return (replace(file, windows=self._large(blob).windows) if is_large else file), stream

    def _other(self, blob: Blob, content: bytes) -> tuple[File, Stream]:
        """A file that is no manifest by its name; a kubeconfig has any name, and is read as the YAML that it is."""
        source, _ = decode(content)
        stream = parse(content) if may_be_kubeconfig(source.text) else Stream(source)
        return File(self.inventory.side, blob.path, stream.source, stream.documents), stream

    def _large(self, blob: Blob) -> File:
        windows = partial(self.inventory.snapshot.windows, blob)
        return File(self.inventory.side, blob.path, Source(""), windows=windows)


def load_policy(snapshot: Snapshot, rules: RuleSet) -> Policy:
    """The configuration of a snapshot, the defaults where it has none.

    Raises:
        BadConfig: there is one, and it cannot be used.
    """
    blob = snapshot.blobs.get(CONFIG_FILE)
    if blob is None:
        return Policy()
    _, content = next(iter(snapshot.read([blob], LARGEST_FILE)))
    return read_policy(b"" if isinstance(content, Withheld) else content, rules)


def _policy_drafts(before: Snapshot | None, after: Snapshot, rules: RuleSet) -> Iterator[Draft]:
    """A configuration that the change would break; the one that is in force is the one before the change."""
    if before is None or before.blobs.get(CONFIG_FILE) == after.blobs.get(CONFIG_FILE):
        return
    try:
        load_policy(after, rules)
    except BadConfig as error:
        problem = error.problem
        place = Place("after", CONFIG_FILE, problem.source, problem.start, problem.end)
        yield Draft("policy-invalid", f"the configuration cannot be used: {problem.message}", place)


def _changed_blobs(before: Snapshot, after: Snapshot) -> list[Blob]:
    """The files whose content is new to the repository; one that only moved is not."""
    known = {blob.id for blob in before.blobs.values()}
    return [
        blob for path, blob in after.blobs.items() if before.blobs.get(path) != blob and blob.id not in known
    ]


def _affected(changes: list[Change], old: Inventory, new: Inventory) -> list[Resource]:
    """What changed, what it refers to, and what refers to it; patches are part of what changed."""
    found: dict[tuple[ResourceId, str, int], Resource] = {}

    def add(resources: Iterable[Resource]) -> None:
        for resource in resources:
            found.setdefault((resource.id, resource.path, resource.node.start), resource)

    for change in changes:
        add(new.get(change.resource.id))
        add(referring(new, change.resource.id))
        if change.after is not None:
            add((change.after, *referred(new, change.after)))
    for path, blob in new.manifests.items():
        if old.manifests.get(path) != blob:
            add(resource for resource in new.resources_in(path) if resource.patch)
    return list(found.values())


def _known(
    affected: list[Resource],
    blobs: list[Blob],
    old: Inventory,
    engine: Engine,
    rules: RuleSet,
    policy: Policy,
) -> set[str]:
    """The fingerprints of what was there before."""
    paths = {blob.path for blob in blobs}
    judged = _Judged(old, engine, [blob for path, blob in old.snapshot.blobs.items() if path in paths])
    counterparts = [before for resource in affected for before in _counterparts(resource, old)]
    drafts = [*judged.files_drafts(), *judged.resource_drafts(counterparts)]
    return {finding.fingerprint for finding in publish(drafts, rules, policy)}


def _counterparts(resource: Resource, old: Inventory) -> list[Resource]:
    if resource.patch:
        return list(old.resources_in(resource.path))
    return old.get(resource.id)


def _silence(
    findings: list[Finding], judged: _Judged, rules: RuleSet, policy: Policy, *, complete: bool
) -> list[Finding]:
    """Findings with what takes them out of the count; `complete` where every rule ran on every file."""
    used = []
    silenced = []
    for finding, directive in suppress(findings, judged.comments):
        by_config = policy.suppressed(finding.rule, finding.path)
        silenced.append(replace(finding, suppressed=finding.suppressed or by_config))
        if directive is not None:
            used.append(directive)
    about_comments: list[Draft] = []
    for comments in judged.comments.values():
        about_comments += wrong_comments(comments, rules)
        if complete:
            about_comments += unused_comments(comments, used, rules)
    wanted = [draft for draft in about_comments if policy.selects(rules[draft.rule])]
    return [*silenced, *publish(wanted, rules, policy)]


def _compared(old: Inventory | None, new: Inventory, changes: list[Change], judged: _Judged) -> Compared:
    clusters = {change.resource.id for change in changes if _is_cluster(change.resource.id)}
    return Compared(
        before=old.snapshot.label if old else None,
        after=new.snapshot.label,
        files=len(new.snapshot.blobs),
        resources=new.count_objects(),
        clusters=new.count_clusters(),
        changed_files=_count_changed(old.snapshot, new.snapshot) if old else 0,
        changed_resources=len(changes),
        changed_clusters=len(clusters | _clusters_of(changes, old, new)),
    )


def _is_cluster(identity: ResourceId) -> bool:
    return identity.group == EKSA and identity.kind == "Cluster"


def _clusters_of(changes: list[Change], old: Inventory | None, new: Inventory) -> set[ResourceId]:
    """The clusters that a changed object is a part of."""
    return {
        cluster.id
        for change in changes
        if change.resource.group == EKSA
        for inventory in (new, old)
        if inventory is not None
        for cluster in referring(inventory, change.resource.id)
        if _is_cluster(cluster.id)
    }


def _count_changed(before: Snapshot, after: Snapshot) -> int:
    paths = before.blobs.keys() | after.blobs.keys()
    return sum(before.blobs.get(path) != after.blobs.get(path) for path in paths)
