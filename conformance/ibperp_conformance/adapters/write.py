"""Writes an adapter: `ibperp adapter LANGUAGE DIR`."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, StrictUndefined

from ibperp_conformance.adapters.columns import aligned
from ibperp_conformance.adapters.languages import FILTERS, LANGUAGES, Language
from ibperp_conformance.adapters.model import Model, load_model
from ibperp_conformance.files import WrongUseError, write_atomically
from ibperp_conformance.protocol.client import PROTOCOL

DONE: Final = ("create_account", "advance_time")
"""The actions that an adapter answers from the start, so that it passes the smoke test."""

_SUFFIX: Final = ".jinja"


def write_adapter(language: str, folder: Path, *, update: bool = False) -> list[Path]:
    """Write the files of an adapter into `folder`, and return their paths.

    A folder that holds something is refused, so that nothing is overwritten. With `update` only
    the files that hold nothing of the engine's author are written again: a newer specification
    may have brought actions and fields. Raises `WrongUseError`.
    """
    known = LANGUAGES.get(language)
    if known is None:
        raise WrongUseError(f"no adapter in {language!r}; there are {', '.join(LANGUAGES)}")
    if update and not (folder / known.generated[0]).is_file():
        raise WrongUseError(f"{folder} holds no adapter in {known.title}; leave --update out")
    try:
        if not update and folder.exists() and any(folder.iterdir()):
            raise WrongUseError(
                f"{folder} is not empty; name a new folder, or renew the types of an adapter there "
                "with --update"
            )
        texts = rendered(language)
        paths = {folder / name: texts[name] for name in (known.generated if update else texts)}
        for parent in {path.parent for path in paths}:
            parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WrongUseError(f"cannot write the adapter {folder}: {error.strerror}") from None
    for path, text in paths.items():
        write_atomically(path, [text], "adapter")
    return list(paths)


def rendered(language: str) -> dict[str, str]:
    """Return the text of every file of an adapter by its path inside the folder."""
    known, model = LANGUAGES[language], load_model()
    environment = _environment(known)
    values = _values(language, known, model)
    templates = files("ibperp_conformance.adapters") / "templates"
    texts = dict[str, str]()
    for file, template in _texts(templates / language):
        name, text = file.removesuffix(_SUFFIX), environment.from_string(template).render(values)
        texts[name] = aligned(text) if name.endswith(".go") else text
    readme = (templates / "README.md.jinja").read_text(encoding="utf-8")
    return texts | {"README.md": environment.from_string(readme).render(values)}


def _environment(language: Language) -> Environment:
    environment = Environment(  # noqa: S701 - source code is written, not a page
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, undefined=StrictUndefined
    )
    environment.filters.update(FILTERS)
    environment.filters.update(type=language.type_of, read=language.read_of, name=language.member)
    return environment


def _values(name: str, language: Language, model: Model) -> dict[str, Any]:
    return {
        "language": language,
        "command": name,
        "model": model,
        "records": list({each.name: each for each in (*model.read, *model.written)}.values()),
        "observation": model.records["Observation"],
        "account": model.records["Account"],
        "settings": model.records["Settings"],
        "read_enums": model.enums_of(model.read),
        "interfaces": _interfaces(model),
        "done": DONE,
        "protocol": PROTOCOL,
        "version": _version(),
    }


def _interfaces(model: Model) -> dict[str, list[str]]:
    """Return what each record is one of, for languages whose records name it."""
    found: dict[str, list[str]] = {name: [] for name in model.records}
    for action in model.actions:
        found[action.record.name].append("Action")
    for event in model.events:
        found[event.name].append("Event")
    for union, members in model.unions.items():
        for member in members:
            found[member].append(union)
    found["Rejected"].append("Outcome")
    for record in model.written:
        if not found[record.name]:
            found[record.name].append("Json.Message")
    return found


def _texts(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, str]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _texts(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(_SUFFIX):
            yield f"{prefix}{entry.name}", entry.read_text(encoding="utf-8")


def _version() -> str:
    try:
        return version("ibperp")
    except PackageNotFoundError:
        return "(not installed)"
