"""`eksa-lint plan`: what happens to each cluster, in words, as a table and as data."""

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import CODE, Lint, Repository
from jsonschema import Draft202012Validator

CONFIGURATION = (CODE / "tests/configurations/vsphere-external-etcd.yaml").read_text()
SCHEMA = json.loads((CODE / "schemas/plan.json").read_bytes())
FILE = "eksa-cluster.yaml"
SYNC = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: flux-system, namespace: flux-system}
spec: {interval: 10m0s, path: ./clusters/mgmt, prune: true, sourceRef: {kind: GitRepository, name: flux-system}}
"""


def workload(text: str) -> str:
    """The configuration as a cluster that another one manages."""
    return text.replace("  managementCluster:\n    name: prod", "  managementCluster:\n    name: mgmt")


def line_of(text: str, words: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), start=1) if words in line)


@pytest.fixture
def changed(repository: Repository, lint: Lint) -> Any:
    """Commits one text, writes another, and gives the plan as data, which fits its schema."""

    def plan(before: str, after: str, path: str = FILE, **files: str) -> dict[str, Any]:
        repository.commit({path: before, **files})
        repository.write(path, after)
        run = lint("plan", "--format", "json", folder=repository.folder)
        assert run.code == 0, run.err
        content: dict[str, Any] = json.loads(run.out)
        Draft202012Validator(SCHEMA).validate(content)
        return content

    return plan


def steps(plan: dict[str, Any]) -> list[tuple[str, str | None, str]]:
    (cluster,) = plan["clusters"]
    return [(step["effect"], step["part"], step["says"]) for step in cluster["steps"]]


def test_of_utf_16_the_first_document_is_what_is_applied(repository: Repository, lint: Lint) -> None:
    files = {"clusters/mgmt/gotk-sync.yaml": SYNC, "clusters/mgmt/prod.yaml": workload(CONFIGURATION)}
    repository.commit(files)
    repository.write("clusters/mgmt/prod.yaml", workload(CONFIGURATION).encode("utf-16"))
    out = " ".join(lint("plan", folder=repository.folder).out.split())
    assert "VSphereDatacenterConfig prod is deleted at once while Cluster prod still names it" in out
    assert "Cluster prod is deleted" not in out
    assert "prod.yaml was not judged: it is UTF-16, of which Flux and eksctl read the first document only" in out

    first, *_ = workload(CONFIGURATION).split("\n---\n")
    repository.commit({**files, "clusters/mgmt/prod.yaml": first})
    repository.write("clusters/mgmt/prod.yaml", first.encode("utf-16"))
    assert "Nothing happens to any cluster" in lint("plan", folder=repository.folder).out


def test_an_upgrade_replaces_the_control_plane_then_the_workers(changed: Any) -> None:
    after = CONFIGURATION.replace('"1.33"', '"1.34"').replace("kube-v1.33", "kube-v1.34")
    plan = changed(CONFIGURATION, after)
    assert steps(plan) == [
        ("rolls", "etcd", "3 etcd machines, one at a time"),
        ("rolls", "control-plane", "3 control plane machines, one at a time"),
        ("rolls", "worker-group", "2 worker machines of md-0, one at a time"),
    ]
    reason = plan["clusters"][0]["steps"][1]["reasons"][0]
    assert reason["text"] == "kubernetesVersion 1.33 -> 1.34"
    assert (reason["path"], reason["line"], reason["column"]) == (FILE, line_of(after, '"1.34"'), 22)


def test_a_rollout_says_how_many_machines_go_at_a_time(changed: Any) -> None:
    strategy = "  - count: 2\n    upgradeRolloutStrategy: {rollingUpdate: {maxSurge: 2, maxUnavailable: 1}}\n"
    before = CONFIGURATION.replace("  - count: 2\n", strategy)
    after = before.replace("    name: md-0\n", "    name: md-0\n    labels: {tier: web}\n")
    assert steps(changed(before, after)) == [("rolls", "worker-group", "2 worker machines of md-0, up to 3 at a time")]


def test_what_is_refused_stops_all_that_stands_below_it(changed: Any) -> None:
    after = CONFIGURATION.replace("192.168.0.0/16", "192.168.0.0/17").replace("count: 2", "count: 5")
    plan = changed(CONFIGURATION, after)
    effects = [effect for effect, _, _ in steps(plan)]
    assert effects == ["refused", "scales"]
    assert plan["clusters"][0]["stopped"] == "nothing below happens while that is refused"


def test_flux_applies_nothing_of_a_sync_while_one_object_is_refused(changed: Any) -> None:
    before = workload(CONFIGURATION)
    after = before.replace("192.168.0.0/16", "192.168.0.0/17")
    files = {"clusters/mgmt/flux-system/gotk-sync.yaml": SYNC}
    plan = changed(before, after, "clusters/mgmt/prod/eksa-system/eksa-cluster.yaml", **files)
    assert "nor anything else of clusters/mgmt" in plan["clusters"][0]["stopped"]


def test_machines_that_come_and_go_are_counted_on_both_sides(changed: Any) -> None:
    group = "  - count: 1\n    name: md-1\n    machineGroupRef: {kind: VSphereMachineConfig, name: prod-md-0}\n"
    after = CONFIGURATION.replace("  - count: 2\n    name: md-0\n", f"{group}  - count: 5\n    name: md-0\n")
    (cluster,) = changed(CONFIGURATION, after)["clusters"]
    assert [(step["says"], step["machines_before"], step["machines"]) for step in cluster["steps"]] == [
        ("worker group md-1 is created, with 1 machine", 0, 1),
        ("worker group md-0 from 2 to 5 machines", 2, 5),
    ]


def test_a_removed_group_is_told_once_with_its_place_before_the_change(changed: Any) -> None:
    group = "  - count: 4\n    name: md-1\n    machineGroupRef: {kind: VSphereMachineConfig, name: prod-md-0}\n"
    before = CONFIGURATION.replace("  workerNodeGroupConfigurations:\n", f"  workerNodeGroupConfigurations:\n{group}")
    (cluster,) = changed(before, CONFIGURATION)["clusters"]
    (step,) = cluster["steps"]
    assert (step["effect"], step["group"], step["machines_before"], step["machines"]) == ("lost", "md-1", 4, 0)
    assert (step["reasons"][0]["side"], step["reasons"][0]["line"]) == ("before", line_of(before, "name: md-1"))


def test_a_cluster_that_goes_takes_its_machines_along(repository: Repository, lint: Lint) -> None:
    before = workload(CONFIGURATION)
    repository.commit({FILE: before, "notes.yaml": "a: 1\n"})
    (repository.folder / FILE).unlink()
    (cluster,) = json.loads(lint("plan", "--format", "json", folder=repository.folder).out)["clusters"]
    (step,) = cluster["steps"]
    assert (step["effect"], step["machines_before"], step["machines"]) == ("lost", 8, 0)
    assert "prod is deleted with its 8 machines" in step["says"]


def test_a_cluster_that_comes_is_created(repository: Repository, lint: Lint) -> None:
    repository.commit({"notes.yaml": "a: 1\n"})
    repository.write(FILE, workload(CONFIGURATION))
    (cluster,) = json.loads(lint("plan", "--format", "json", folder=repository.folder).out)["clusters"]
    assert cluster["steps"][0]["effect"] == "created"
    assert cluster["steps"][0]["says"] == "the cluster, with 8 machines"


@pytest.mark.parametrize(
    ("old", "new", "effect", "says"),
    [
        ("cilium: {}", "cilium: {egressMasqueradeInterfaces: eth0}", "in-place", "Cilium is applied again"),
        (
            "  - count: 2\n",
            "  - upgradeRolloutStrategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 2}}\n    count: 2\n",
            "nothing",
            "next rollout",
        ),
        ("  name: prod\n", "  name: prod\n  labels: {team: a}\n", "nothing", "metadata replaces no machine"),
    ],
)
def test_what_replaces_no_machine_is_said_to_do_so(old: str, new: str, effect: str, says: str, changed: Any) -> None:
    ((found, part, words),) = steps(changed(CONFIGURATION, CONFIGURATION.replace(old, new, 1)))
    assert (found, part) == (effect, None)
    assert says in words


def test_a_change_of_machines_that_many_clusters_share_reaches_all_of_them(repository: Repository, lint: Lint) -> None:
    cluster, *others = CONFIGURATION.split("---\n")
    second = cluster.replace("name: prod\n  namespace", "name: twin\n  namespace").replace("10.0.0.10", "10.0.0.11")
    repository.commit({FILE: "---\n".join([cluster, second, *others])})
    repository.write(FILE, "---\n".join([cluster, second, *others]).replace("diskGiB: 25", "diskGiB: 50", 1))
    plan = json.loads(lint("plan", "--format", "json", folder=repository.folder).out)
    assert [each["name"] for each in plan["clusters"]] == ["prod", "twin"]
    for each in plan["clusters"]:
        assert [(step["effect"], step["part"]) for step in each["steps"]] == [("rolls", "control-plane")]


IAM = """\
---
apiVersion: anywhere.eks.amazonaws.com/v1alpha1
kind: AWSIamConfig
metadata: {name: prod, namespace: default}
spec:
  awsRegion: eu-west-1
  backendMode: [EKSConfigMap]
  mapRoles:
  - {roleARN: "arn:aws:iam::111122223333:role/ops", username: ops, groups: [ops]}
