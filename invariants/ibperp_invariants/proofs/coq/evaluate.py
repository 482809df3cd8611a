"""The translation held to Python: both compute the same on the numbers of real calls."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from types import CodeType, FrameType
from typing import Any

from ibperp_invariants.proofs.coq.translate import Translation
from ibperp_invariants.proofs.executor.arguments import hints, signature

Call = tuple[tuple[Any, ...], Any]


class Recorder:
    """Notes the distinct calls of translated functions while a program runs, so many of each."""

    def __init__(self, translation: Translation, *, most: int) -> None:
        self.calls: dict[str, dict[tuple[Any, ...], Any]] = {
            name: {} for name in translation.functions
        }
        self._of: dict[CodeType, tuple[str, tuple[str, ...]]] = {
            function.__code__: (name, tuple(hints(function)))
            for name, function in translation.functions.items()
        }
        self._most = most
        self._open: list[tuple[FrameType, tuple[Any, ...]]] = []

    def run(self, program: Callable[[], object]) -> None:
        """Run a program, and note what it calls."""
        sys.setprofile(self._note)
        try:
            program()
        finally:
            sys.setprofile(None)

    def _note(self, frame: FrameType, event: str, argument: Any) -> None:
        if frame.f_code not in self._of:
            return
        name, names = self._of[frame.f_code]
        if event == "call":
            self._open.append((frame, tuple(frame.f_locals[each] for each in names)))
        elif event == "return" and self._open and self._open[-1][0] is frame:
            _, given = self._open.pop()
            if len(self.calls[name]) < self._most:
                self.calls[name].setdefault(given, argument)


def comparison(translation: Translation, calls: Mapping[str, Iterable[Call]]) -> str:
    """Return a Coq file that fails to compile where a definition differs from Python."""
    lines = [
        "From Ibperp Require Import Kernels.",
        "Require Import ZArith List.",
        "Import ListNotations.",
        "Open Scope Z_scope.",
    ]
    for name, listed in calls.items():
        function = translation.functions[name]
        kinds, returned = hints(function), signature(function)["return"]
        types = translation.types
        equal = types.equality(returned)
        checks = []
        for given, result in listed:
            shown = " ".join(
                types.of(kind, value) for kind, value in zip(kinds.values(), given, strict=True)
            )
            checks.append(f"{equal} ({name} {shown}) {types.of(returned, result)}")
        if checks:
            lines.append(f"Goal forallb (fun b => b) [{'; '.join(checks)}] = true.")
            lines.append("Proof. vm_compute. reflexivity. Qed.")
    return "\n".join(lines) + "\n"
