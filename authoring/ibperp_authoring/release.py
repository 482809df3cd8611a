"""Builds a release and verifies it in an empty environment: `python -m ibperp_authoring.release`.

Into `dist/` go the wheel, the source archive, the vectors with index, schemas and digests, and the
digests of all three.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import tomllib
import venv
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from ibperp_conformance.files import WrongUseError, write_atomically
from ibperp_conformance.protocol.client import PROTOCOL
from ibperp_conformance.runner.fills import entry_of, suite_of_fills
from ibperp_conformance.runner.releases import frozen
from ibperp_conformance.runner.vectors import (
    FORMAT,
    OF_FILLS,
    Suite,
    compact,
    load_suite,
    needs,
    setup_of,
    vector_of,
)

ROOT: Final = Path(__file__).resolve().parents[2]
SUMS: Final = "SHA256SUMS"
OF_FILLS_FILE: Final = "fills/fills.json"
"""What an engine without a book takes: `ibperp conform --vectors fills.json` (CF-11)."""

_ENTRY: Final = re.compile(r"^## \[(?P<version>[^\]]+)\] - (?P<day>\S+)$", re.MULTILINE)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


def version_of(root: Path = ROOT) -> str:
    """Return the version of the package; raise `WrongUseError` if it is not X.Y.Z."""
    with (root / "pyproject.toml").open("rb") as file:
        version = str(tomllib.load(file)["project"]["version"])
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise WrongUseError(f"pyproject.toml: the version {version!r} is not of the form X.Y.Z")
    return version


def is_dated(version: str, root: Path = ROOT) -> bool:
    """Tell whether the change log gives the day of a version: it is a release, not a rehearsal."""
    found = {m["version"]: m["day"] for m in _ENTRY.finditer((root / "CHANGELOG.md").read_text())}
    if version not in found:
        raise WrongUseError(f"CHANGELOG.md has no entry for {version}")
    return _DAY.fullmatch(found[version]) is not None


def freeze(version: str, suite: Suite, folder: Path) -> Path:
    """Write what a version requires; raise `WrongUseError` if it was frozen with other vectors."""
    path, text = folder / f"{version}.json", frozen(version, suite, suite_of_fills(suite))
    if path.exists() and path.read_text(encoding="utf-8") != text:
        raise WrongUseError(
            f"{path} is frozen, and the vectors changed since: raise the version in pyproject.toml"
        )
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(path, [text], "release")
    return path


def vectors_archive(version: str, spec: Path) -> bytes:
    """Return the archive of the vectors: the same bytes from the same files on every machine."""
    texts = {
        str(path.relative_to(spec)): path.read_bytes()
        for folder in ("vectors", "schema")
        for path in sorted((spec / folder).glob("*.json"))
    }
    texts["tiers.json"] = (spec / "tiers.json").read_bytes()
    suite = load_suite(spec / "vectors")
    texts[OF_FILLS_FILE] = of_fills(suite).encode()
    texts["index.json"] = index(version, suite, texts).encode()
    texts[SUMS] = sums(texts).encode()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in sorted(texts.items()):
            member = tarfile.TarInfo(f"ibperp-vectors-{version}/{name}")
            member.size, member.mode = len(data), 0o644
            archive.addfile(member, io.BytesIO(data))
    return gzip.compress(packed.getvalue(), mtime=0)


def of_fills(suite: Suite) -> str:
    """Return the file of the vectors whose trades arrive as fills, with their setups (CF-11)."""
    made = suite_of_fills(suite)
    vectors = [each for each in made.vectors.values() if each.id.endswith(OF_FILLS)]
    setups = [made.setups[name] for name in dict.fromkeys(each.setup for each in vectors)]
    starts = ",\n".join(compact(_without_nothing(asdict(each))) for each in setups)
    lines = ",\n".join(compact(entry_of(each)) for each in vectors)
    return f'{{"format":"{FORMAT}","setups":[\n{starts}\n],"vectors":[\n{lines}\n]}}\n'


def _without_nothing(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if value is not None}


def index(version: str, suite: Suite, texts: Mapping[str, bytes]) -> str:
    """Return the index: what the vectors are of, and of each what chooses it, one a line."""
    places = {
        vector["id"]: name
        for name, data in texts.items()
        for vector in json.loads(data).get("vectors", ())
        if name.startswith(("vectors/", "fills/"))
    }
    listed = [(suite.setups[each.setup], each) for each in suite.vectors.values()]
    fills = json.loads(texts[OF_FILLS_FILE])
    starts = {each["id"]: setup_of("fills", each) for each in fills["setups"]}
    made = (vector_of("fills", each) for each in fills["vectors"])
    listed += [(starts[each.setup], each) for each in made]
    head = {"format": FORMAT, "protocol": PROTOCOL, "version": version}
    lines = ",\n".join(
        json.dumps(
            {
                "id": vector.id,
                "file": places[vector.id],
                "clauses": vector.clauses,
                "kind": vector.kind,
                "why": vector.why,
                "tier": vector.tier,
                "capabilities": sorted({"custody", *needs(setup, vector)}),
                "hash": vector.hash,
            },
            separators=(",", ":"),
        )
        for setup, vector in listed
    )
    return f'{json.dumps(head, separators=(",", ":"))[:-1]},"vectors":[\n{lines}\n]}}\n'


def sums(texts: Mapping[str, bytes]) -> str:
    """Return the digests of files as `sha256sum --check` reads them."""
    return "".join(
        f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(texts.items())
    )


def build(version: str, target: Path, root: Path = ROOT) -> list[Path]:
    """Build the three archives and their digests into `target`; return their paths."""
    target.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(target.resolve())]
    _run(command, root, {**os.environ, "SOURCE_DATE_EPOCH": "0"})
    vectors = target / f"ibperp-vectors-{version}.tar.gz"
    vectors.write_bytes(vectors_archive(version, root / "spec"))
    made = [
        target / f"ibperp-{version}-py3-none-any.whl",
        target / f"ibperp-{version}.tar.gz",
        vectors,
    ]
    digests = sums({path.name: path.read_bytes() for path in made})
    write_atomically(target / SUMS, [digests], "digests")
    return [*made, target / SUMS]


def verify(version: str, target: Path) -> None:
    """Hold what was built to its digests, and use it where nothing else of ibperp is.

    The wheel is installed without the network into an environment of its own, which sees the
    dependencies of this one and not the checkout. Raises `WrongUseError` for the first failure.
    """
    for line in (target / SUMS).read_text().splitlines():
        digest, name = line.split("  ")
        if hashlib.sha256((target / name).read_bytes()).hexdigest() != digest:
            raise WrongUseError(f"{target / name} is not what {SUMS} says")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        with tarfile.open(target / f"ibperp-vectors-{version}.tar.gz") as archive:
            archive.extractall(folder, filter="data")
        vectors = folder / f"ibperp-vectors-{version}"
        for line in (vectors / SUMS).read_text().splitlines():
            digest, name = line.split("  ")
            if hashlib.sha256((vectors / name).read_bytes()).hexdigest() != digest:
                raise WrongUseError(f"{name} in the archive is not what its {SUMS} says")
        python = _environment(folder / "environment", target / f"ibperp-{version}-py3-none-any.whl")
        command = [str(python), "-m", "ibperp_conformance.cli"]
        engine = ["--", *command, "engine"]
        adapter = [str(python), str(folder / "own" / "adapter.py")]
        for arguments in (
            ["--version"],
            ["smoke", *engine],
            ["conform", *engine],
            ["adapter", "python", str(folder / "own")],
            ["smoke", "--", *adapter],
        ):
            _run([*command, *arguments], folder, _bare())
        said = _run([str(python), "-c", _SAME, str(vectors)], folder, _bare()).strip()
        if said != "same":
            raise WrongUseError(f"the wheel and the archive hold other vectors: {said}")


_SAME: Final = """
import sys
from pathlib import Path
from ibperp_conformance.spec_files import spec_path
inside, packed = spec_path(), Path(sys.argv[1])
assert "_spec" in inside.parts, inside
names = [p.relative_to(packed) for d in ("vectors", "schema") for p in (packed / d).glob("*.json")]
other = [str(n) for n in names if (inside / n).read_bytes() != (packed / n).read_bytes()]
print(", ".join(other) or "same")
"""


def _environment(folder: Path, wheel: Path) -> Path:
    """Make an environment with the wheel, and the dependencies of this one; return its Python."""
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    inside = _run([str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])
    packages = Path(inside.strip())
    pip = [sys.executable, "-m", "pip", "--python", str(python)]
    _run([*pip, "install", "-qq", "--no-index", "--no-deps", str(wheel.resolve())])
    # A line of a path file names a folder whose own path files, and so the checkout, do not count.
    (packages / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    return python


def _bare() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def _run(
    command: Sequence[str], folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> str:
    made = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise WrongUseError(f"{' '.join(command)} failed:\n{made.stdout}{made.stderr}")
    return made.stdout


def main(arguments: Sequence[str] | None = None) -> int:
    """Freeze, build and verify; return 0, or 2 when something is in the way."""
    parser = argparse.ArgumentParser(prog="ibperp_authoring.release", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="where to (dist)")
    target: Path = parser.parse_args(arguments).out
    try:
        version = version_of()
        if is_dated(version):
            path = freeze(version, load_suite(), ROOT / "spec" / "releases")
            sys.stdout.write(f"frozen: {path.relative_to(ROOT)}; commit it with the tag\n")
        else:
            sys.stdout.write(f"{version} has no day in CHANGELOG.md: a rehearsal, not frozen\n")
        for old in target.glob("ibperp-*"):
            old.unlink()
        for path in build(version, target):
            sys.stdout.write(f"built: {path.name} ({path.stat().st_size} bytes)\n")
        verify(version, target)
    except WrongUseError as error:
        sys.stderr.write(f"release: {error}\n")
        return 2
    sys.stdout.write("verified: digests, and the wheel alone passes smoke and the vectors\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
