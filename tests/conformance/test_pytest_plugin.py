import shlex
import subprocess
import sys
from pathlib import Path

from worlds import tiny_suite

ENGINES = Path(__file__).parents[1] / "engines"
PYTEST = ("-m", "pytest", "-p", "no:cacheprovider")
SUITE = """
from pathlib import Path
from ibperp_conformance.runner import vectors
vectors.spec_path = lambda: Path({folder!r})
"""


def run(folder: Path, *options: str, engine: str = "") -> tuple[int, str]:
    """Run pytest in `folder`, where the suite is the tiny one; return its exit code and output."""
    spec = tiny_suite.write(folder).parent
    (folder / "conftest.py").write_text(SUITE.format(folder=str(spec)))
    (folder / "test_own.py").write_text("def test_own():\n    pass\n")
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    command = engine or shlex.join((sys.executable, "-m", "ibperp_conformance.cli", "engine"))
    finished = subprocess.run(
        [sys.executable, *PYTEST, "-rA", "--ibperp-engine", command, *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return finished.returncode, finished.stdout + finished.stderr


def wrong(fault: str) -> str:
    return shlex.join((sys.executable, str(ENGINES / "wrong_at_two.py"), fault))


def test_plugin__makes_each_vector_a_test(tmp_path: Path) -> None:
    code, output = run(tmp_path)
    assert code == 0
    assert "4 passed" in output
    assert "PASSED ibperp::CU-3-001" in output


def test_plugin__is_silent_without_its_option(tmp_path: Path) -> None:
    finished = subprocess.run(
        [sys.executable, *PYTEST, "-q", "--co"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "no tests collected" in finished.stdout


def test_plugin__tells_what_differs_and_is_chosen_by_k(tmp_path: Path) -> None:
    code, output = run(tmp_path, "-k", "CU-3-001 or CU-3-002", engine=wrong("reject"))
    assert code == 1
    assert "1 failed, 1 passed, 2 deselected" in output
    assert "outcome: expected" in output
    assert "run only this vector: ibperp conform --vector" in output


def test_plugin__expects_what_is_known_to_fail(tmp_path: Path) -> None:
    known = tmp_path / "known.txt"
    known.write_text("CU-3-001 not built\nCU-3-002 not built\n")
    options = ("--ibperp-known-failures", str(known))
    code, output = run(tmp_path, *options, engine=wrong("reject"))
    assert code == 1
    assert "1 xfailed" in output
    assert "1 failed" in output
    assert "it is listed as a known failure (not built); remove it there" in output


def test_plugin__says_once_for_each_that_an_engine_cannot_start(tmp_path: Path) -> None:
    code, output = run(tmp_path, "-x", engine="./none")
    assert code == 1
    assert "The engine could not be run: cannot start './none'" in output
    assert "Traceback" not in output


def test_plugin__refuses_a_list_that_cannot_be_read(tmp_path: Path) -> None:
    code, output = run(tmp_path, "--ibperp-known-failures", "none.txt")
    assert code == 4
    assert "cannot read the known failures none.txt" in output
