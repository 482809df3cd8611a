"""Every adapter is written, built, and held to the protocol, where its language is installed."""

import io
import json
import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from ibperp_authoring.site.browser import AbsentError, package_of
from ibperp_conformance.adapters.languages import LANGUAGES
from ibperp_conformance.adapters.model import load_model
from ibperp_conformance.adapters.write import rendered, write_adapter
from ibperp_conformance.files import WrongUseError
from ibperp_conformance.protocol.server import serve
from ibperp_conformance.protocol.wire import action_classes
from ibperp_conformance.runner.smoke_requests import SYSTEM

ROOT = Path(__file__).parents[3]
PAGES = ROOT / "docs" / "engines"
VECTORS = ("--vector", "CU-3-001", "--vector", "CU-2-003")
TOOLS = {"python": "python3", "go": "go", "rust": "cargo", "java": "javac", "cpp": "g++"}
SECONDS = {"cpp": 17, "java": 9}
"""About how long compilers take that take long."""

QUICKLY = {
    "CXXFLAGS": "-std=c++17 -O0 -Wall -Wextra",
    "JDK_JAVAC_OPTIONS": "-J-XX:TieredStopAtLevel=1 -J-XX:+UseSerialGC",
    "CARGO_PROFILE_DEV_DEBUG": "0",
    "MAKEFLAGS": "",
}
"""What makes compilers do less than for a user, and warn as much; a make above is not heard."""

CREATE = '"action":{"type":"create_account","account":"2","user":"7"}'
HUGE = "9" * 60
RESET = json.dumps({"id": 1, "op": "reset", "system": SYSTEM})
LINES = (
    '{"id":0,"op":"observe"}',  # before the first reset
    '{"id":0,"op":"hello","protocol":"0"}',
    RESET,
    f'{{"id":2,"op":"apply",{CREATE}}}',
    " \t\r",
    f'{{"op":"apply",{CREATE.replace("7", "0")},"id":3}}',
    f'{{"id":4,"op":"apply",{CREATE.replace("2", "-1")}}}',
    f'{{"id":5,"op":"apply",{CREATE.replace("7", HUGE)}}}',
    f'{{"id":6,"op":"apply",{CREATE.replace("7", "-" + HUGE).replace("2", HUGE)}}}',
    f'{{"id":7,"op":"apply",{CREATE.replace("7", HUGE + "9")}}}',
    '{"id":8,"op":"apply","action":{"type":"advance_time","time":"60"}}',
    '{"id":9,"op":"apply","action":{"type":"advance_time","time":"60"}}',
    f'{{"id":9,"op":"apply","action":{{"type":"advance_time","time":"{HUGE}"}}}}',
    *(
        f'{{"id":10,"op":"apply","action":{{"type":"advance_time","time":{time}}}}}'
        for time in (
            '"060"',
            '"-0"',
            '"+61"',
            '"61 "',
            '""',
            '"٦١"',
            "61",
            "6e1",
            "null",
            "true",
            '["61"]',
        )
    ),
    '{"id":11,"op":"apply","action":{"type":"advance_time"}}',
    '{"id":11,"op":"apply","action":{"type":"advance_time","time":"61","zone":"0"}}',
    '{"id":11,"op":"apply","action":{"type":"advance_time","time":"61","time":"62"}}',
    '{"id":11,"op":"apply","action":{"type":"no_such_action"}}',
    '{"id":11,"op":"apply","action":{"type":"__proto__"}}',
    '{"id":11,"op":"apply","action":{}}',
    '{"id":11,"op":"apply","action":[]}',
    '{"id":11,"op":"apply"}',
    '{"id":11,"op":"observe","more":1}',
    '{"id":11,"op":"no_such_operation"}',
    '{"id":11,"op":["observe"]}',
    '{"id":11,"op":"obs\\u0065rve"}',
    '{"id":11}',
    *(f'{{"id":{number},"op":"observe"}}' for number in ("1.0", "1e0", "null", '"1"')),
    '{"id":9007199254740991,"op":"observe"}',
    "[]",
    '"observe"',
    "{",
    "nul",
    '{"id":12,"op":"observe"} x',
    '{"id":12,"op":"observe",}',
    '{"id":12,"op":"observe" "more":1}',
    '{"id":12,"op":"observe","x":"\\ud83d\\ude00 \\q"}',
    '{"id":12,"op":"observe","x":01}',
    '{"id":12,"op":"observe","x":NaN}',
    "[" * 5000,
    '{"id":13,"op":"batch","requests":[{"id":14,"op":"observe"},{"id":15,"op":"bye"},7]}',
    '{"id":16,"op":"batch","requests":[{"id":17,"op":"batch","requests":[]}]}',
    '{"id":18,"op":"batch","requests":{}}',
    '{"id":19,"op":"reset","system":{}}',
    '{"id":20,"op":"observe"}',
    '{"id":21,"op":"hello","protocol":"1"}',
    '{"id":22,"op":"bye"}',
    '{"id":23,"op":"observe"}',
)


