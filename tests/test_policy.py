"""What a team accepts and who may say so: allowances, suppressions and the policy itself, through the command line.

Days are counted from the clock, with enough room on both sides of midnight; the very day is given to `check`.
"""

import json
import re
import shutil
import subprocess
from datetime import UTC, date, datetime, timedelta

import pytest
from conftest import CODE, PROGRAM, Files, Lint, Repository
from hypothesis import given
from hypothesis import strategies as st

from eksa_lint.allowance import read_resource, spell_resource
from eksa_lint.check import check, load_policy
from eksa_lint.config import BadConfig, read_configuration
from eksa_lint.finding import ResourceName
from eksa_lint.report import FORMATS
from eksa_lint.rules.loader import load_rules

RULES = load_rules()
CONFIG = ".eksa-lint.yaml"
STAGING = "clusters/mgmt/staging"
NAME = "Cluster staging in clusters/mgmt"
CLUSTER = """\
apiVersion: anywhere.eks.amazonaws.com/v1alpha1
kind: Cluster
metadata: {{name: {}}}
spec:
  workerNodeGroupConfigurations:
  - {{name: md-0, count: {}}}
"""
STATE = ("check", "--ignore", "codeowners-gap,gitignore-gap", "--format", "json")
"""A state, without what its repository lacks beside the clusters."""


def day(distance: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=distance)).isoformat()


def allow(
    rule: str = "cluster-deleted", resource: str = NAME, until: str = "9999-12-31", owner: str = "platform-team"
) -> str:
    entry = {"rule": rule, "resource": resource, "reason": "moved to Frankfurt", "owner": owner, "until": until}
    return json.dumps({"allow": [entry]})


@pytest.fixture
def fleet(repository: Repository) -> Repository:
    shutil.copytree(CODE / "examples" / "fleet" / "before", repository.folder, dirs_exist_ok=True)
    repository.commit()
    return repository


def delete(fleet: Repository) -> None:
    fleet.git("rm", "-r", "-q", STAGING)


def test_a_deletion_is_allowed_in_two_steps(fleet: Repository, lint: Lint) -> None:
    delete(fleet)
    run = lint("check", "--staged", folder=fleet.folder)
    assert run.code == 1
    assert f"= allow as: {NAME}\n" in run.out

    # First the allowance, which is a change that a reviewer looks at.
    fleet.git("reset", "-q", "--hard")
    fleet.add({CONFIG: allow(until=day(3))})
    run = lint("check", "--staged", "--format", "json", folder=fleet.folder)
    (finding,) = run.findings
    assert (run.code, finding["rule"], finding["severity"]) == (0, "policy-changed", "warning")
    allowance = fleet.commit()

    # While it waits for its change, nobody is bothered.
    assert lint(*STATE, folder=fleet.folder).rules == []

    # Then the deletion, with which the allowance can go.
    delete(fleet)
    fleet.git("rm", "-q", CONFIG)
    assert lint("check", "--hook", folder=fleet.folder).code == 0
    fleet.commit()
    run = lint("check", "--from", allowance, "--to", "HEAD", "--format", "json", folder=fleet.folder)
    found = {finding["rule"]: finding for finding in run.findings}
    assert (run.code, set(found)) == (0, {"cluster-deleted", "policy-changed"})
    assert found["cluster-deleted"]["suppressed"] == {
        "by": "allowance",
        "reason": "moved to Frankfurt",
        "owner": "platform-team",
        "until": day(3),
    }
    assert found["policy-changed"]["severity"] == "note"
    assert lint(*STATE, folder=fleet.folder).rules == []


def test_what_is_allowed_by_whom_and_until_when_is_in_every_format(fleet: Repository, lint: Lint) -> None:
    fleet.commit({CONFIG: allow()})
    delete(fleet)
    for name in FORMATS:
        run = lint("check", "--staged", "--format", name, folder=fleet.folder)
        assert run.code == 0
        text = re.sub(r"&#(\d+);", lambda match: chr(int(match[1])), run.out)
        assert "Cluster staging is deleted with its 9 machines" in text, name
        for part in ("platform-team", "9999-12-31", "moved to Frankfurt"):
            assert part in text, name