"""
BINDING = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: ops}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: ops}]
"""


def test_a_template_that_machine_configs_name_changes_the_cluster(changed: Any) -> None:
    bare_metal = (CODE / "tests/configurations/tinkerbell-stacked-etcd.yaml").read_text()
    naming = "spec:\n  templateRef: {kind: TinkerbellTemplateConfig, name: disk}\n"
    head, *machines = bare_metal.split("kind: TinkerbellMachineConfig\n")
    before = "kind: TinkerbellMachineConfig\n".join([head, *(text.replace("spec:\n", naming, 1) for text in machines)])
    before += (
        "---\napiVersion: anywhere.eks.amazonaws.com/v1alpha1\nkind: TinkerbellTemplateConfig\n"
        "metadata: {name: disk, namespace: default}\nspec: {template: {name: disk, global_timeout: 6000}}\n"
    )
    plan = changed(before, before.replace("6000", "7000"))
    assert [effect for effect, _, _ in steps(plan)] == ["rolls", "rolls"]
    assert plan["compared"]["changed_clusters"] == 1


def test_a_binding_says_who_may_do_what_with_the_cluster_it_lands_in(repository: Repository, lint: Lint) -> None:
    refs = "  identityProviderRefs: [{kind: AWSIamConfig, name: prod}]\n"
    cluster = CONFIGURATION.replace("  kubernetesVersion:", f"{refs}  kubernetesVersion:") + IAM
    sync = SYNC.replace("./clusters/mgmt", "./clusters/prod")
    folder = "clusters/prod"
    repository.commit({f"{folder}/flux-system/gotk-sync.yaml": sync, f"{folder}/prod/eksa-cluster.yaml": cluster})
    repository.write(f"{folder}/ops.yaml", BINDING)
    plan = json.loads(lint("plan", "--format", "json", folder=repository.folder).out)
    (step,) = (step for each in plan["clusters"] for step in each["steps"] if "role/ops" in step["says"])
    assert step["effect"] == "access"
    assert step["says"] == "arn:aws:iam::111122223333:role/ops may now do anything"
    places = [(reason["path"], reason["line"]) for reason in step["reasons"]]
    assert places[1:] == [(f"{folder}/ops.yaml", 5), (f"{folder}/ops.yaml", 4)]
    # Taken away again, it is told as what is lost.
    repository.commit()
    (repository.folder / folder / "ops.yaml").unlink()
    assert "arn:aws:iam::111122223333:role/ops may no longer do anything" in lint(
        "plan", folder=repository.folder
    ).out.replace("\n            ", " ")


