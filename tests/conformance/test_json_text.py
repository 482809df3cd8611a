import pytest

from ibperp_conformance.json_text import JsonTextError, decode, visible
from ibperp_invariants.check.lines import LineError, decoded


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"a":1', "not JSON at line 1 column 7"),
        (b"", "not JSON"),
        (b"\xff", "not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":NaN}', "NaN is not JSON"),
        (b"9" * 5000, "number too long"),
        (b'{"a":1,"a":2}', "a: named twice"),
    ],
)
def test_decode__malformed_is_explained(line: bytes, message: str) -> None:
    with pytest.raises(JsonTextError, match=message):
        decode(line)


def test_decode__finds_a_name_given_twice_among_many() -> None:
    many = "".join(f'"{name}":1,' for name in range(100_000))
    with pytest.raises(JsonTextError, match="99999: named twice"):
        decode(f'{{{many}"99999":1}}')
    with pytest.raises(LineError, match="given twice: 99999"):
        decoded(f'{{{many}"99999":1}}')


def test_visible__escapes_control_characters_and_cuts() -> None:
    assert visible("a\x1b\x00\ud800b") == r"a\x1b\x00\ud800b"
    assert len(visible("x" * 9000)) < 2010