@pytest.mark.parametrize("choice", ["staged", "range"])
def test_a_change_cannot_allow_itself(choice: str, fleet: Repository, lint: Lint) -> None:
    before = fleet.git("rev-parse", "HEAD")
    fleet.add({CONFIG: allow()})
    if choice == "range":
        fleet.commit()
    delete(fleet)
    arguments: tuple[str, ...] = ("--staged",)
    if choice == "range":
        fleet.commit()
        arguments = ("--from", before, "--to", "HEAD")
    run = lint("check", *arguments, "--format", "json", folder=fleet.folder)
    assert run.code == 1
    assert {finding["rule"]: finding["suppressed"] for finding in run.findings} == {
        "cluster-deleted": None,
        "policy-changed": None,
    }


@pytest.mark.parametrize(
    ("rule", "resource"),
    [
        ("cluster-deleted", "Cluster staging"),
        ("cluster-deleted", "Cluster staging in clusters"),
        ("cluster-deleted", "Cluster eksa-system/staging in clusters/mgmt"),
        ("cluster-deleted", "Cluster stagin in clusters/mgmt"),
        ("cluster-deleted", "Cluster prod-eu in clusters/mgmt"),
        ("cluster-deleted", "Cluster.cluster.x-k8s.io staging in clusters/mgmt"),
        ("cluster-deleted", "Cluster. staging in clusters/mgmt"),
        ("cluster-deleted", "VSphereDatacenterConfig staging in clusters/mgmt"),
        ("scale-to-zero", NAME),
    ],
)
def test_an_allowance_is_for_one_rule_and_one_resource(rule: str, resource: str, fleet: Repository, lint: Lint) -> None:
    fleet.commit({CONFIG: allow(rule, resource)})
    delete(fleet)
    run = lint("check", "--staged", "--format", "json", folder=fleet.folder)
    assert run.code == 1
    assert [finding["suppressed"] for finding in run.findings] == [None]


@pytest.mark.parametrize(
    "resource",
    [
        NAME,
        "Cluster default/staging in clusters/mgmt",
        "Cluster.anywhere.eks.amazonaws.com staging in clusters/mgmt",
    ],
)
def test_what_is_left_out_may_be_said_too(resource: str, fleet: Repository, lint: Lint) -> None:
    fleet.commit({CONFIG: allow(resource=resource)})
    delete(fleet)
    assert lint("check", "--staged", folder=fleet.folder).code == 0


def test_a_resource_in_no_sync_root_needs_only_its_name(repository: Repository, lint: Lint) -> None:
    repository.commit({"a.yaml": CLUSTER.format("prod", 3), CONFIG: allow("scale-to-zero", "Cluster prod")})
    repository.add({"a.yaml": CLUSTER.format("prod", 0)})
    assert lint("check", "--staged", folder=repository.folder).code == 0


@pytest.mark.parametrize(
    ("today", "is_allowed"), [("2026-02-27", True), ("2026-02-28", True), ("2026-03-01", False), ("2030-01-01", False)]
)
def test_the_last_day_is_a_day_of_it(today: str, is_allowed: bool) -> None:
    before = Files({"a.yaml": CLUSTER.format("prod", 3), CONFIG: allow(resource="Cluster prod", until="2026-02-28")})
    after = Files({CONFIG: before.texts[CONFIG]})
    report = check(before, after, load_policy(before, RULES), RULES, today=date.fromisoformat(today))
    counted = {finding.rule for finding in report.counted()}
    assert counted == (set() if is_allowed else {"cluster-deleted", "allowance-expired"})


def test_an_allowance_that_has_ended_allows_nothing_and_is_told(fleet: Repository, lint: Lint) -> None:
    fleet.commit({CONFIG: allow(until=day(-2))})
    run = lint(*STATE, folder=fleet.folder)
    assert (run.code, run.rules) == (0, ["allowance-expired"])
    # A change that has nothing to do with it is not told of it.
    fleet.add({"notes.yaml": "a: 1\n"})
    assert lint("check", "--staged", "--format", "json", folder=fleet.folder).rules == []
    delete(fleet)
    run = lint("check", "--staged", "--format", "json", folder=fleet.folder)
    assert (run.code, sorted(run.rules)) == (1, ["allowance-expired", "cluster-deleted"])


