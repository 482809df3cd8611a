"""The engines that run in the page: files of the site, gathered when it is built.

The engine in JavaScript is copied from `engines/javascript`. Python for the page comes from the npm
package `pyodide`, and the compiled part of pydantic from its wheel for it; where one of them cannot
be had, the site says that it was built without the reference in the page. All Python is compiled by
the Python of the page, so that a page has nothing to compile.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
import subprocess
import sys
from fcntl import LOCK_EX, flock
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final
from zipfile import ZipFile, ZipInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

MADE: Final = "docs/assets/made"
RUNTIME: Final = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm")
LOCK: Final = "pyodide-lock.json"
STDLIB: Final = "python_stdlib.zip"
PACKED: Final = "reference.zip"
"""The reference with all that it imports."""

PACKAGES: Final = (
    *("annotated_types", "markdown_it", "mdurl", "pydantic", "rich", "ruamel.yaml"),
    *("typing_extensions", "typing_inspection"),
)
"""What the conformance package imports, in pure Python; the compiled part of pydantic beside it."""

LEFT_OUT: Final = frozenset(
    {
        *("proofs", "search", "v1", "adapters", "fuzz", "bench"),
        *("_pyrepl", "doctest", "idlelib", "mailbox", "multiprocessing", "pdb", "pydoc"),
        *("unittest", "wsgiref", "xml", "xmlrpc"),
    }
)
"""Folders and modules that no page needs, of the packages and of the standard library."""

KEPT: Final = frozenset({".py", ".so"})
"""What is kept of archives that come from elsewhere."""

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
        runtime = package_of(root)
        packed = _compiled(root, runtime)
    except AbsentError as error:
        reason = f"this site was built without it: {error}"
        _write(python / "manifest.json", json.dumps({"reason": reason}))
        return str(error)
    info = json.loads((runtime / LOCK).read_text(encoding="utf-8"))["info"]
    for name in RUNTIME:
        _copy(runtime / name, python / name)
    for path in packed:
        _copy(path, python / path.name)
    _write(python / LOCK, json.dumps({"info": info, "packages": {}}))
    sizes = {name: (python / name).stat().st_size for name in (*RUNTIME, PACKED, STDLIB)}
    folder = f"/lib/python{'.'.join(info['python'].split('.')[:2])}/site-packages"
    _write(python / "manifest.json", json.dumps({"bytes": sizes, "folder": folder}))
    return ""


def package_of(root: Path, package: str = "pyodide") -> Path:
    """Return the folder of a package of authoring/npm, fetched once; raise AbsentError without it.

    Processes that ask for it at the same time wait for the one that fetches.
    """
    folder = root / "build" / "npm"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "fetching").open("w", encoding="utf-8") as held:
        flock(held, LOCK_EX)
        _fetch(root / "authoring" / "npm", folder, package)
    return folder / "node_modules" / package


def _fetch(source: Path, folder: Path, package: str) -> None:
    """Have npm put its packages into a folder, if they are not there as they are wanted."""
    lock, found = folder / "package-lock.json", folder / "node_modules" / package
    wanted = (source / lock.name).read_text(encoding="utf-8")
    if found.is_dir() and lock.is_file() and lock.read_text(encoding="utf-8") == wanted:
        return
    npm = shutil.which("npm")
    if npm is None:
        raise AbsentError("npm is not installed; install Node.js 20 or newer with npm")
    for name in ("package.json", lock.name, ".npmrc"):
        shutil.copyfile(source / name, folder / name)
    try:
        _ran("npm could not fetch the packages of authoring/npm", npm, "ci", at=folder)
    except AbsentError:
        lock.unlink()
        raise


def _compiled(root: Path, runtime: Path) -> list[Path]:
    """Return the archives of the Python of the page, compiled anew only where a source changed."""
    folder = root / "build" / "page"
    folder.mkdir(parents=True, exist_ok=True)
    sources = [folder / f"source-{PACKED}", folder / f"source-{STDLIB}"]
    wheel = _wheel(root, json.loads((runtime / LOCK).read_text(encoding="utf-8"))["info"])
    script = root / "authoring" / "npm" / "compile.mjs"
    _pack(sources[0], {**dict(_archived(wheel)), **dict(_sources(root))})
    _pack(sources[1], dict(_archived(runtime / STDLIB)))
    key, kept = folder / "key", hashlib.sha256()
    for path in (*sources, script):
        kept.update(path.read_bytes())
    made = [folder / PACKED, folder / STDLIB]
    if key.is_file() and key.read_text(encoding="utf-8") == kept.hexdigest():
        return made
    node = shutil.which("node")
    if node is None:
        raise AbsentError("node is not installed; install Node.js 20 or newer")
    pairs = (str(path) for pair in zip(sources, made, strict=True) for path in pair)
    _ran("node could not compile the reference", node, str(script), str(runtime), *pairs, at=root)
    key.write_text(kept.hexdigest(), encoding="utf-8")
    return made


def _wheel(root: Path, info: dict[str, str]) -> Path:
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


def _pack(target: Path, parts: dict[str, bytes]) -> None:
    """Write an archive, the same bytes for the same parts."""
    with ZipFile(target, "w") as archive:
        for name, content in sorted(parts.items()):
            archive.writestr(ZipInfo(name), content)


def _archived(archive: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the files of an archive that a page needs."""
    with ZipFile(archive) as parts:
        for name in parts.namelist():
            place = PurePosixPath(name)
            if place.suffix in KEPT and LEFT_OUT.isdisjoint((*place.parts, place.stem)):
                yield name, parts.read(name)


def _sources(root: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the files of the archive by their place in it."""
    for place, package in (
        ("reference", "ibperp"),
        ("invariants", "ibperp_invariants"),
        ("conformance", "ibperp_conformance"),
        ("authoring", "ibperp_authoring/play"),
    ):
        yield from _modules(root / place, root / place / package)
    yield (
        "ibperp_authoring/__init__.py",
        (root / "authoring" / "ibperp_authoring" / "__init__.py").read_bytes(),
    )
    page = root / "conformance" / "ibperp_conformance" / "page"
    for path in page.glob("*.*s"):
        yield f"ibperp_conformance/page/{path.name}", path.read_bytes()
    for path in (*(root / "spec").glob("*.md"), *(root / "spec" / "presets").glob("*.yaml")):
        yield f"ibperp_conformance/_spec/{path.relative_to(root / 'spec')}", path.read_bytes()
    for package in PACKAGES:
        spec = importlib.util.find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        path, depth = Path(spec.origin), package.count(".")
        if path.name == "__init__.py":
            yield from _modules(path.parents[1 + depth], path.parent)
        else:
            yield path.name, path.read_bytes()


def _modules(base: Path, folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*.py"):
        name = path.relative_to(base)
        if LEFT_OUT.isdisjoint(name.parts):
            yield name.as_posix(), path.read_bytes()


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
