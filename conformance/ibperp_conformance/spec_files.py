"""Where the files of the specification are: inside an installed package, or in the checkout."""

from __future__ import annotations

from pathlib import Path


class SpecMissingError(Exception):
    """The files of the specification are neither beside the package nor in a checkout."""


def spec_path() -> Path:
    """Return the directory that holds the chapters, `presets`, `schema` and `vectors`.

    Raises `SpecMissingError` when neither an installed package nor a checkout has one.
    """
    package = Path(__file__).resolve().parent
    for candidate in (package / "_spec", package.parents[1] / "spec"):
        if candidate.is_dir():
            return candidate
    raise SpecMissingError(
        "the files of the specification are not installed; install the package again with pip"
    )