def test_what_is_left_over_of_a_deletion_is_told_where_the_state_is_judged(fleet: Repository, lint: Lint) -> None:
    fleet.commit({CONFIG: allow()})
    delete(fleet)
    run = lint("check", "--staged", "--format", "json", folder=fleet.folder)
    assert run.rules == ["cluster-deleted"]
    fleet.commit()
    (finding,) = lint(*STATE, folder=fleet.folder).findings
    assert (finding["rule"], finding["severity"], finding["path"]) == ("allowance-unused", "warning", CONFIG)
    assert finding["message"] == f"there is no {NAME} (any more)"
    # Neither a change nor a part of the tree is asked.
    fleet.add({"notes.yaml": "a: 1\n"})
    assert lint("check", "--staged", "--format", "json", folder=fleet.folder).rules == []


def test_an_allowance_that_is_spelled_wrong_is_told_when_it_is_added(fleet: Repository, lint: Lint) -> None:
    spelled = ("Cluster staging", "Cluster stagin", "Cluster staging in clusters/other")
    fleet.add({CONFIG: "allow:\n" + "\n".join(f"- {entry}" for entry in entries(*spelled))})
    run = lint("check", "--staged", "--format", "json", folder=fleet.folder)
    told = [(finding["line"], finding["message"]) for finding in run.findings if finding["rule"] == "allowance-unused"]
    assert told == [
        (2, f"there is no Cluster staging; did you mean {NAME}?"),
        (3, "there is no Cluster stagin (any more)"),
        (4, "there is no Cluster staging in clusters/other (any more)"),
    ]


def entries(*resources: str) -> list[str]:
    return [json.dumps(json.loads(allow(resource=resource))["allow"][0]) for resource in resources]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"until": "soon"}, "6:10: until 'soon' must be written like 2026-12-31"),
        ({"until": "2026-02-30"}, "6:10: until '2026-02-30' must be written like 2026-12-31"),
        ({"until": "20261231"}, "6:10: until 20261231 must be written like 2026-12-31"),
        ({"until": "2026-W53-4"}, "6:10: until '2026-W53-4' must be written like 2026-12-31"),
        ({"resource": "staging"}, "3:13: resource 'staging' must be written like Cluster prod or .*"),
        ({"resource": "Cluster *"}, r"3:13: resource 'Cluster \*' must be written like .*"),
        ({"resource": "Cluster a/b/c"}, "3:13: resource 'Cluster a/b/c' must be written like .*"),
        ({"resource": "Cluster prod eu"}, "3:13: resource 'Cluster prod eu' must be written like .*"),
        ({"reason": "''"}, "4:11: reason '' must be written like .*"),
        ({"owner": "' '"}, "5:10: owner ' ' must be written like platform-team"),
        ({"owner": "[a, b]"}, r"5:3: owner \['a', 'b'\] must be written like platform-team"),
        ({"rule": "cluster-delete"}, r'2:9: rule "cluster-delete" does not exist; did you mean cluster-deleted\?'),
        ({"rule": "cluster-*"}, r"2:9: rule 'cluster-\*' must be written like cluster-deleted"),
        ({"untill": "2026-12-31"}, r"7:3: there is no setting untill; did you mean until\?"),
    ],
)
def test_an_entry_that_is_wrong_is_told_with_its_place(
    entry: dict[str, str], message: str, fleet: Repository, lint: Lint
) -> None:
    right = {"rule": "cluster-deleted", "resource": NAME, "reason": "moved", "owner": "platform", "until": "2026-12-31"}
    text = "".join(f"  {key}: {value}\n" for key, value in {**right, **entry}.items())
    fleet.write(CONFIG, f"allow:\n- {text.lstrip()}")
    run = lint("check", folder=fleet.folder)
    assert (run.code, run.out) == (2, "")
    assert re.fullmatch(rf"eksa-lint: \.eksa-lint\.yaml:{message}\n", run.err), run.err


@pytest.mark.parametrize("missing", ["rule", "resource", "reason", "owner", "until"])
def test_an_entry_must_say_everything(missing: str, fleet: Repository, lint: Lint) -> None:
    entry = json.loads(allow())["allow"][0]
    del entry[missing]
    fleet.write(CONFIG, json.dumps({"allow": [entry]}))
    run = lint("check", folder=fleet.folder)
    assert (run.code, run.err) == (2, f"eksa-lint: .eksa-lint.yaml:1:12: {missing} is missing\n")


