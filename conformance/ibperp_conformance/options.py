"""What the commands have in common: exit codes, and arguments that several of them take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer

if TYPE_CHECKING:
    from types import FrameType

EXIT_WRONG_USE: Final = 2
EXIT_NOT_RUN: Final = 3
EXIT_INTERNAL: Final = 70
EXIT_INTERRUPTED: Final = 130


def exit_codes(zero: str, one: str = "", *, engine: bool = False) -> str:
    """Return the line on exit codes that ends the help of a command."""
    codes = {
        0: zero,
        1: one,
        EXIT_WRONG_USE: "wrong use, or a file cannot be read or written",
        EXIT_NOT_RUN: "the engine could not be run" if engine else "",
        EXIT_INTERNAL: "a fault of ibperp itself",
        EXIT_INTERRUPTED: "interrupted",
    }
    listed = "; ".join(f"{code} {meaning}" for code, meaning in codes.items() if meaning)
    return f"Exit codes: {listed}."


Command = Annotated[
    list[str] | None,
    typer.Argument(metavar="[-- COMMAND ...]", help="The engine; without it, the reference."),
]
RequiredCommand = Annotated[list[str], typer.Argument(metavar="-- COMMAND ...", help="The engine.")]
Invariants = Annotated[
    bool,
    typer.Option(
        "--invariants", help="Compare nothing: check the invariants over what the engine shows."
    ),
]
Timeout = Annotated[
    float, typer.Option(min=0.1, max=86400.0, help="Seconds to wait for each reply line.")
]


def interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    """Handle a signal like Ctrl-C, so that a run ends with its results so far."""
    raise KeyboardInterrupt
