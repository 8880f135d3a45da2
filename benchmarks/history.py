"""Writes a repository with a long history, for measuring `eksa-lint audit`.

    history.py OUT --bench-folder FOLDER [--clusters 100] [--commits 2000] [--wide 200] [--seed 1]

FOLDER holds `make_fleet.py`, which makes the first commit. Every other commit is what a platform team does in a day:
mostly one cluster scaled or resized, now and then a document, and seldom something dangerous. Every `--wide`th commit
touches every cluster. Same arguments, same commits.
"""

import argparse
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, TypeAlias

Files: TypeAlias = dict[str, str]
Edit: TypeAlias = Callable[[random.Random, str], str]

_FIRST_SECOND: Final = 1_767_225_600
"""2026-01-01T00:00:00Z."""
_DAY: Final = 86_400
_COUNT: Final = re.compile(r"^  - count: \d+$", re.MULTILINE)
_REVISION: Final = re.compile(r"^# revision \d+\n", re.MULTILINE)
_SIZE: Final = re.compile(r"^  memoryMiB: \d+$", re.MULTILINE)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", metavar="OUT", type=Path)
    parser.add_argument("--bench-folder", type=Path, required=True, metavar="FOLDER", help="holds make_fleet.py")
    parser.add_argument("--clusters", type=int, default=100, metavar="N")
    parser.add_argument("--commits", type=int, default=2000, metavar="N")
    parser.add_argument("--wide", type=int, default=200, metavar="N", help="every Nth commit touches all clusters")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    make_fleet = options.bench_folder / "make_fleet.py"
    subprocess.run([sys.executable, make_fleet, options.out, "--clusters", str(options.clusters)], check=True)
    stream = "".join(commits(_files(options.out), options.commits - 1, options.wide, random.Random(options.seed)))
    _git(options.out, "fast-import", "--quiet", standard_input=stream)
    _git(options.out, "reset", "-q", "--hard")
    return 0


def commits(files: Files, number: int, wide: int, source: random.Random) -> Iterator[str]:
    """The commits that follow the first one, as `git fast-import` reads them."""
    removed: Files = {}
    for index in range(1, number + 1):
        before = dict(files)
        subject = _wide(files, index) if index % wide == 0 else _narrow(files, removed, source, index)
        yield _commit(subject, index, before, files)


def _wide(files: Files, index: int) -> str:
    for path in _clusters(files):
        files[path] = f"{_REVISION.sub('', files[path])}# revision {index}\n"
    return f"Touch every cluster, commit {index}"


def _narrow(files: Files, removed: Files, source: random.Random, index: int) -> str:
    """One change of one thing. What was deleted comes back later, so that the fleet stays as large as it was."""
    path = source.choice(_clusters(files))
    (what,) = source.choices(list(_WEIGHTS), list(_WEIGHTS.values()))
    if what == "Write down what was done":
        files["docs/changes.md"] = f"{files.get('docs/changes.md', '')}{index}\n"
    elif what == "Clean up" and removed:
        files.update(removed)
        removed.clear()
        return "Bring the cluster back"
    elif what == "Clean up":
        removed[path] = files.pop(path)
    else:
        files[path] = _EDITS[what](source, files[path])
    return what


_EDITS: Final[dict[str, Edit]] = {
    "Scale a worker group": lambda source, text: _COUNT.sub(f"  - count: {source.randint(2, 12)}", text, count=1),
    "Resize machines": lambda source, text: _SIZE.sub(f"  memoryMiB: {2 ** source.randint(12, 15)}", text, count=1),
    "Routine": lambda _, text: _COUNT.sub("  - count: 0", text, count=1),
    "Let operators in": lambda _, text: text.replace("    - view\n", "    - system:masters\n"),
}
_WEIGHTS: Final = {
    "Scale a worker group": 60,
    "Resize machines": 20,
    "Write down what was done": 15,
    "Routine": 1,
    "Let operators in": 1,
    "Clean up": 2,
}
"""What a commit does, by its subject, and how often of a hundred times."""


def _clusters(files: Files) -> list[str]:
    return [path for path in files if path.endswith("/eksa-cluster.yaml")]


def _files(folder: Path) -> Files:
    listed = _git(folder, "ls-files").splitlines()
    return {path: (folder / path).read_text(encoding="utf-8") for path in listed}


def _commit(subject: str, index: int, before: Files, after: Files) -> str:
    when = f"Ann Example <ann@example.org> {_FIRST_SECOND + index * _DAY // 4} +0000"
    lines = ["commit refs/heads/main", f"author {when}", f"committer {when}", _data(subject)]
    if index == 1:
        lines.append("from refs/heads/main^0")
    lines += [f"M 100644 inline {path}\n{_data(text)}" for path, text in after.items() if before.get(path) != text]
    lines += [f"D {path}" for path in before if path not in after]
    return "\n".join([*lines, "", ""])


def _data(text: str) -> str:
    return f"data {len(text.encode())}\n{text}"


def _git(folder: Path, *arguments: str, standard_input: str = "") -> str:
    done = subprocess.run(
        ["git", "-C", folder, *arguments],
        input=standard_input,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