def test_a_day_needs_no_quotes(fleet: Repository, lint: Lint) -> None:
    entry = "rule: cluster-deleted, owner: a, reason: moved, until: 9999-12-31"
    fleet.commit({CONFIG: f"allow: [{{{entry}, resource: {NAME}}}]\n"})
    delete(fleet)
    assert lint("check", "--staged", folder=fleet.folder).code == 0


def test_what_explain_shows_can_be_pasted(fleet: Repository, lint: Lint) -> None:
    run = lint("explain", "cluster-deleted", folder=fleet.folder)
    _, _, rest = run.out.partition("Allow it once, in .eksa-lint.yaml, merged before the change:\n")
    pasted, _, _ = rest.partition("\n\n")
    fleet.commit({CONFIG: pasted.replace("Cluster prod ", f"{NAME} ") + "\n"})
    delete(fleet)
    assert lint("check", "--staged", folder=fleet.folder).code == 0


NAMES = st.text("ab-.:/ *…é\n", min_size=1, max_size=6)
RESOURCES = st.builds(
    ResourceName,
    root=st.sampled_from(["", ".", "clusters/mgmt", "a in b", " a", "a\nb"]),
    group=st.sampled_from(["anywhere.eks.amazonaws.com", "", "rbac.authorization.k8s.io", "X"]),
    kind=st.sampled_from(["Cluster", "Secret", "ClusterRole", "Role", "A B", ""]),
    namespace=st.sampled_from(["", "default", "eksa-system", "a/b", "in"]) | NAMES,
    name=st.sampled_from(["prod", "in", "prod in clusters/mgmt"]) | NAMES,
)


@given(RESOURCES)
def test_no_two_resources_are_spelled_alike(resource: ResourceName) -> None:
    spelled = spell_resource(resource)
    assert spelled is None or read_resource(spelled) == resource


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=4)
    | st.sampled_from([NAME, "9999-12-31"]),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=3), below, max_size=3),
    max_leaves=6,
)
SETTINGS = ("rule", "resource", "reason", "owner", "until")


@given(st.one_of(ANYTHING, st.lists(st.dictionaries(st.sampled_from(SETTINGS), ANYTHING))))
def test_whatever_stands_there_is_used_or_told(entries: object) -> None:
    content = json.dumps({"allow": entries}).encode()
    told = used = ""
    try:
        used = repr(read_configuration(content, RULES).policy.allowances)
    except BadConfig as error:
        told = str(error)
    assert used or re.match(r"\.eksa-lint\.yaml:\d+:\d+: .", told)


COMMENT = "# eksa-lint: ignore[scale-to-zero] nothing runs on it"


def commented(count: int, comment: str = f"  {COMMENT}") -> str:
    return f"{CLUSTER.format('prod', count).rstrip()}{comment}\n"


@pytest.mark.parametrize("choice", ["staged", "range"])
def test_a_comment_of_the_change_silences_no_error(choice: str, repository: Repository, lint: Lint) -> None:
    before = repository.commit({"a.yaml": commented(3, "")})
    repository.add({"a.yaml": commented(0)})
    arguments: tuple[str, ...] = ("--staged",)
    if choice == "range":
        repository.commit()
        arguments = ("--from", before, "--to", "HEAD")
    run = lint("check", *arguments, "--format", "json", folder=repository.folder)
    found = {finding["rule"]: (finding["line"], finding["suppressed"]) for finding in run.findings}
    assert (run.code, found) == (1, {"scale-to-zero": (6, None), "suppression-added": (6, None)})


def test_a_comment_that_was_merged_first_silences_an_error(repository: Repository, lint: Lint) -> None:
    repository.commit({"a.yaml": commented(3, "")})
    repository.add({"a.yaml": commented(3)})
    run = lint("check", "--staged", "--format", "json", folder=repository.folder)
    assert (run.code, run.rules) == (0, ["suppression-added"])
    repository.commit()
    # The file moves and grows, and the comment with its field.
    repository.git("rm", "-q", "a.yaml")
    repository.add({"b.yaml": f"# Berlin\n{commented(0)}"})
    run = lint("check", "--staged", "--format", "json", folder=repository.folder)
    assert (run.code, run.rules) == (0, ["scale-to-zero"])