def test_nothing_happens_and_that_is_said(repository: Repository, lint: Lint) -> None:
    repository.commit({FILE: CONFIGURATION})
    repository.write(FILE, CONFIGURATION.replace("  - count: 2\n", "  - count: 2 # two\n"))
    run = lint("plan", folder=repository.folder)
    assert run.code == 0
    assert run.out.splitlines()[0] == "Nothing happens to any cluster."
    assert "Compared HEAD with the work tree" in run.out


def test_text_fits_into_80_columns_and_names_each_place(repository: Repository, lint: Lint) -> None:
    repository.commit({FILE: CONFIGURATION})
    after = CONFIGURATION.replace("192.168.0.0/16", "192.168.0.0/17").replace('"1.33"', '"1.34"')
    repository.write(FILE, after.replace("count: 2", "count: 0"))
    out = lint("plan", folder=repository.folder).out
    assert max(map(len, out.splitlines())) <= 80
    assert out.splitlines()[0] == "prod   manages itself, vSphere, 3 control plane + 3 etcd + 0 worker"
    assert out.index("  LOST ") < out.index("  REFUSED ") < out.index("nothing below happens") < out.index("  ROLLS ")
    assert f"kubernetesVersion 1.33 -> 1.34  {FILE}:{line_of(after, '1.34')}" in out


