"""A large state is judged by two processes, and the report is the one that one process gives."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import CODE, PROGRAM

CLUSTERS = 340  # with three objects each, just enough for a second process
CLUSTER = """\
apiVersion: anywhere.eks.amazonaws.com/v1alpha1
kind: Cluster
metadata: {{name: prod-{number}, namespace: default}}
spec:
  kubernetesVersion: {version}
  controlPlaneConfiguration:
    count: 3  # eksa-lint: ignore[even-members] never found
    endpoint: {{host: 192.168.{number}.300}}
    machineGroupRef: {{kind: VSphereMachineConfig, name: nobody}}
  datacenterRef: {{kind: VSphereDatacenterConfig, name: prod-{number}}}
  workerNodeGroupConfigurations: [{{name: md-0, count: 0}}]
---
apiVersion: anywhere.eks.amazonaws.com/v1alpha1
kind: AWSIamConfig
metadata: {{name: prod-{number}}}
spec:
  mapRoles: [{{roleARN: "arn:aws:iam::{number:012}:role/a/b", username: x, groups: ["system:masters"]}}]
---
apiVersion: v1
kind: Secret
metadata: {{name: pass-{number}}}
stringData: {{password: {password}}}
"""
WITH_PROCESSORS = """\
import os, sys
os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:{processors}]))
os.fork = lambda fork=os.fork: print("forked", file=sys.stderr) or fork()
"""
LINUX_WITH_TWO = sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1
needs_two = pytest.mark.skipif(not LINUX_WITH_TWO, reason="one processor, or not Linux: nothing is split")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many")
    for number in range(CLUSTERS):
        version = '"1.30"' if number % 3 else "1.30"
        password = f"{number}-{os.urandom(12).hex()}"
        text = CLUSTER.format(number=number, version=version, password=password)
        (folder / f"prod-{number}.yaml").write_text(text)
    return folder


def check(folder: Path, processors: int, extra: str = "") -> tuple[dict[str, object], str]:
    prepare = WITH_PROCESSORS.format(processors=processors) + extra
    program = [*PROGRAM[:-1], prepare + PROGRAM[-1], "check", "--format", "json"]
    done = subprocess.run(program, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    report = json.loads(done.stdout)
    report.pop("seconds", None)
    return report, done.stderr


@pytest.fixture(scope="module")
def alone(folder: Path) -> dict[str, object]:
    """What one process finds."""
    report, told = check(folder, 1)
    assert told == ""
    return report


@needs_two
def test_two_processes_find_what_one_finds(folder: Path, alone: dict[str, object]) -> None:
    assert len(alone["findings"]) > 4 * CLUSTERS  # type: ignore[arg-type]
    assert check(folder, 2) == (alone, "forked\n")


@needs_two
def test_what_the_other_process_cannot_do_is_done_here(folder: Path, alone: dict[str, object]) -> None:
    sabotage = f"""
sys.path.insert(0, {str(CODE)!r})
from eksa_lint.rules.engine import Engine
first, judge = os.getpid(), Engine.judge_resource
def judge_here(self, resource):
    if os.getpid() != first:
        raise MemoryError
    return judge(self, resource)
Engine.judge_resource = judge_here
"""
    assert check(folder, 2, sabotage) == (alone, "forked\n")
