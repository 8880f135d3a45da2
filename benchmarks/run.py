"""Measures eksa-lint as users get it: the wheel, in an environment of its own, on a made-up fleet.

Budgets are those of the design. Machines differ and are noisy, so other tools run in turn with eksa-lint on
the same files, and the table shows medians and how many times as long the others took.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
CLUSTER_SCHEMA: Final = ROOT / "schemas/eks-anywhere/Cluster/v0.24.json"
FEWEST: Final = 4
"""Clusters; the branch `change` touches three, and one must stay."""
CHANGED: Final = "clusters/mgmt-0000/work-00001/eksa-system/eksa-cluster.yaml"
MEGABYTE: Final = 1024 if sys.platform != "darwin" else 1024 * 1024
"""What `ru_maxrss` counts in, of a megabyte."""


class CannotMeasure(Exception):
    """Why there is nothing to print."""


@dataclass(frozen=True, slots=True)
class Job:
    """A command to run in a folder, and what it may take."""

    name: str
    folder: Path
    command: tuple[str, ...]
    runs: int
    seconds: float | None = None
    megabytes: float | None = None
    others: tuple[tuple[str, ...], ...] = ()
    """Jobs that do something like it; a group is needed together."""


@dataclass(slots=True)
class Runs:
    """What the runs of one job took."""

    seconds: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Other:
    """What others took for the same, and how many times as long that is."""

    name: str
    seconds: float
    times: float


@dataclass(frozen=True, slots=True)
class Row:
    job: str
    runs: int
    seconds: float
    fastest: float
    megabytes: float
    budget_seconds: float | None
    budget_megabytes: float | None
    others: tuple[Other, ...]

    @property
    def is_over(self) -> bool:
        return _exceeds(self.seconds, self.budget_seconds) or _exceeds(self.megabytes, self.budget_megabytes)

    @property
    def has_budget(self) -> bool:
        return self.budget_seconds is not None


@dataclass(frozen=True, slots=True)
class Tools:
    """Where the programs are: eksa-lint alone in one environment, the others together in a second."""

    own: Path
    others: Path


def main() -> int:
    options = _options()
    try:
        rows = measure(options)
    except CannotMeasure as error:
        print(f"benchmarks: not run: {error}", file=sys.stderr)
        return 2
    print(table(rows))
    if options.json:
        content = {
            "clusters": options.clusters,
            "rows": [{**asdict(row), "over": row.is_over} for row in rows],
        }
        options.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return 1 if options.strict and any(row.is_over for row in rows) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench-folder", type=Path, required=True, metavar="FOLDER", help="holds make_fleet.py")
    parser.add_argument("--corpus", type=Path, metavar="FOLDER", help="files to search for secrets, beside the fleet")
    parser.add_argument("--clusters", type=int, default=1000, metavar="N", help="size of the fleet (default: 1000)")
    parser.add_argument("--runs", type=int, default=7, metavar="N", help="runs of each job (default: 7)")
    parser.add_argument("--slow-runs", type=int, default=1, metavar="N", help="of tools that take long (default: 1)")
    parser.add_argument("--alone", action="store_true", help="without the other tools")
    parser.add_argument("--strict", action="store_true", help="exit 1 where a budget is exceeded")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows to a file too")
    return parser.parse_args()


def measure(options: argparse.Namespace) -> list[Row]:
    make_fleet = options.bench_folder / "make_fleet.py"
    if not make_fleet.is_file():
        raise CannotMeasure(f"{options.bench_folder} holds no make_fleet.py; name its folder with --bench-folder")
    if options.clusters < FEWEST:
        raise CannotMeasure(f"a fleet needs {FEWEST} clusters; give more with --clusters")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tools = install(folder, with_others=not options.alone)
        fleet = make(make_fleet, folder / "fleet", options.clusters)
        jobs = own_jobs(tools, fleet, options.runs)
        if not options.alone:
            jobs += other_jobs(tools, fleet, single_document(fleet, folder), options)
        if options.corpus:
            jobs += corpus_jobs(tools, committed(options.corpus, folder / "corpus"), options)
        taken = run_in_turn(jobs)
        return [row(job, taken) for job in jobs if job.name not in _compared_with(jobs)]


def install(folder: Path, *, with_others: bool) -> Tools:
    """Build the wheel and install it as pip does, which compiles it."""
    tools = Tools(folder / "own" / "bin", folder / "others" / "bin")
    _venv(tools.own.parent)
    _run(tools.own / "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT)
    _run(tools.own / "pip", "install", "--quiet", *folder.glob("*.whl"))
    if with_others:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        detect_secrets = [name for name in project["project"]["dependencies"] if name.startswith("detect-secrets")]
        _venv(tools.others.parent)
        _run(
            tools.others / "pip",
            "install",
            "--quiet",
            *project["dependency-groups"]["bench"],
            *detect_secrets,
        )
    return tools


def make(make_fleet: Path, fleet: Path, clusters: int) -> Path:
    """The fleet on `main` with one changed file staged; its branch `change` changes three clusters."""
    _run(sys.executable, make_fleet, fleet, "--clusters", str(clusters), "--branch-with-danger")
    file = fleet / CHANGED
    control_plane = "  controlPlaneConfiguration:\n    count: "
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(f"{control_plane}3", f"{control_plane}5"), encoding="utf-8")
    _run("git", "-C", fleet, "add", CHANGED)
    return fleet


def committed(corpus: Path, repository: Path) -> Path:
    """The files of a folder in a repository of their own: the other tool reads only what Git knows."""
    shutil.copytree(corpus, repository)
    identity = ("-c", "user.name=Bench", "-c", "user.email=bench@example.org")
    _run("git", "init", "--quiet", repository)
    _run("git", "-C", repository, "add", "--all")
    _run("git", "-C", repository, *identity, "commit", "--quiet", "--message", "The corpus")
    return repository


def single_document(fleet: Path, folder: Path) -> Path:
    """The Cluster of the changed file alone: check-jsonschema reads no file of several documents."""
    file = folder / "cluster.yaml"
    cluster, _, _ = (fleet / CHANGED).read_text(encoding="utf-8").partition("---\n")
    file.write_text(cluster, encoding="utf-8")
    return file


def own_jobs(tools: Tools, fleet: Path, runs: int) -> list[Job]:
    lint = str(tools.own / "eksa-lint")
    hook_others = (("check-jsonschema", "detect-secrets-hook"),)
    fleet_others = (("detect-secrets scan",), ("yamllint",))
    return [
        Job("start (--version)", fleet, (lint, "--version"), runs, others=(("python -c pass",),)),
        Job("one staged file (--hook)", fleet, (lint, "check", "--hook"), runs, 0.25, others=hook_others),
        Job("pull request, 3 clusters", fleet, (lint, "check", "--from", "main", "--to", "change"), runs, 0.5),
        Job("whole fleet", fleet, (lint, "check"), runs, 3, 300, others=fleet_others),
        Job("whole fleet, only parsed", fleet, (lint, "check", "--select", "yaml-syntax"), runs),
        Job("secrets of the fleet", fleet, (lint, "check", "--select", "leaks"), runs, others=fleet_others[:1]),
        Job("python -c pass", fleet, (str(tools.own / "python"), "-I", "-c", "pass"), runs),
    ]


def corpus_jobs(tools: Tools, corpus: Path, options: argparse.Namespace) -> list[Job]:
    search = (str(tools.own / "eksa-lint"), "check", "--select", "leaks")
    jobs = [Job("secrets of the corpus", corpus, search, options.runs, others=(("detect-secrets scan, corpus",),))]
    if not options.alone:
        scan = (str(tools.others / "detect-secrets"), "scan", "--no-verify")
        jobs.append(Job("detect-secrets scan, corpus", corpus, scan, options.slow_runs))
    return jobs


def other_jobs(tools: Tools, fleet: Path, cluster: Path, options: argparse.Namespace) -> list[Job]:
    def program(name: str) -> str:
        return str(tools.others / name)

    runs, slow_runs = options.runs, options.slow_runs
    schema = ("--schemafile", str(CLUSTER_SCHEMA))
    return [
        Job("check-jsonschema", fleet, (program("check-jsonschema"), *schema, str(cluster)), runs),
        Job("detect-secrets-hook", fleet, (program("detect-secrets-hook"), "--no-verify", CHANGED), runs),
        Job("detect-secrets scan", fleet, (program("detect-secrets"), "scan", "--no-verify"), slow_runs),
        Job("yamllint", fleet, (program("yamllint"), "--format", "parsable", "."), slow_runs),
    ]


def run_in_turn(jobs: Sequence[Job]) -> Mapping[str, Runs]:
    """One run of each job after the other, so that a busy minute of the machine falls on all of them.

    The first round only warms the caches of the file system, and leaves slow tools out.
    """
    taken = {job.name: Runs() for job in jobs}
    for turn in range(-1, max(job.runs for job in jobs)):
        for job in jobs:
            if turn == -1 and job.runs > 1:
                run_once(job)
            elif 0 <= turn < job.runs:
                seconds, megabytes = run_once(job)
                taken[job.name].seconds.append(seconds)
                taken[job.name].megabytes.append(megabytes)
    return taken


def run_once(job: Job) -> tuple[float, float]:
    """Seconds, and the largest resident memory in megabytes, of a process and those that it waited for."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "GIT_"))}
    actions = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in (0, 1, 2)]
    here = Path.cwd()
    os.chdir(job.folder)
    try:
        started = time.perf_counter()
        child = os.posix_spawn(job.command[0], job.command, environment, file_actions=actions)
        _, status, usage = os.wait4(child, 0)
        seconds = time.perf_counter() - started
    finally:
        os.chdir(here)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 1):  # 1: it found something
        raise CannotMeasure(f"{job.name} ended with {code}; run it by hand: {' '.join(job.command)}")
    return seconds, usage.ru_maxrss / MEGABYTE


