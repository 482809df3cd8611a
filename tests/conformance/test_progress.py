import io

from ibperp_conformance.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    """A clock that a second passes on with each look."""

    def __init__(self) -> None:
        self.now = -1.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


def shown(stream: io.StringIO, steps: int, total: int | None = None) -> list[str]:
    with Progress("vectors", total, stream, Clock()) as progress:
        assert list(progress.over(range(steps))) == list(range(steps))
    return stream.getvalue().splitlines()


def test_progress__says_nothing_of_what_is_over_at_once() -> None:
    assert shown(io.StringIO(), 1, 1) == []
    assert shown(Terminal(), 1, 1) == []


def test_progress__writes_a_line_at_times_where_there_is_no_terminal() -> None:
    assert shown(io.StringIO(), 25, 50) == [
        "ibperp: 2 of 50 vectors, about 48 s left",
        "ibperp: 12 of 50 vectors, about 38 s left",
        "ibperp: 22 of 50 vectors, about 28 s left",
    ]


def test_progress__without_a_total_counts() -> None:
    assert shown(io.StringIO(), 3) == ["ibperp: 2 vectors"]


def test_progress__clears_its_line_on_a_terminal() -> None:
    stream = Terminal()
    shown(stream, 3, 3)
    assert stream.getvalue() == (
        "\ribperp: 2 of 3 vectors, about 1 s left\x1b[K"
        "\ribperp: 3 of 3 vectors, about 0 s left\x1b[K\r\x1b[K"
    )


def test_progress__that_nobody_can_read_ends_no_work() -> None:
    class Broken(io.StringIO):
        def write(self, _: str) -> int:
            raise BrokenPipeError

    assert shown(Broken(), 30, 30) == []
