"""The engines that run in the page: files of the site, gathered when it is built.

The engine in JavaScript is copied from `engines/javascript`. Python for the page comes from the npm
package `pyodide`, and the compiled part of pydantic from its wheel for it; where one of them cannot
be had, the site says that it was built without the reference in the page.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

MADE: Final = "docs/assets/made"
RUNTIME: Final = (
    "pyodide.mjs",
    "pyodide.asm.mjs",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
)
LOCK: Final = "pyodide-lock.json"
COUNTED: Final = ("pyodide.asm.wasm", "python_stdlib.zip")
"""The files whose arrival the page counts, beside the archives."""

PACKAGES: Final = (
    *("annotated_types", "markdown_it", "mdurl", "pydantic", "rich", "ruamel.yaml"),
    *("typing_extensions", "typing_inspection"),
)
"""What the conformance package imports, in pure Python; the compiled part of pydantic beside it."""

LEFT_OUT: Final = frozenset({"proofs", "search", "v1", "adapters", "fuzz", "bench"})
"""Folders that no page needs."""

TIMEOUT: Final = 300


class AbsentError(Exception):
    """What the page needs cannot be had here; the message says what, and how to get it."""


def gather(root: Path) -> str:
    """Write the engines under `docs/assets/made`; return why the reference is missing, if it is."""
    made = root / MADE
    _copy_tree(root / "engines" / "javascript", made / "javascript", "*.mjs")
    page = root / "conformance" / "ibperp_conformance" / "page"
    for name in ("view.css", "view.js"):
        _copy(page / name, made / name)
    python = made / "python"
    python.mkdir(parents=True, exist_ok=True)
    try:
        runtime = runtime_of(root)
        wheel = _compiled(root, json.loads((runtime / LOCK).read_text(encoding="utf-8"))["info"])
    except AbsentError as error:
        reason = f"this site was built without it: {error}"
        _write(python / "manifest.json", json.dumps({"reason": reason}))
        return str(error)
    for name in RUNTIME:
        _copy(runtime / name, python / name)
    info = json.loads((runtime / LOCK).read_text(encoding="utf-8"))["info"]
    _write(python / LOCK, json.dumps({"info": info, "packages": {}}))
    _copy(wheel, python / "compiled.zip")
    _pack(python / "reference.zip", root)
    archives = ("compiled.zip", "reference.zip")
    sizes = [(python / name).stat().st_size for name in (*COUNTED, *archives)]
    folder = f"/lib/python{'.'.join(info['python'].split('.')[:2])}/site-packages"
    manifest = {"files": [*RUNTIME, LOCK], "archives": archives, "bytes": sum(sizes)}
    _write(python / "manifest.json", json.dumps({**manifest, "folder": folder}))
    return ""


def runtime_of(root: Path, package: str = "pyodide") -> Path:
    """Return the folder of an npm package that the site needs; raise AbsentError without it."""
    folder, source = root / "build" / "npm", root / "authoring" / "npm"
    lock = "package-lock.json"
    wanted = (source / lock).read_text(encoding="utf-8")
    found = folder / "node_modules" / package
    if found.is_dir() and (folder / lock).read_text(encoding="utf-8") == wanted:
        return found
    npm = shutil.which("npm")
    if npm is None:
        raise AbsentError("npm is not installed; install Node.js 20 or newer with npm")
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", lock, ".npmrc"):
        shutil.copyfile(source / name, folder / name)
    _ran("npm could not fetch the packages of authoring/npm", npm, "ci", at=folder)
    return found


def _compiled(root: Path, info: dict[str, str]) -> Path:
    """Return the wheel of pydantic's compiled part for the Python of the page."""
    name = f"pydantic_core-{version('pydantic_core')}"
    folder = root / "build" / "wheels"
    platform = f"pyemscripten_{info['abi_version']}_wasm32"
    python = ".".join(info["python"].split(".")[:2])
    pattern = f"{name}-cp{python.replace('.', '')}-*{platform}.whl"
    if not any(folder.glob(pattern)):
        _ran(
            f"pip could not fetch {name} for {platform}",
            *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
            *("--only-binary=:all:", "--python-version", python, "--platform", platform),
            *("--dest", str(folder), name.replace("-", "==")),
            at=root,
        )
    return next(folder.glob(pattern))


def _ran(problem: str, *command: str, at: Path) -> None:
    try:
        done = subprocess.run(
            command, cwd=at, check=False, capture_output=True, text=True, timeout=TIMEOUT
        )
    except (OSError, subprocess.TimeoutExpired):
        raise AbsentError(problem) from None
    if done.returncode:
        raise AbsentError(problem)


def _pack(target: Path, root: Path) -> None:
    """Write the archive of the Python sources, the same bytes for the same sources."""
    parts = dict(_sources(root))
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name, path in sorted(parts.items()):
            entry = ZipInfo(name)
            entry.compress_type = ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())


def _sources(root: Path) -> Iterator[tuple[str, Path]]:
    """Yield the files of the archive by their place in it."""
    for place, package in (
        ("reference", "ibperp"),
        ("invariants", "ibperp_invariants"),
        ("conformance", "ibperp_conformance"),
        ("authoring", "ibperp_authoring/play"),
    ):
        yield from _modules(root / place, root / place / package)
    yield "ibperp_authoring/__init__.py", root / "authoring" / "ibperp_authoring" / "__init__.py"
    page = root / "conformance" / "ibperp_conformance" / "page"
    for path in page.glob("*.*s"):
        yield f"ibperp_conformance/page/{path.name}", path
    for path in (*(root / "spec").glob("*.md"), *(root / "spec" / "presets").glob("*.yaml")):
        yield f"ibperp_conformance/_spec/{path.relative_to(root / 'spec')}", path
    for package in PACKAGES:
        spec = importlib.util.find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        path, depth = Path(spec.origin), package.count(".")
        if path.name == "__init__.py":
            yield from _modules(path.parents[1 + depth], path.parent)
        else:
            yield path.name, path


def _modules(base: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    for path in folder.rglob("*.py"):
        name = path.relative_to(base)
        if LEFT_OUT.isdisjoint(name.parts):
            yield name.as_posix(), path


def _copy_tree(source: Path, target: Path, pattern: str) -> None:
    for path in source.rglob(pattern):
        _copy(path, target / path.relative_to(source))


def _copy(source: Path, target: Path) -> None:
    """Copy a file unless it is there already, so that a watching server settles."""
    if target.is_file() and target.read_bytes() == source.read_bytes():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _write(path: Path, text: str) -> None:
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
