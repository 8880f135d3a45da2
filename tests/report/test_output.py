import os
import stat
from pathlib import Path

import pytest

from eksa_lint.report.output import write


def test_writes_and_replaces(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    write("old\n", file)
    write("new ä\n", file)
    assert file.read_bytes() == "new ä\n".encode()
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.json"]


def test_the_umask_decides_who_may_read(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        write("", tmp_path / "report")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "report").stat().st_mode) == 0o640


def test_a_link_is_replaced_not_followed(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("kept")
    link.symlink_to(target)
    write("report", link)
    assert target.read_text() == "kept"
    assert not link.is_symlink()
    assert link.read_text() == "report"


def test_a_folder_in_the_way_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = tmp_path / "report"
    folder.mkdir()
    with pytest.raises(OSError, match=r"^cannot write .*/report: Is a directory$"):
        write("text", folder)
    assert list(tmp_path.iterdir()) == [folder]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"^cannot write .*/missing/report: No such file or directory$"):
        write("text", tmp_path / "missing" / "report")


def test_a_failure_halfway_keeps_the_old_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "report"
    write("old", file)

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match=r"No space left on device$"):
        write("new", file)
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_device_is_written_to() -> None:
    write("gone", Path("/dev/null"))
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write("report", pipe)
        assert os.read(reader, 100) == b"report"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
