import io
import json
import tarfile
from pathlib import Path

import pytest

from ibperp_authoring import migration, release
from ibperp_authoring.diff_vectors import difference, read
from ibperp_conformance.files import WrongUseError
from ibperp_conformance.runner import releases
from ibperp_conformance.runner.fills import suite_of_fills
from ibperp_conformance.runner.vectors import Suite, content_hash, load_file, load_suite
from worlds import tiny_suite
from worlds.shipped import shipped_fills, shipped_suite

SPEC = release.ROOT / "spec"


def few_fills() -> str:
    whole = shipped_suite()
    names = ("PP-4-001", "PP-4-002", "CU-3-001")
    return release.of_fills(Suite(whole.setups, {name: whole.vectors[name] for name in names}))


def test_of_fills__is_a_file_that_conform_takes(tmp_path: Path) -> None:
    path = tmp_path / "fills.json"
    path.write_text(few_fills())
    read_back = load_file(path)
    assert {*read_back.vectors} == {"PP-4-001F", "PP-4-002F"}
    for entry in json.loads(few_fills())["vectors"]:
        assert entry["hash"] == content_hash(entry)
        assert any(step["action"]["type"] == "fill" for step in entry["steps"])
        assert "expect" in entry["steps"][0]


@pytest.mark.slow(6)
def test_archive__has_the_same_bytes_whoever_packs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    few = few_fills()
    monkeypatch.setattr(release, "of_fills", lambda _: few)
    monkeypatch.setattr(release, "load_suite", lambda _: shipped_suite())
    packed = release.vectors_archive("1.2.3", SPEC)
    assert packed == release.vectors_archive("1.2.3", SPEC)
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        names = archive.getnames()
        index = archive.extractfile("ibperp-vectors-1.2.3/index.json")
        assert index is not None
        document = json.load(index)
    assert {"ibperp-vectors-1.2.3/SHA256SUMS", "ibperp-vectors-1.2.3/schema/action.json"} <= {
        *names
    }
    assert document["version"] == "1.2.3"
    entries = {entry["id"]: entry for entry in document["vectors"]}
    assert entries.keys() == {*shipped_suite().vectors, "PP-4-001F", "PP-4-002F"}
    assert entries["PP-4-001F"]["file"] == "fills/fills.json"
    assert "fills" in entries["PP-4-001F"]["capabilities"]
    assert entries["CU-3-001"]["capabilities"] == ["custody"]
    assert entries["CU-3-001"]["file"] == "vectors/custody.json"
    assert "spot_margin" in entries["SM-9-001"]["capabilities"]


def test_freeze__keeps_what_a_version_required(tmp_path: Path) -> None:
    suite = load_suite(tiny_suite.write(tmp_path))
    folder = tmp_path / "releases"
    release.freeze("0.9.0", suite, folder)
    release.freeze("0.9.0", suite, folder)
    release.freeze("0.10.0", suite, folder)
    assert releases.versions(folder) == ["0.9.0", "0.10.0"]
    assert releases.required("0.9.0", suite, folder).standing == tuple(suite.vectors)
    assert releases.listed_in(folder / "0.9.0.json", releases.FILLS).keys() == {*suite.vectors}
    document = tiny_suite.suite()[1]
    changed = document["vectors"][0]
    changed["hash"] = "0" * 64
    grown = load_suite(tiny_suite.write(tmp_path, document))
    required = releases.required("0.9.0", grown, folder)
    assert required.changed == (changed["id"],)
    assert changed["id"] not in required.standing
    with pytest.raises(WrongUseError, match="is frozen, and the vectors changed since"):
        release.freeze("0.9.0", grown, folder)


def test_required__of_an_engine_without_a_book_is_what_it_required_of_one(tmp_path: Path) -> None:
    whole = shipped_suite()
    names = ("PP-4-001", "PP-4-002", "CU-3-001")
    suite = Suite(whole.setups, {name: whole.vectors[name] for name in names})
    path = release.freeze("1.0.0", suite, tmp_path)
    bookless = suite_of_fills(suite)
    required = releases.required("1.0.0", bookless, tmp_path)
    assert required.standing == ("PP-4-001F", "PP-4-002F", "CU-3-001")
    assert required.changed == ()
    assert releases.required("1.0.0", suite, tmp_path).standing == names
    frozen = {**releases.listed_in(path, releases.FILLS), "PP-4-001F": "0", "ST-1-001F": "0"}
    del frozen["PP-4-002F"]
    assert migration.without_book(frozen, bookless) == [
        "- gone, 1: ST-1 1",
        "- changed, 1: PP-4 1",
        "- new, 1: PP-4 1",
    ]
    path.write_text('{"format":"1","vectors":{}}')
    with pytest.raises(WrongUseError, match="fills: expected the hashes"):
        releases.required("1.0.0", bookless, tmp_path)


def test_required__names_the_releases_that_there_are(tmp_path: Path) -> None:
    suite = load_suite(tiny_suite.write(tmp_path))
    with pytest.raises(WrongUseError, match="nothing has been released yet"):
        releases.required("1.0.0", suite, tmp_path / "releases")
    release.freeze("0.9.0", suite, tmp_path / "releases")
    with pytest.raises(WrongUseError, match=r"no release '1.0.0'; there are 0\.9\.0"):
        releases.required("1.0.0", suite, tmp_path / "releases")


def test_release__is_a_rehearsal_until_the_log_gives_its_day(tmp_path: Path) -> None:
    log = tmp_path / "CHANGELOG.md"
    log.write_text("## [1.0.0] - Unreleased\n\n## [0.9.0] - 2026-01-31\n")
    assert not release.is_dated("1.0.0", tmp_path)
    assert release.is_dated("0.9.0", tmp_path)
    with pytest.raises(WrongUseError, match=r"no entry for 2\.0\.0"):
        release.is_dated("2.0.0", tmp_path)


@pytest.mark.slow(18)
@pytest.mark.no_cover
def test_release__is_built_and_verified_where_nothing_else_is(
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    fills = shipped_fills(tmp_path_factory)
    monkeypatch.setattr(release, "suite_of_fills", lambda _: fills)
    assert release.main(["--out", str(tmp_path / "dist")]) == 0
    assert "verified: digests, and the wheel alone passes" in capsys.readouterr().out
    version = release.version_of()
    archive = tmp_path / "dist" / f"ibperp-vectors-{version}.tar.gz"
    archive.write_bytes(archive.read_bytes()[:-1] + b"!")
    with pytest.raises(WrongUseError, match="is not what SHA256SUMS says"):
        release.verify(version, tmp_path / "dist")


def test_migration__says_what_an_engine_changes(tmp_path: Path) -> None:
    now = read(SPEC, "now")
    before = {
        "Settings": {"properties": {"gone": {}, "auto_lend": {"type": "string"}}},
        "Lost": {},
    }
    after = {"Settings": {"properties": {"auto_lend": {"type": "boolean"}}}, "Won": {}}
    lines = list(migration.page(difference(now, now), before, after))
    assert lines[0] == "# From now to now"
    assert "- `Settings`: `gone` is gone, `auto_lend` holds something else" in lines
    assert {"- `Won` is new", "- `Lost` is gone"} <= {*lines}
    assert lines[lines.index("## Clauses whose text changed") + 2] == "None."
    assert migration.main([str(tmp_path / "none")]) == 2