def test_places_are_given_from_the_current_folder(repository: Repository, lint: Lint) -> None:
    repository.commit({f"clusters/{FILE}": CONFIGURATION})
    repository.write(f"clusters/{FILE}", CONFIGURATION.replace('"1.33"', '"1.34"'))
    (repository.folder / "docs").mkdir()
    assert f"../clusters/{FILE}:" in lint("plan", folder=repository.folder / "docs").out


def test_the_plan_is_the_head_of_markdown_and_of_the_step_summary(
    repository: Repository, lint: Lint, tmp_path: Path
) -> None:
    repository.commit({FILE: CONFIGURATION})
    repository.add({FILE: CONFIGURATION.replace("count: 2", "count: 0")})
    summary = tmp_path / "summary.md"
    arguments = ("check", "--staged", "--output", f"markdown:{tmp_path / 'report.md'}", "--format", "github")
    run = lint(*arguments, folder=repository.folder, GITHUB_STEP_SUMMARY=str(summary))
    assert run.code == 1
    for text in (summary.read_text(), (tmp_path / "report.md").read_text()):
        assert "| <code>prod</code>" in text
        assert text.index("What happens to the clusters") < text.index("#### 1 error")


def test_a_plan_of_hundreds_of_clusters_leaves_room_for_the_findings(repository: Repository, lint: Lint) -> None:
    cluster, *others = CONFIGURATION.split("---\n")
    names = [f"prod-{number}" for number in range(400)]
    clusters = [cluster.replace("name: prod\n  namespace", f"name: {name}\n  namespace") for name in names]
    before = "---\n".join([*clusters, *others])
    repository.commit({FILE: before})
    repository.add({FILE: before.replace("count: 2", "count: 0")})
    out = lint("check", "--staged", "--format", "markdown", folder=repository.folder).out
    assert len(out) <= 65_000
    assert "more lines cut here; <code>" not in out
    assert "`eksa-lint plan` has all of them" in out
    assert "scale-to-zero" in out