def command_of(language: str, folder: Path) -> list[str]:
    """Build the adapter in `folder` and return what starts it; skip without its tools."""
    known = LANGUAGES[language]
    if language == "typescript":
        return typescript(folder)
    if shutil.which(TOOLS[language]) is None:
        pytest.skip(f"{TOOLS[language]} is not on PATH: install {known.needs}")
    if known.build:
        built = subprocess.run(
            shlex.split(known.build) if "*" not in known.build else ["sh", "-c", known.build],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
            stdin=subprocess.DEVNULL,
            env=os.environ | QUICKLY,
        )
        assert (built.returncode, "warning" in built.stdout + built.stderr) == (0, False), (
            built.stdout + built.stderr
        )
    return [each.replace("./", f"{folder}/", 1) for each in shlex.split(known.run)]


def typescript(folder: Path) -> list[str]:
    """Return what starts the engine: compiled where `tsc` is, else read by a Node that can.

    The compiler is that of authoring/npm, which is fetched where npm can, else the one on PATH.
    """
    node, compiler = shutil.which("node"), shutil.which("tsc")
    if node is None:
        pytest.skip("node is not on PATH: install Node.js")
    with suppress(AbsentError):
        compiler = str(package_of(ROOT, "typescript").parent / ".bin" / "tsc")
    if compiler is not None:
        built = subprocess.run(
            [compiler, "-p", folder],
            check=False,
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert built.returncode == 0, built.stdout + built.stderr
        return [node, str(folder / "dist" / "adapter.js")]
    found = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    version = tuple(int(part) for part in re.findall(r"\d+", found)[:2])
    if version < (22, 6):
        pytest.skip(
            f"npm cannot fetch tsc, none is on PATH, and Node {found.strip()} reads no types: "
            "npm install -g typescript"
        )
    return [node, "--experimental-strip-types", str(folder / "adapter.ts")]


def told(replies: bytes) -> list[tuple[object, str, object]]:
    """Return of each reply its id, its kind, and what a rejection names."""
    read = [json.loads(line) for line in replies.splitlines()]
    return [
        (reply["id"], kind, inner)
        for reply in read
        for kind in reply.keys() - {"id"}
        for inner in [
            reply[kind]
            if kind == "rejected"
            else told(b"\n".join(json.dumps(each).encode() for each in reply[kind]))
            if kind == "replies"
            else None
        ]
    ]


@pytest.mark.parametrize(
    "language",
    [pytest.param(each, marks=pytest.mark.slow(SECONDS.get(each, 3))) for each in LANGUAGES],
)
def test_adapter__answers_as_the_reference_does(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in QUICKLY.items():
        monkeypatch.setenv(name, value)
    write_adapter(language, tmp_path / "an engine")
    command = command_of(language, tmp_path / "an engine")
    lines = [line.encode() for line in LINES]
    lines.insert(5, b'{"id":12,"op":"observe","x":"\xff"}')
    expected = io.BytesIO()
    serve(io.BytesIO(b"\n".join(lines)), expected)
    folder = tmp_path / "an engine"
    answered = subprocess.run(
        command, input=b"\n".join(lines), capture_output=True, check=True, timeout=60, cwd=folder
    )
    for line, reply, reference in zip(
        [line for line in lines if line.strip()],
        told(answered.stdout),
        told(expected.getvalue()),
        strict=False,
    ):
        assert reply == reference, line
    assert len(told(answered.stdout)) == len(told(expected.getvalue()))
    edited(language, folder)
    command = command_of(language, folder)
    for arguments in (("smoke",), ("conform", *VECTORS)):
        finished = subprocess.run(
            [sys.executable, "-m", "ibperp_conformance.cli", *arguments, "--", *command],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            cwd=folder,
        )
        assert finished.returncode == 0, finished.stdout + finished.stderr


def edited(language: str, folder: Path) -> None:
    """Do in the engine what the page of its language says."""
    page = (PAGES / f"{language}.md").read_text()
    named = re.search(r"In `(.*?)`, replace", page)
    blocks = re.findall(rf"^```{language}\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    assert named is not None
    path = folder / named[1]
    assert path.read_text().count(blocks[0]) == 1
    path.write_text(path.read_text().replace(blocks[0], blocks[1]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_page__gives_the_commands_of_the_language(language: str) -> None:
    page, known = (PAGES / f"{language}.md").read_text(), LANGUAGES[language]
    assert f"ibperp adapter {language} my-engine" in page
    assert f"ibperp smoke -- {known.run}" in page
    assert known.build in page


def test_smallest_adapter__knows_the_capability_of_every_action() -> None:
    names = runpy.run_path(str(PAGES.parent / "examples" / "adapter.py"))["MISSING"]
    grouped = {name: {each.tag for each in own} for name, own in load_model().capabilities.items()}
    custody = grouped.pop("custody")
    grouped["money_market"].discard("advance_time")
    assert (grouped, names.get("custody", set()) & custody) == (names, set())


@pytest.mark.parametrize("language", LANGUAGES)
def test_engine_file__names_every_action_with_its_clause(language: str) -> None:
    engine = "\n".join(text for name, text in rendered(language).items() if "ngine." in name)
    for action in load_model().actions:
        assert re.search(rf"\b({action.tag}|{action.record.name})\b", engine), action.tag
        if action.tag not in ("create_account", "advance_time"):
            assert action.record.text in engine


def test_model__has_every_action_of_the_reference() -> None:
    assert {action.tag for action in load_model().actions} == {*action_classes(), "fill"}


def test_write__refuses_a_folder_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "engine.py").write_text("mine")
    with pytest.raises(WrongUseError, match="is not empty"):
        write_adapter("python", tmp_path)
    assert (tmp_path / "engine.py").read_text() == "mine"


def test_update__leaves_the_engine_alone(tmp_path: Path) -> None:
    write_adapter("rust", tmp_path / "own")
    engine, types = tmp_path / "own" / "src" / "engine.rs", tmp_path / "own" / "src" / "protocol.rs"
    engine.write_text("mine")
    types.write_text("old")
    written = write_adapter("rust", tmp_path / "own", update=True)
    assert types in written
    assert (engine.read_text(), types.read_text() == "old") == ("mine", False)


def test_update__refuses_a_folder_without_an_adapter(tmp_path: Path) -> None:
    with pytest.raises(WrongUseError, match="holds no adapter in Go"):
        write_adapter("go", tmp_path, update=True)


def test_write__names_what_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(
        WrongUseError, match=r"cannot write the adapter .*file/own: Not a directory"
    ):
        write_adapter("go", tmp_path / "file" / "own")
    with pytest.raises(WrongUseError, match="no adapter in 'cobol'"):
        write_adapter("cobol", tmp_path)


def test_adapter__go_is_formatted_as_its_own_tool_does(tmp_path: Path) -> None:
    if (formatter := shutil.which("gofmt")) is None:
        pytest.skip("gofmt is not on PATH: apt-get install golang-go")
    write_adapter("go", tmp_path / "own")
    told = subprocess.run(
        [formatter, "-l", "."], cwd=tmp_path / "own", capture_output=True, text=True, check=True
    )
    assert (told.stdout, told.stderr) == ("", "")
