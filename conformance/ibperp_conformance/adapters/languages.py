"""How each language writes the types of the protocol, and what its files are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from ibperp_conformance.adapters.model import Field, Kind, camel, lower_camel, snake

_CPP_WORDS: Final = frozenset({"virtual"})
_RUST_WORDS: Final = frozenset({"virtual"})


@dataclass(frozen=True, slots=True)
class Language:
    """A language: `types` by shape, with `{item}` for what it holds and `{name}` for its name.

    `member` is how a member is named in the language; `build` and `run` are the commands that
    make and start the engine, from its folder; `generated` are the files that hold nothing of the
    engine's author. `readers` names the function that reads a shape, and `read` calls it.
    """

    title: str
    types: Mapping[str, str]
    optional: str
    member: Callable[[str], str]
    needs: str
    run: str
    generated: tuple[str, ...]
    build: str = ""
    read: str = ""
    readers: Mapping[str, str] = field(default_factory=dict)

    def type_of(self, held: Field | Kind) -> str:
        """Return the type of a field, or of what a field holds."""
        if isinstance(held, Field):
            plain = self.type_of(held.kind)
            return self.optional.format(item=plain) if held.optional else plain
        item = "" if held.item is None else self.type_of(held.item)
        return self.types.get(held.shape, "{name}").format(name=held.name, item=item)

    def read_of(self, held: Field) -> str:
        """Return the expression that reads a field of an object."""
        return self.read.format(name=held.name, reader=self._reader(held.kind))

    def _reader(self, kind: Kind) -> str:
        item = "" if kind.item is None else self._reader(kind.item)
        return self.readers[kind.shape].format(name=kind.name, item=item)


def _kept(words: frozenset[str]) -> Callable[[str], str]:
    return lambda name: f"{name}_" if name in words else name


LANGUAGES: Final[Mapping[str, Language]] = {
    "python": Language(
        "Python",
        {
            "integer": "int",
            "amount_or_all": 'int | Literal["all"]',
            "text": "str",
            "boolean": "bool",
            "list": "list[{item}]",
            "map": "dict[str, {item}]",
        },
        "{item} | None = None",
        str,
        "Python 3.10 or newer",
        "python3 adapter.py",
        ("protocol.py", "adapter.py"),
    ),
    "typescript": Language(
        "TypeScript",
        {
            "integer": "bigint",
            "amount_or_all": 'bigint | "all"',
            "text": "string",
            "boolean": "boolean",
            "list": "{item}[]",
            "map": "Record<string, {item}>",
        },
        "{item}",
        str,
        "Node 22.6 or newer, or any Node from 18 on with the npm package typescript 5.7",
        "node dist/adapter.js",
        ("protocol.ts", "json.ts", "adapter.ts"),
        "tsc",
        'fields.take("{name}", {reader})',
        {
            "integer": "readInteger",
            "amount_or_all": "readAmountOrAll",
            "text": "readText",
            "boolean": "readBoolean",
            "enum": "read{name}",
            "record": "read{name}",
            "list": "readList({item})",
        },
    ),
    "go": Language(
        "Go",
        {
            "integer": "Integer",
            "amount_or_all": "AmountOrAll",
            "text": "string",
            "boolean": "bool",
            "list": "[]{item}",
            "map": "map[string]{item}",
        },
        "*{item}",
        camel,
        "Go 1.19 or newer",
        "./engine",
        ("protocol.go", "json.go", "main.go"),
        "go build -o engine .",
        'take(members, path, "{name}", {reader})',
        {
            "integer": "readInteger",
            "amount_or_all": "readAmountOrAll",
            "text": "readText",
            "boolean": "readBool",
            "enum": "read{name}",
            "record": "read{name}",
            "list": "readList({item})",
        },
    ),
    "rust": Language(
        "Rust",
        {
            "integer": "Integer",
            "amount_or_all": "AmountOrAll",
            "text": "String",
            "boolean": "bool",
            "list": "Vec<{item}>",
            "map": "BTreeMap<String, {item}>",
        },
        "Option<{item}>",
        _kept(_RUST_WORDS),
        "Rust 1.70 or newer",
        "./target/debug/engine",
        ("src/protocol.rs", "src/json.rs", "src/main.rs"),
        "cargo build",
    ),
    "java": Language(
        "Java",
        {
            "integer": "BigInteger",
            "amount_or_all": "Optional<BigInteger>",
            "text": "String",
            "boolean": "Boolean",
            "list": "List<{item}>",
            "map": "Map<String, {item}>",
        },
        "{item}",
        lower_camel,
        "Java 17 or newer",
        "java -cp classes Adapter",
        ("Protocol.java", "Json.java", "Adapter.java"),
        "javac -d classes *.java",
        'fields.take("{name}", {reader})',
        {
            "integer": "Json::readInteger",
            "amount_or_all": "Json::readAmountOrAll",
            "text": "Json::readText",
            "boolean": "Json::readBoolean",
            "enum": "{name}::read",
            "record": "{name}::read",
            "list": "Json.readList({item})",
        },
    ),
    "cpp": Language(
        "C++",
        {
            "integer": "Integer",
            "amount_or_all": "AmountOrAll",
            "text": "std::string",
            "boolean": "bool",
            "list": "std::vector<{item}>",
            "map": "std::map<std::string, {item}>",
        },
        "std::optional<{item}>",
        _kept(_CPP_WORDS),
        "a compiler for C++17",
        "./engine",
        ("protocol.hpp", "json.hpp", "main.cpp"),
        "make",
    ),
}
"""The languages by the name that the command line takes."""

FILTERS: Final[Mapping[str, Callable[[str], str]]] = {
    "camel": camel,
    "lower_camel": lower_camel,
    "snake": snake,
}