def test_the_choices_are_those_of_check(repository: Repository, lint: Lint) -> None:
    first = repository.commit({FILE: CONFIGURATION})
    repository.commit({FILE: CONFIGURATION.replace("count: 2", "count: 3")})
    repository.add({FILE: CONFIGURATION.replace("count: 2", "count: 4")})
    repository.write(FILE, CONFIGURATION.replace("count: 2", "count: 5"))
    said = {
        choice: json.loads(lint("plan", *choice, "--format", "json", folder=repository.folder).out)
        for choice in (("--from", first, "--to", "HEAD"), ("--staged",), ())
    }
    counts = [plan["clusters"][0]["steps"][0]["machines"] for plan in said.values()]
    assert counts == [3, 4, 5]


@pytest.mark.parametrize("arguments", [("--staged", "--against", "main"), ("--from", "main"), ("x.yaml",)])
def test_words_that_do_not_fit_together_are_one_line(
    arguments: tuple[str, ...], repository: Repository, lint: Lint
) -> None:
    repository.commit({FILE: CONFIGURATION})
    run = lint("plan", *arguments, folder=repository.folder)
    assert run.code == 2
    assert len(run.err.splitlines()) == 1


def test_outside_a_repository_it_says_what_is_needed(tmp_path: Path, lint: Lint) -> None:
    run = lint("plan", folder=tmp_path)
    assert run.code == 2
    assert "needs a Git repository" in run.err


def test_the_work_tree_of_a_new_repository_is_compared_with_nothing(repository: Repository, lint: Lint) -> None:
    repository.write(FILE, workload(CONFIGURATION))
    out = lint("plan", folder=repository.folder).out
    assert "CREATED" in out
    assert "Compared the empty repository with the work tree" in out


def test_a_refused_field_replaces_no_machine(changed: Any) -> None:
    bare = (CODE / "tests/configurations/tinkerbell-stacked-etcd.yaml").read_text()
    labels = bare.replace("    endpoint:\n", "    labels: {zone: a}\n    endpoint:\n", 1)
    assert [effect for effect, _, _ in steps(changed(bare, labels))] == ["refused"]


def test_no_rule_says_of_a_refused_field_that_it_replaces_machines(repository: Repository, lint: Lint) -> None:
    bare = (CODE / "tests/configurations/tinkerbell-stacked-etcd.yaml").read_text()
    repository.commit({FILE: bare})
    repository.add({FILE: bare.replace("    endpoint:\n", "    labels: {zone: a}\n    endpoint:\n", 1)})
    run = lint("check", "--staged", "--format", "json", folder=repository.folder)
    assert [finding["rule"] for finding in json.loads(run.out)["findings"]] == ["immutable-field"]


def test_labels_of_two_groups_replace_the_machines_of_both(changed: Any) -> None:
    group = "  - count: 1\n    name: md-1\n    machineGroupRef: {kind: VSphereMachineConfig, name: prod-md-0}\n"
    before = CONFIGURATION.replace("  - count: 2\n    name: md-0\n", f"{group}  - count: 2\n    name: md-0\n")
    after = before.replace("    name: md-0\n", "    name: md-0\n    labels: {a: b}\n")
    after = after.replace("    name: md-1\n", "    name: md-1\n    labels: {a: b}\n")
    (cluster,) = changed(before, after)["clusters"]
    assert sorted(step["group"] for step in cluster["steps"]) == ["md-0", "md-1"]


def test_the_control_plane_follows_etcd_for_the_same_reason(changed: Any) -> None:
    head, etcd, tail = CONFIGURATION.partition("  name: prod-etcd\n  namespace: default\nspec:\n")
    after = head + etcd + tail.replace("diskGiB: 25", "diskGiB: 50", 1)
    (cluster,) = changed(CONFIGURATION, after)["clusters"]
    told = [(step["part"], [reason["text"] for reason in step["reasons"]]) for step in cluster["steps"]]
    reasons = ["diskGiB of VSphereMachineConfig prod-etcd 25 -> 50"]
    assert told == [("etcd", reasons), ("control-plane", reasons)]