def test_a_comment_in_a_file_that_does_not_change_silences_what_a_change_elsewhere_does(
    repository: Repository, lint: Lint
) -> None:
    iam = "apiVersion: anywhere.eks.amazonaws.com/v1alpha1\nkind: AWSIamConfig\nmetadata: {name: prod}\n"
    comment = "# eksa-lint: ignore[dangling-reference] made by another repository"
    reference = f"spec:\n  identityProviderRefs:\n  - kind: AWSIamConfig\n    name: prod  {comment}\n"
    repository.commit({"iam.yaml": iam, "a.yaml": CLUSTER.format("prod", 3).partition("spec:")[0] + reference})
    repository.git("rm", "-q", "iam.yaml")
    run = lint("check", "--staged", "--select", "dangling-reference", "--format", "json", folder=repository.folder)
    (finding,) = run.findings
    assert (finding["rule"], finding["path"], finding["suppressed"]["by"]) == (
        "dangling-reference",
        "a.yaml",
        "comment",
    )


def test_a_comment_of_the_change_silences_a_warning(repository: Repository, lint: Lint) -> None:
    comment = "  # eksa-lint: ignore[scale-down] fewer are enough"
    repository.commit({"a.yaml": commented(9, "")})
    repository.add({"a.yaml": commented(3, comment)})
    run = lint("check", "--staged", "--format", "json", folder=repository.folder)
    counted = [finding["rule"] for finding in run.findings if finding["suppressed"] is None]
    assert counted == ["suppression-added"]
    assert "scale-down" in run.rules


def test_the_bell_cannot_be_muffled(repository: Repository, lint: Lint) -> None:
    repository.commit({"a.yaml": "a: 1\n"})
    repository.add(
        {
            CONFIG: "ignore: [duplicate-key]  # eksa-lint: ignore[policy-changed, suppression-added] it is nothing\n",
            "a.yaml": "a: 1\n# eksa-lint: ignore[duplicate-key, suppression-added] it is nothing\na: 2\n",
        }
    )
    run = lint("check", "--staged", "--format", "json", folder=repository.folder)
    counted = sorted((finding["rule"], finding["path"]) for finding in run.findings if not finding["suppressed"])
    assert run.code == 1
    assert counted == [
        ("duplicate-key", "a.yaml"),
        ("policy-changed", CONFIG),
        ("suppression-added", CONFIG),
        ("suppression-added", "a.yaml"),
    ]


def test_the_first_commit_brings_its_policy_with_it(repository: Repository, lint: Lint) -> None:
    text = "a: 1\na: 2  # eksa-lint: ignore[duplicate-key] both are meant\n"
    repository.add({"a.yaml": text, "b.yaml": "b: 1\nb: 2\n", CONFIG: "severity: {duplicate-key: warning}\n"})
    run = lint("check", "--staged", "--format", "json", folder=repository.folder)
    assert run.code == 0
    assert [(finding["severity"], finding["suppressed"] is None) for finding in run.findings] == [
        ("warning", False),
        ("warning", True),
    ]


def test_an_imported_schema_is_policy_too(repository: Repository, lint: Lint) -> None:
    path = ".eksa-lint/schemas/Widget.example.org/v1.json"
    repository.commit({path: "{}"})
    repository.add({path: '{"type": "object"}'})
    run = lint("check", "--staged", "--format", "json", folder=repository.folder)
    (finding,) = run.findings
    assert (finding["rule"], finding["path"]) == ("policy-changed", path)
    assert finding["message"] == "the schema that Widget is held against is another one"


def test_a_commit_of_a_team_without_a_policy_imports_none_of_this(fleet: Repository) -> None:
    file = f"{STAGING}/eksa-system/eksa-cluster.yaml"
    fleet.add({file: (fleet.folder / file).read_text() + "# a comment\n"})
    program = PROGRAM[-1].replace("sys.exit(main())", "main(['check', '--staged']); print(sorted(sys.modules))")
    done = subprocess.run([*PROGRAM[:-1], program], cwd=fleet.folder, capture_output=True, text=True, check=True)
    assert "'eksa_lint.rules.suppress'" in done.stdout
    for name in ("allowance", "baseline", "rules.accepted", "rules.added_comments", "rules.policy_changes"):
        assert f"'eksa_lint.{name}'" not in done.stdout