def row(job: Job, taken: Mapping[str, Runs]) -> Row:
    runs = taken[job.name]
    seconds = statistics.median(runs.seconds)
    others = []
    for group in job.others:
        if all(name in taken for name in group):
            together = sum(statistics.median(taken[name].seconds) for name in group)
            others.append(Other(" + ".join(group), together, together / seconds))
    return Row(
        job=job.name,
        runs=len(runs.seconds),
        seconds=seconds,
        fastest=min(runs.seconds),
        megabytes=statistics.median(runs.megabytes),
        budget_seconds=job.seconds,
        budget_megabytes=job.megabytes,
        others=tuple(others),
    )


def table(rows: Iterable[Row]) -> str:
    """In Markdown, so that it can be kept as it is."""
    lines = [
        "| job | median | fastest | memory | budget | | others, and how many times as long |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in rows:
        budget = " ".join(
            f"{value:g} {unit}"
            for value, unit in ((one.budget_seconds, "s"), (one.budget_megabytes, "MB"))
            if value is not None
        )
        verdict = ("over" if one.is_over else "ok") if one.has_budget else ""
        others = "; ".join(f"{other.name} {other.seconds:.3g} s, {other.times:.1f} times" for other in one.others)
        numbers = f"{one.seconds:.3f} s | {one.fastest:.3f} s | {one.megabytes:.0f} MB"
        lines.append(f"| {one.job} | {numbers} | {budget} | {verdict} | {others} |")
    return "\n".join(lines)


def _compared_with(jobs: Iterable[Job]) -> set[str]:
    return {name for job in jobs for group in job.others for name in group}


def _exceeds(value: float, budget: float | None) -> bool:
    return budget is not None and value > budget


def _venv(folder: Path) -> None:
    _run(sys.executable, "-m", "venv", folder)


def _run(*command: str | Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run([str(word) for word in command], env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CannotMeasure(f"{Path(command[0]).name} failed:\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    sys.exit(main())