def test_a_paused_cluster_is_told_what_waits_for_it(repository: Repository, lint: Lint) -> None:
    pause = '  annotations: {anywhere.eks.amazonaws.com/paused: "true"}\n'
    before = CONFIGURATION.replace("  name: prod\n", f"  name: prod\n{pause}", 1)
    repository.commit({FILE: before})
    repository.write(FILE, before.replace("    endpoint:\n", "    certSans: [api.example.org]\n    endpoint:\n", 1))
    out = lint("plan", folder=repository.folder).out
    assert out.index("nothing below happens while the cluster is paused") < out.index("ROLLS")
    repository.add({FILE: (repository.folder / FILE).read_text()})
    assert "machines once it is no longer paused" in lint("check", "--staged", folder=repository.folder).out


def test_a_sync_with_one_refusal_stops_its_other_clusters(repository: Repository, lint: Lint) -> None:
    before = workload(CONFIGURATION)
    other = before.replace("  name: prod\n  namespace", "  name: twin\n  namespace").replace("10.0.0.10", "10.0.0.11")
    folder = "clusters/mgmt/{}/eksa-system/eksa-cluster.yaml"
    twin = other.split("---\n")[0]
    files = {
        "clusters/mgmt/flux-system/gotk-sync.yaml": SYNC,
        folder.format("prod"): before,
        folder.format("twin"): twin,
    }
    repository.commit(files)
    repository.write(folder.format("prod"), before.replace("192.168.0.0/16", "192.168.0.0/17"))
    repository.write(folder.format("twin"), twin.replace("count: 2", "count: 4"))
    plan = json.loads(lint("plan", "--format", "json", folder=repository.folder).out)
    stopped = {cluster["name"]: cluster["stopped"] for cluster in plan["clusters"]}
    assert "while one is refused" in stopped["prod"]
    assert "while another object of it is refused" in stopped["twin"]


def test_machines_move_between_failure_domains(changed: Any) -> None:
    nutanix = (CODE / "tests/configurations/nutanix-stacked-etcd.yaml").read_text()
    nutanix = nutanix.replace("    name: md-0\n", "    name: prod-md-0\n")
    domain = (
        "  - {{name: fd-{0}, cluster: {{type: name, name: pe-{0}}}, subnets: [{{type: name, name: vlan-10}}], {1}}}\n"
    )
    members = "workerMachineGroups: [prod-md-0]"
    before = nutanix.replace("  port: 9440\n", f"  port: 9440\n  failureDomains:\n{domain.format(1, members)}")
    after = before.replace(domain.format(1, members), domain.format(1, members) + domain.format(2, members))
    (cluster,) = changed(before, after)["clusters"]
    assert [(step["effect"], step["says"]) for step in cluster["steps"]] == [
        ("scales", "worker group prod-md-0 in failure domain fd-1 from 2 to 1 machine"),
        ("scales", "worker group prod-md-0 in failure domain fd-2 is created, with 1 machine"),
    ]


GIT = """\
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: flux-system, namespace: flux-system}
spec: {interval: 1m0s, ref: {branch: main}, url: "ssh://git@git.example.org/acme/fleet"}
"""
SYNC_FILE = "clusters/mgmt/flux-system/gotk-sync.yaml"
MORE = SYNC.replace("name: flux-system, namespace", "name: apps, namespace").replace("clusters/mgmt", "apps")
WAITS = "while apps waits for infra, which is suspended"


