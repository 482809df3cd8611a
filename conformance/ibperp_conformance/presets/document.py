"""YAML that people write: plain data whose numbers keep their text, and the line of each field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from ibperp_conformance.json_text import on_one_line

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FieldPath: TypeAlias = tuple[str | int, ...]

DEPTH_MAX: Final = 20
NODES_MAX: Final = 200_000
BYTES_MAX: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field of a file, and what to do; `line` counts from 1."""

    line: int
    path: str
    message: str

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else ""
        return where + (f"{self.path}: {self.message}" if self.path else self.message)


class DocumentError(Exception):
    """A file that cannot be used: every problem found in it, each on a line safe to print."""

    def __init__(self, source: str, problems: Iterable[Problem]) -> None:
        self.source = source
        self.problems = tuple(problems)
        lines = (on_one_line(f"{source}: {problem}") for problem in self.problems)
        super().__init__("\n".join(lines))


class UnreadError(DocumentError):
    """A file that cannot be read at all, told as of every other file."""

    def __str__(self) -> str:
        why = "; ".join(problem.message for problem in self.problems)
        return on_one_line(f"cannot read {self.source}: {why}")


@dataclass(frozen=True, slots=True)
class Document:
    """The data of a file: mappings, lists, texts, booleans, None; numbers are texts, exactly."""

    source: str
    data: Any
    lines: dict[FieldPath, int]

    def problem(self, path: FieldPath, message: str) -> Problem:
        """Return a problem at a field, on its line or that of what it is missing from."""
        known = path
        while known and known not in self.lines:
            known = known[:-1]
        return Problem(self.lines.get(known, 0), dotted(path), message)

    def error(self, path: FieldPath, message: str) -> DocumentError:
        """Return the error of a single problem."""
        return DocumentError(self.source, [self.problem(path, message)])


def dotted(path: FieldPath) -> str:
    """Return the path of a field as people write it, such as `steps[2].deposit.amount`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def load_document(path: Path) -> Document:
    """Return the YAML document in a file; raise DocumentError with path, line and remedy."""
    source = str(path)
    try:
        with path.open("rb") as file:
            content = file.read(BYTES_MAX + 1)
        if len(content) > BYTES_MAX:
            raise _unread(source, f"it is larger than {BYTES_MAX} bytes")
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise _unread(source, error.strerror or str(error)) from None
    except UnicodeDecodeError as error:
        raise _unread(source, f"not UTF-8 at byte {error.start}; save it as UTF-8") from None
    except ValueError:
        raise _unread(source, "no file has this name") from None
    return parse_document(text, source)


def parse_document(text: str, source: str) -> Document:
    """Return the YAML document in a text; raise DocumentError with line and remedy."""
    try:
        node = YAML(typ="safe", pure=True).compose(text)
        if node is None:
            raise _unusable(source, "empty; expected fields")
        reader = _Reader(source)
        return Document(source, reader.value(node, ()), reader.lines)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = f"not YAML: {error.problem or error.context}"
        raise DocumentError(source, [Problem(mark.line + 1 if mark else 0, "", message)]) from None
    except ReaderError as error:
        line = text[: error.position].count("\n") + 1
        letter = error.character
        number = ord(letter) if isinstance(letter, str) else letter
        message = f"not YAML: it holds the character #x{number:04x}; remove it"
        raise DocumentError(source, [Problem(line, "", message)]) from None
    except (YAMLError, ValueError) as error:
        raise _unusable(source, f"not YAML: {str(error).splitlines()[0]}") from None
    except RecursionError:
        raise _unusable(source, f"nested more than {DEPTH_MAX} deep") from None


def _unusable(source: str, message: str) -> DocumentError:
    return DocumentError(source, [Problem(0, "", message)])


def _unread(source: str, message: str) -> UnreadError:
    return UnreadError(source, [Problem(0, "", message)])


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.lines: dict[FieldPath, int] = {}
        self.count = 0

    def value(self, node: Any, path: FieldPath) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        self.count += 1
        if len(path) > DEPTH_MAX or self.count > NODES_MAX:
            raise self._error(node, path, "nested too deeply, or too large")
        match node:
            case MappingNode():
                return dict(self._member(key, value, path) for key, value in self._once(node, path))
            case SequenceNode():
                return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
            case ScalarNode():
                return _scalar(node)
            case _:
                raise self._error(node, path, "expected a mapping, a list or a scalar")

    def _once(self, node: MappingNode, path: FieldPath) -> list[tuple[Any, Any]]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, ScalarNode):
                raise self._error(key, path, "expected a plain name before the colon")
            if key.value in seen:
                raise self._error(key, (*path, key.value), "named twice; keep one of the two")
            seen.add(key.value)
        return list(node.value)

    def _member(self, key: Any, value: Any, path: FieldPath) -> tuple[str, Any]:
        member = (*path, key.value)
        self.lines[member] = key.start_mark.line + 1
        return key.value, self.value(value, member)

    def _error(self, node: Any, path: FieldPath, message: str) -> DocumentError:
        problem = Problem(node.start_mark.line + 1, dotted(path), message)
        return DocumentError(self.source, [problem])


def _scalar(node: ScalarNode) -> str | bool | None:
    tag = str(node.tag).rpartition(":")[2]
    if tag == "bool":
        return str(node.value).lower() == "true"
    return None if tag == "null" else str(node.value)
