"""When hygiene is told: of whole repositories with clusters, and of a change that is about it."""

from pathlib import Path

import pytest
from conftest import Lint, Repository

CLUSTER = "apiVersion: anywhere.eks.amazonaws.com/v1alpha1\nkind: Cluster\nmetadata: {name: prod}\nspec: {}\n"
IGNORED = """\
*.kubeconfig
eks-a-id_rsa*
generated/
hardware*.csv
*.env
support-bundle*
eksa-cli-logs/
*-backup-*/
certificate_backup_*/
*.agekey
*.tfstate*
"""
RULES = ("gitignore-gap", "codeowners-gap")
SELECT = ("--select", ",".join(RULES), "--format", "json")


def test_a_repository_with_clusters_is_told_both_and_both_are_notes(repository: Repository, lint: Lint) -> None:
    repository.commit({"clusters/prod.yaml": CLUSTER})
    run = lint("check", *SELECT, folder=repository.folder)
    assert sorted(run.rules) == sorted(RULES)
    assert {(found["severity"], found["path"], found["line"]) for found in run.findings} == {
        ("note", "clusters/prod.yaml", 3)
    }


def test_without_clusters_nothing_is_told(repository: Repository, lint: Lint) -> None:
    repository.commit({"a.yaml": "a: 1\n", ".gitignore": "x\n", "CODEOWNERS": "/docs @ann\n"})
    assert lint("check", *SELECT, folder=repository.folder).rules == []


def test_a_loose_folder_and_chosen_files_are_no_repository(repository: Repository, tmp_path: Path, lint: Lint) -> None:
    repository.commit({"clusters/prod.yaml": CLUSTER})
    assert lint("check", "clusters/prod.yaml", *SELECT, folder=repository.folder).rules == []
    (tmp_path / "loose").mkdir()
    (tmp_path / "loose" / "prod.yaml").write_text(CLUSTER)
    assert lint("check", *SELECT, folder=tmp_path / "loose").rules == []


@pytest.mark.parametrize(
    ("files", "rules"),
    [
        ({"clusters/prod.yaml": CLUSTER.replace("prod", "dev")}, []),
        ({".gitignore": "*.log\n# more\n"}, ["gitignore-gap"]),
        ({"CODEOWNERS": "/docs @ann\n"}, ["codeowners-gap"]),
    ],
)
def test_a_change_is_told_what_it_is_about(
    files: dict[str, str], rules: list[str], repository: Repository, lint: Lint
) -> None:
    repository.commit({"clusters/prod.yaml": CLUSTER, ".gitignore": IGNORED})
    repository.add(files)
    assert lint("check", "--staged", *SELECT, folder=repository.folder).rules == rules


def test_a_file_that_goes_is_told_where_the_clusters_are(repository: Repository, lint: Lint) -> None:
    repository.commit(
        {"clusters/prod.yaml": CLUSTER, ".gitignore": IGNORED, "docs/CODEOWNERS": "* @ops\n", "a.md": "a"}
    )
    (repository.folder / "a.md").unlink()
    repository.add()
    assert lint("check", "--staged", *SELECT, folder=repository.folder).rules == []
    (repository.folder / "docs/CODEOWNERS").unlink()
    repository.add()
    run = lint("check", "--staged", *SELECT, folder=repository.folder)
    assert [(found["rule"], found["path"], found["line"]) for found in run.findings] == [
        ("codeowners-gap", "clusters/prod.yaml", 3)
    ]