@pytest.mark.parametrize(
    ("files", "says", "seconds"),
    [
        ({SYNC_FILE: f"{GIT}---\n{SYNC}"}, "at most 11m after the push to main", 660),
        ({SYNC_FILE: SYNC}, "at most 10m after Flux has the commit", None),
        ({SYNC_FILE: f"{GIT}---\n{SYNC}".replace("1m0s", "30s")}, "at most 10m30s after the push to main", 630),
        (
            {SYNC_FILE: f"{GIT}---\n{SYNC}".replace("interval: 10m0s", "interval: 10m0s, suspend: true")},
            "not until Kustomization flux-system is resumed",
            None,
        ),
        (
            {SYNC_FILE: f"{GIT}---\n{SYNC}".replace("interval: 1m0s", "interval: 1m0s, suspend: true")},
            "not until GitRepository flux-system is resumed",
            None,
        ),
    ],
)
def test_it_says_when_flux_applies_the_change(
    files: dict[str, str], says: str, seconds: int | None, changed: Any
) -> None:
    path = f"clusters/mgmt/{FILE}"
    plan = changed(CONFIGURATION, CONFIGURATION.replace("count: 2", "count: 3"), path, **files)
    assert plan["arrivals"] == [
        {"folder": "clusters/mgmt", "sync": "flux-system/flux-system", "says": says, "seconds": seconds}
    ]
    (cluster,) = plan["clusters"]
    stopped = f"nothing below happens {says.removeprefix('not ')}" if says.startswith("not ") else None
    assert cluster["stopped"] == stopped


def test_what_a_shared_base_makes_arrives_with_what_takes_it_in(changed: Any) -> None:
    base = "kind: Kustomization\nconfigMapGenerator: [{name: settings, literals: [size=1]}]\n"
    files = {"clusters/mgmt/kustomization.yaml": "kind: Kustomization\nresources: [flux-system, ../../base]\n"}
    files["clusters/mgmt/flux-system/kustomization.yaml"] = "kind: Kustomization\nresources: [gotk-sync.yaml]\n"
    files[SYNC_FILE] = f"{GIT}---\n{SYNC}"
    plan = changed(base, base.replace("size=1", "size=2"), "base/kustomization.yaml", **files)
    assert [arrival["seconds"] for arrival in plan["arrivals"]] == [660]


@pytest.mark.parametrize("part", ["interval: 10m0s", "interval: 1m0s"])
def test_what_suspends_its_own_sync_comes_with_all_else_and_what_resumes_it_never(
    part: str, repository: Repository, lint: Lint
) -> None:
    running = f"{GIT}---\n{SYNC}"
    suspended = running.replace(part, f"{part}, suspend: true")
    for before, after, arrives in ((running, suspended, True), (suspended, running, False)):
        repository.commit({SYNC_FILE: before, f"clusters/mgmt/{FILE}": CONFIGURATION})
        repository.write(SYNC_FILE, after)
        repository.write(f"clusters/mgmt/{FILE}", CONFIGURATION.replace("count: 2", "count: 3"))
        out = lint("plan", folder=repository.folder).out
        assert ("at most 11m after" in out) is arrives
        assert ("is resumed" in out.split("when Flux applies it")[1]) is not arrives


def test_it_says_what_waits_for_another_sync_and_gathers_the_rest(repository: Repository, lint: Lint) -> None:
    infra = MORE.replace("name: apps", "name: infra").replace("./apps", "./infra")
    waiting = MORE.replace("{interval", "{dependsOn: [{name: infra}], interval")
    late = "clusters/mgmt/late.yaml"
    repository.commit(
        {
            SYNC_FILE: f"{GIT}---\n{SYNC}",
            "clusters/mgmt/infra.yaml": infra.replace("{interval", "{suspend: true, interval"),
            "clusters/mgmt/apps.yaml": waiting,
            "infra/a.yaml": "",
            f"apps/{FILE}": workload(CONFIGURATION),
            late: workload(CONFIGURATION).replace("prod", "late"),
        }
    )
    for path in (f"apps/{FILE}", late):
        repository.write(path, (repository.folder / path).read_text().replace("count: 2", "count: 3"))
    out = lint("plan", folder=repository.folder).out
    assert "when Flux applies it\n" in out
    assert f"  apps: not {WAITS}\n" in out
    assert "  clusters/mgmt: at most 11m after the push to main\n" in out
    assert out.count(f"nothing below happens {WAITS}") == 1
    markdown = lint("plan", "--format", "markdown", folder=repository.folder).out
    assert f"Flux applies <code>apps</code>: not {WAITS}." in markdown


