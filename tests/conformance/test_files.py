from collections.abc import Iterator
from pathlib import Path

import pytest

from ibperp_conformance.files import WrongUseError, outputs, writable, write_atomically
from worlds.devices import needs_full


def test_write__replaces_the_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "report"
    path.write_text("old and longer")
    write_atomically(path, ("a", "\ud800", "b"))
    assert path.read_text() == "a\\ud800b"
    assert list(tmp_path.iterdir()) == [path]


def test_write__that_stops_halfway_leaves_the_old_file_alone(tmp_path: Path) -> None:
    def parts() -> Iterator[str]:
        yield "half"
        raise KeyboardInterrupt

    path = tmp_path / "report"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, parts())
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("write", [writable, lambda path: write_atomically(path, ("text",))])
def test_write__to_where_nothing_can_be_names_the_path(tmp_path: Path, write: object) -> None:
    assert callable(write)
    with pytest.raises(WrongUseError, match="cannot write the report"):
        write(tmp_path / "nowhere" / "report")


@needs_full
def test_write__of_a_full_disk_is_a_clear_error() -> None:
    with pytest.raises(WrongUseError, match="cannot write the trace /dev/full: No space left"):
        write_atomically(Path("/dev/full"), ("text",), "trace")


def test_writable__name_that_is_too_long_is_refused_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(WrongUseError, match=r"cannot write the trace .*: File name too long"):
        writable(tmp_path / ("n" * 300), "trace")
    path = tmp_path / ("n" * 255)
    write_atomically(writable(path), ("text",))
    assert path.read_text() == "text"


def test_outputs__links_that_lead_to_themselves_are_no_fault(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    outputs({"trace": tmp_path / "trace"}, (loop,))


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ({"trace": "story.yaml"}, "it is read in the same run"),
        ({"trace": "a", "page": "b/../a"}, "is named for two files"),
        ({"trace": "b"}, "it is a directory"),
        ({"trace": "/dev/null", "page": "/dev/null", "snapshot": None}, ""),
    ],
)
def test_outputs__neither_one_another_nor_what_is_read(
    tmp_path: Path, named: dict[str, str | None], message: str
) -> None:
    (tmp_path / "b").mkdir()
    files = {what: None if name is None else tmp_path / name for what, name in named.items()}
    read = (tmp_path / "b" / ".." / "story.yaml", None)
    if not message:
        outputs(files, read)
        return
    with pytest.raises(WrongUseError, match=message):
        outputs(files, read)
