"""The worked examples of the chapters; `python tests/test_spec_examples.py` writes their tables."""

import importlib
import re
import sys
from pathlib import Path

import pytest

from ibperp_conformance import examples
from ibperp.outcomes import RejectionCode

SPEC = Path(__file__).resolve().parent.parent / "spec"
CHAPTERS = sorted(SPEC.glob("*.md"))
CLAUSE = re.compile(r"^### ([A-Z]{2})-(\d+) .+ \{#([A-Z]{2}-\d+)\}$", re.MULTILINE)
FOOTER = re.compile(r"^<!-- (?:function: (?P<functions>[^;>]+)|waiver: )[^>]*-->$", re.MULTILINE)
LAST = {"NT": 9, "CU": 11, "MM": 17}


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def sections() -> dict[str, str]:
    found: dict[str, str] = {}
    for chapter in CHAPTERS:
        text = text_of(chapter)
        starts = list(re.finditer(r"^#{1,3} .*$", text, re.MULTILINE))
        ends = [*(start.start() for start in starts[1:]), len(text)]
        for start, end in zip(starts, ends, strict=True):
            match = CLAUSE.match(start[0])
            if match:
                assert match[3] not in found
                assert match[3] == f"{match[1]}-{match[2]}"
                found[match[3]] = text[start.end() : end].rstrip()
    return found


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_example_tables__are_what_the_reference_does(chapter: Path) -> None:
    text = text_of(chapter)
    assert examples.render(text) == text, "stale: run python tests/test_spec_examples.py"


@pytest.mark.parametrize(("prefix", "last"), LAST.items())
def test_clauses__are_numbered_without_gap(prefix: str, last: int) -> None:
    numbers = [int(name[3:]) for name in sections() if name.startswith(prefix)]
    assert numbers == list(range(1, last + 1))


@pytest.mark.parametrize(("clause", "text"), sections().items(), ids=lambda value: value[:6])
def test_clause__ends_with_its_function_or_waiver(clause: str, text: str) -> None:
    footer = FOOTER.fullmatch(text.splitlines()[-1])
    assert footer, clause
    for path in (footer["functions"] or "").replace(" ", "").split(","):
        if path:
            module, _, name = path.rpartition(".")
            assert callable(getattr(importlib.import_module(module), name)), path


def test_rejection_codes__stand_in_precedence_order() -> None:
    table = sections()["NT-9"]
    codes = re.findall(r"^\| \d+ \| `([a-z_]+)` \|", table, re.MULTILINE)
    assert codes == [code.value for code in RejectionCode]


def test_render__refuses_an_example_without_table() -> None:
    with pytest.raises(examples.ExampleError, match="no table follows"):
        examples.render(
            '```yaml title="Example base"\n'
            "system: {quote_unit: '1', accrual_interval: '1', throttle_interval: '1',"
            " entry_fee: false}\n```\n"
            "```yaml title=\"Example: x\"\naction: {type: advance_time, time: '1'}\n```\n"
        )


def test_render__refuses_a_table_without_example() -> None:
    with pytest.raises(examples.ExampleError, match="follows no example"):
        examples.render(f"{examples.BEGIN}\n{examples.END}\n")


def test_render__names_the_example_whose_setup_is_refused() -> None:
    with pytest.raises(examples.ExampleError, match="Example: late"):
        examples.render(
            '```yaml title="Example base"\n'
            "system: {quote_unit: '1', accrual_interval: '1', throttle_interval: '1',"
            " entry_fee: false}\n```\n"
            '```yaml title="Example: late"\n'
            "setup: [{type: advance_time, time: '0'}]\n"
            "action: {type: advance_time, time: '1'}\n```\n"
        )


if __name__ == "__main__":
    for chapter in CHAPTERS:
        chapter.write_text(examples.render(text_of(chapter)), encoding="utf-8")
    sys.exit(0)