def test_nothing_arrives_at_what_the_change_makes_flux_stop_at(repository: Repository, lint: Lint) -> None:
    path, broken = f"clusters/mgmt/{FILE}", "clusters/mgmt/b.yaml"
    repository.commit({SYNC_FILE: f"{GIT}---\n{SYNC}", path: workload(CONFIGURATION)})
    repository.write(path, workload(CONFIGURATION).replace("count: 2", "count: 3"))
    repository.write(broken, "a: [\n")
    out = lint("plan", folder=repository.folder).out
    assert f"  clusters/mgmt: not until {broken} is mended\n" in out
    assert out.count(f"nothing below happens until {broken} is mended") == 1


def test_what_waits_for_a_removed_sync_does_not_arrive(repository: Repository, lint: Lint) -> None:
    infra = MORE.replace("name: apps", "name: infra").replace("./apps", "./infra")
    files = {"clusters/mgmt/infra.yaml": infra, "infra/a.yaml": "", f"apps/{FILE}": workload(CONFIGURATION)}
    apps = {"clusters/mgmt/apps.yaml": MORE.replace("{interval", "{dependsOn: [{name: infra}], interval")}
    repository.commit({SYNC_FILE: f"{GIT}---\n{SYNC}", **files, **apps})
    (repository.folder / "clusters/mgmt/infra.yaml").unlink()
    repository.write(f"apps/{FILE}", workload(CONFIGURATION).replace("count: 2", "count: 3"))
    out = lint("plan", folder=repository.folder).out
    assert "  apps: not while apps waits for infra, which is removed\n" in out
    assert "nothing below happens while apps waits for infra, which is removed" in out


def test_a_cluster_whose_sync_goes_is_told_once_and_its_file_creates_none(repository: Repository, lint: Lint) -> None:
    path = f"clusters/mgmt/{FILE}"
    repository.commit({"flux/gotk-sync.yaml": f"{GIT}---\n{SYNC}", path: workload(CONFIGURATION)})
    (repository.folder / "flux/gotk-sync.yaml").unlink()
    out = lint("plan", folder=repository.folder).out
    assert "Cluster prod is no longer in what Flux applies" in " ".join(out.split())
    assert "CREATED" not in out


def test_a_paused_cluster_that_goes_is_told_once_and_stops_nothing_else(repository: Repository, lint: Lint) -> None:
    path, pause = f"clusters/mgmt/{FILE}", '  annotations: {anywhere.eks.amazonaws.com/paused: "true"}\n'
    paused = workload(CONFIGURATION).replace("  name: prod\n", f"  name: prod\n{pause}", 1)
    repository.commit({SYNC_FILE: f"{GIT}---\n{SYNC}", path: paused})
    (repository.folder / path).unlink()
    out = lint("plan", folder=repository.folder).out
    assert out.count("Cluster prod is paused, so that it hangs") == 1
    assert "nothing below happens" not in out


def test_nothing_is_said_of_flux_where_there_is_none_or_nothing_happens(repository: Repository, lint: Lint) -> None:
    repository.commit({FILE: CONFIGURATION})
    repository.write(FILE, CONFIGURATION.replace("count: 2", "count: 3"))
    assert "Flux" not in lint("plan", folder=repository.folder).out
    repository.commit({SYNC_FILE: f"{GIT}---\n{SYNC}", f"clusters/mgmt/{FILE}": CONFIGURATION, FILE: ""})
    repository.write(f"clusters/mgmt/{FILE}", CONFIGURATION.replace("  - count: 2\n", "  - count: 2 # two\n"))
    assert "Flux" not in lint("plan", folder=repository.folder).out
