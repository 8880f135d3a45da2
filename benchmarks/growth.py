"""Measures how the time of a pull request grows: with the clusters it changes, and with the fleet around them.

The fleet should cost reading only: a row's time may grow by a tenth of a second for 1,000 clusters more, and a
column's by what its changed clusters cost to parse and to judge.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from run import CannotMeasure, Job, Tools, install, run_once

FLEETS: Final = (100, 1000, 5000)
CHANGES: Final = (1, 10, 100)
BEFORE: Final = "  controlPlaneConfiguration:\n    count: 3"
AFTER: Final = "  controlPlaneConfiguration:\n    count: 5"
PERSON: Final = {
    f"GIT_{role}_{name}": value
    for role in ("AUTHOR", "COMMITTER")
    for name, value in (("NAME", "Ann"), ("EMAIL", "ann@example.org"))
}


def main() -> int:
    options = _options()
    try:
        print(table(measure(options.bench_folder / "make_fleet.py", options.runs)))
    except CannotMeasure as error:
        print(f"benchmarks: not run: {error}", file=sys.stderr)
        return 2
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench-folder", type=Path, required=True, metavar="FOLDER", help="holds make_fleet.py")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="runs of each job (default: 5)")
    return parser.parse_args()


def measure(make_fleet: Path, runs: int) -> Mapping[tuple[int, int], float]:
    """Median seconds by clusters in the fleet and clusters changed."""
    if not make_fleet.is_file():
        raise CannotMeasure(f"{make_fleet} is not there; name its folder with --bench-folder")
    seconds = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tools = install(folder, with_others=False)
        for clusters in FLEETS:
            fleet = folder / f"fleet-{clusters}"
            subprocess.run([sys.executable, make_fleet, fleet, "--clusters", str(clusters)], check=True)
            for changed in CHANGES:
                commit_change(fleet, changed)
            for job, changed in _jobs(tools, fleet):
                run_once(job)
                seconds[clusters, changed] = statistics.median(run_once(job)[0] for _ in range(runs))
    return seconds


def commit_change(fleet: Path, clusters: int) -> None:
    """A branch that scales the control plane of so many clusters."""
    _git(fleet, "switch", "--quiet", "--create", f"change-{clusters}", "main")
    left = clusters
    for file in sorted(fleet.glob("clusters/*/*/eksa-system/eksa-cluster.yaml")):
        text = file.read_text(encoding="utf-8")
        if left and BEFORE in text:
            file.write_text(text.replace(BEFORE, AFTER), encoding="utf-8")
            left -= 1
    if left:
        raise CannotMeasure(f"the fleet has {left} clusters too few to change {clusters}")
    _git(fleet, "commit", "--quiet", "--all", "--message", f"Scale {clusters} control planes")


def table(seconds: Mapping[tuple[int, int], float]) -> str:
    """In Markdown: a row for each fleet, a column for each size of change."""
    lines = [
        f"| clusters in the fleet | {' | '.join(f'{changed} changed' for changed in CHANGES)} |",
        f"|---|{'---|' * len(CHANGES)}",
    ]
    for clusters in FLEETS:
        cells = " | ".join(f"{seconds[clusters, changed]:.3f} s" for changed in CHANGES)
        lines.append(f"| {clusters:,} | {cells} |")
    return "\n".join(lines)


def _jobs(tools: Tools, fleet: Path) -> Iterator[tuple[Job, int]]:
    for changed in CHANGES:
        command = (str(tools.own / "eksa-lint"), "check", "--from", "main", "--to", f"change-{changed}")
        yield Job(f"{changed} changed", fleet, command, runs=1), changed


def _git(fleet: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", fleet, *arguments], check=True, env={**os.environ, **PERSON}, capture_output=True)


if __name__ == "__main__":
    sys.exit(main())
