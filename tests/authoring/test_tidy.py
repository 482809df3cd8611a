import ast
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE_ROOTS = ("reference", "invariants", "conformance", "authoring")
MAXIMUM_FUNCTION_LINES = 70
MAXIMUM_MODULE_LINES = 400
MAXIMUM_COLUMNS = 100
MAXIMUM_FOLDER_FILES = 20
ROUNDING_MODULE = ROOT / "reference" / "ibperp" / "numbers.py"
ROUNDING_NAMES = frozenset({"float", "round", "Decimal", "divmod"})
CLOCKS = frozenset({"monotonic", "perf_counter", "process_time", "time"})
WAITS = frozenset({"run", "call", "check_call", "check_output", "communicate", "join", "wait"})
PATIENCE_SECONDS = 60
REGISTRY_HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("crates", "io"),
        ("proxy", "golang", "org"),
        ("rubygems", "org"),
    )
)


def sources(*roots: str) -> Iterator[Path]:
    for root in roots:
        yield from sorted((ROOT / root).rglob("*.py"))


def place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """All statements below a node: no function is defined inside an expression."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
            yield child
            yield from statements(child)


def divides(node: ast.AST) -> bool:
    """Whether the node divides numbers; the % that formats a string does not."""
    match node:
        case ast.BinOp(left=ast.Constant(value=str() | bytes()) | ast.JoinedStr(), op=ast.Mod()):
            return False
        case ast.BinOp(op=operator) | ast.AugAssign(op=operator):
            return isinstance(operator, ast.Div | ast.FloorDiv | ast.Mod)
        case _:
            return False


def inexact(node: ast.AST) -> bool:
    """Whether the node names a rounding or an inexact number, or is one."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
            return name in ROUNDING_NAMES
        case ast.Constant(value=float() | complex()):
            return True
        case _:
            return False


def rounding_lines(tree: ast.Module) -> list[int]:
    return [getattr(node, "lineno", 0) for node in ast.walk(tree) if divides(node) or inexact(node)]


def imported_packages(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name.partition(".")[0]) for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield node.lineno, module.partition(".")[0]
            case _:
                pass


def tracked_files() -> list[Path]:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listing = subprocess.run(
        [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    ).stdout
    names = listing.decode("utf-8").split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def test_functions_are_short() -> None:
    long = [
        f"{place(path, node.lineno)} {node.name}"
        for path in sources(*SOURCE_ROOTS)
        for node in statements(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno + 1 > MAXIMUM_FUNCTION_LINES
    ]
    assert not long


def test_modules_are_short() -> None:
    long = [
        str(path.relative_to(ROOT))
        for path in sources(*SOURCE_ROOTS)
        if len(path.read_text(encoding="utf-8").splitlines()) > MAXIMUM_MODULE_LINES
    ]
    assert not long


def test_lines_are_short() -> None:
    long = [
        place(path, number)
        for path in sources(*SOURCE_ROOTS)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if len(line) > MAXIMUM_COLUMNS
    ]
    assert not long


def test_folders_are_small() -> None:
    folders = Counter(path.parent for path in sources(*SOURCE_ROOTS, "tests"))
    large = [
        f"{folder.relative_to(ROOT)}: {count}"
        for folder, count in folders.items()
        if count > MAXIMUM_FOLDER_FILES and folder != ROUNDING_MODULE.parent
    ]
    assert not large


def test_only_the_numbers_module_divides_or_rounds() -> None:
    offences = [
        place(path, line)
        for path in sources("reference")
        if path != ROUNDING_MODULE
        for line in rounding_lines(tree_of(path))
    ]
    assert not offences


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("a / b", [1]),
        ("a // b", [1]),
        ("a % b", [1]),
        ("a //= b", [1]),
        ("divmod(a, b)", [1]),
        ("x: float", [1]),
        ("from decimal import Decimal", [1]),
        ("a * 0.5", [1]),
        ("'%d' % a", []),
        ("f'{a}%s' % a", []),
        ("a * b + c", []),
    ],
)
def test_the_rounding_rule_sees_what_it_forbids(code: str, lines: list[int]) -> None:
    assert rounding_lines(ast.parse(code)) == lines


def test_the_reference_imports_only_the_standard_library() -> None:
    allowed = sys.stdlib_module_names | {"ibperp"}
    foreign = [
        f"{place(path, line)} {package}"
        for path in sources("reference")
        for line, package in imported_packages(tree_of(path))
        if package not in allowed
    ]
    assert not foreign


def test_nothing_in_the_wheel_imports_authoring() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    shipped = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert shipped
    offences = [
        place(path, line)
        for path in sources(*shipped)
        if "ibperp_authoring" in path.read_text(encoding="utf-8")
        for line, package in imported_packages(tree_of(path))
        if package == "ibperp_authoring"
    ]
    assert not offences


def test_no_file_names_a_registry() -> None:
    offences = [
        f"{path.relative_to(ROOT)} names {host}"
        for path in tracked_files()
        for host in REGISTRY_HOSTS
        if host.encode("ascii") in path.read_bytes()
    ]
    assert not offences


def test_files__have_no_marks_of_a_conflict() -> None:
    marks = (b"\n<<<<<<< ", b"\n>>>>>>> ")
    texts = ((path, path.read_bytes()) for path in tracked_files())
    assert not [path for path, text in texts if any(mark in text for mark in marks)]


def hurried(node: ast.AST) -> bool:
    """Whether a call reads a clock, or waits for less time than a busy machine may need."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="time"), attr=name)) if name in CLOCKS:
            return True
        case ast.Call(func=ast.Attribute(attr=name), keywords=keywords) if name in WAITS:
            return any(
                keyword.arg == "timeout"
                and isinstance(keyword.value, ast.Constant)
                and isinstance(keyword.value.value, int | float)
                and keyword.value.value < PATIENCE_SECONDS
                for keyword in keywords
            )
        case _:
            return False


def test_no_test_decides_by_a_clock_below_a_minute() -> None:
    offences = [
        place(path, getattr(node, "lineno", 0))
        for path in sources("tests")
        for node in ast.walk(tree_of(path))
        if hurried(node)
    ]
    assert not offences


@pytest.mark.parametrize(
    ("code", "is_hurried"),
    [
        ("time.monotonic()", True),
        ("process.wait(timeout=5)", True),
        ("subprocess.run(command, timeout=0.5)", True),
        ("subprocess.run(command, timeout=250)", False),
        ("process.wait()", False),
    ],
)
def test_the_rule_about_clocks_sees_what_it_forbids(code: str, *, is_hurried: bool) -> None:
    assert any(map(hurried, ast.walk(ast.parse(code)))) is is_hurried
