"""The command `ibperp fuzz`: reads its options, conducts a campaign, and says what came of it."""

from __future__ import annotations

import contextlib
import math
import re
import sys
import time
from typing import TYPE_CHECKING, Final, Self

from ibperp_conformance.files import WrongUseError
from ibperp_conformance.fuzz.ask import opened
from ibperp_conformance.fuzz.campaign import Campaign, Keeper, conduct, resumed
from ibperp_conformance.fuzz.corpus import read
from ibperp_conformance.fuzz.generator.reached import STATES, expected, never_reached
from ibperp_conformance.fuzz.work import Done, prepare, refused_hello
from ibperp_conformance.json_text import visible
from ibperp_conformance.protocol.client import EngineFailureError
from ibperp_invariants.workers import DeathsError, NoClusterError, cluster, processes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ibperp_conformance.fuzz.options import Options
    from ibperp_invariants.workers import Pool

UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
SHOWN: Final = 10
"""How much of what was never reached is named."""

PIPE_SECONDS: Final = 30.0
"""How often a line is written where no terminal shows the progress."""


def seconds_of(text: str) -> float:
    """Return the seconds in a text such as `90`, `45s`, `10m` or `2h`; raise WrongUseError."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd]?)", text)
    if not found:
        raise WrongUseError(f"--budget is a number with s, m, h or d, such as 10m, not {text!r}")
    return float(found[1]) * UNITS[found[2] or "s"]


def main_fuzz(options: Options) -> int:
    """Conduct a campaign and return the exit code."""
    budget = seconds_of(options.budget)
    if options.is_lawful and options.against:
        raise WrongUseError("--invariants asks one engine alone: leave --against out")
    if options.corpus and options.folder in {options.corpus, options.corpus.parent}:
        raise WrongUseError("--corpus is of an earlier campaign: name another folder for --out")
    campaign = Campaign(
        options.command,
        options.against,
        _capabilities(options),
        options.seed,
        options.timeout,
        most=options.runs or math.inf,
        is_lawful=options.is_lawful,
        corpus=read(options.corpus) if options.corpus else (),
    )
    if options.folder:
        try:
            options.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            message = f"cannot make the folder {options.folder}: {error.strerror}"
            raise WrongUseError(message) from None
        campaign = resumed(campaign, options.folder)
    keeper = Keeper(campaign, options.folder)
    if problem := keeper.write():
        raise WrongUseError(problem)
    display = Display(campaign)
    code = 0
    try:
        with working(options.jobs, options.dask, options.timeout) as pool, display:
            conduct(campaign, keeper, pool, budget, display.show)
    except KeyboardInterrupt:
        code = 130
    _summarize(campaign, keeper, is_interrupted=code != 0, is_whole=options.is_whole)
    return code or (1 if campaign.findings else 0)


def _capabilities(options: Options) -> frozenset[str]:
    """Return the capabilities to use: those that all engines claim, or of these the named ones."""
    claimed: frozenset[str] | None = None
    for command in (options.command, options.against):
        if not command:
            continue
        if problem := refused_hello(command, options.timeout):
            raise EngineFailureError(visible(problem))
        with opened(command, options.timeout) as engine:
            has = engine.capabilities
        claimed = has if claimed is None else claimed & has
    from ibperp_conformance.protocol.server import CAPABILITIES

    known = frozenset(CAPABILITIES) if claimed is None else claimed
    for name in options.capabilities:
        if name not in known:
            raise WrongUseError(
                f"--capability {name}: the engine claims {', '.join(sorted(known))}"
            )
    return frozenset({*options.capabilities, "custody"}) if options.capabilities else known


@contextlib.contextmanager
def working(jobs: int, dask: str = "", timeout: float = 10.0) -> Iterator[Pool | None]:
    """Give what does the tasks of a campaign: a Dask cluster, processes, None for this one alone.

    Raises WrongUseError if there is no cluster, EngineFailureError if the processes always die.
    """
    try:
        with cluster(dask, timeout) if dask else processes(jobs, prepare) as pool:
            yield pool
    except NoClusterError as error:
        raise WrongUseError(str(error)) from None
    except DeathsError as error:
        raise EngineFailureError(str(error)) from None


class Display:
    """Says how far a campaign is: a line that moves on a terminal, else one now and then."""

    def __init__(self, campaign: Campaign) -> None:
        """Show `campaign`."""
        from rich.console import Console
        from rich.status import Status

        self._campaign = campaign
        self._console = Console(stderr=True, highlight=False)
        self._status = Status("", console=self._console)
        self._began, self._steps = time.monotonic(), campaign.steps
        self._said, self._names = self._began, expected()

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._status.stop()

    def show(self, result: Done | None) -> None:
        """Show what a run, or a round (None), added."""
        if result and result.finding and result.signature in self._campaign.findings:
            known = self._campaign.findings[result.signature]
            if known["times"] == 1:
                self._console.print(f"finding: {visible(known['sentence'])}", markup=False)
        if self._console.is_terminal:
            self._status.update(self._line())
        elif time.monotonic() - self._said > PIPE_SECONDS:
            self._said = time.monotonic()
            self._console.print(self._line(), markup=False)

    def _line(self) -> str:
        campaign = self._campaign
        spent = max(time.monotonic() - self._began, 0.001)
        speed = (campaign.steps - self._steps) / spent
        reached = sum(name in campaign.reached or name in campaign.begun for name in self._names)
        return (
            f"{campaign.runs} runs, {campaign.steps} steps, {speed:.0f} steps/s, "
            f"{reached} of {len(self._names)} states reached, {len(campaign.findings)} findings"
        )


def _missing(never: Sequence[str], *, is_whole: bool) -> str:
    """Return what is said of what was never reached: the most important, or all."""
    size = len(expected())
    lines = [f"\n{size - len(never)} of {size} states, kinds, codes and events were reached."]
    shown = never if is_whole else never[:SHOWN]
    if never:
        lines.append(f"never reached are {len(never)}: {', '.join(shown)}")
    if len(shown) < len(never):
        lines[-1] += ", ...; --unreached names all, and so does campaign.json of --out"
    return "\n".join(lines) + "\n"


def _summarize(campaign: Campaign, keeper: Keeper, *, is_interrupted: bool, is_whole: bool) -> None:
    counts = campaign.reached + campaign.begun
    out = sys.stdout
    how = "interrupted after" if is_interrupted else "in"
    out.write(
        f"{campaign.runs} runs, {campaign.steps} steps {how} {campaign.seconds:.0f} s; "
        f"{len(campaign.findings)} findings\n"
    )
    out.write("\ninteresting states, and how often each was reached:\n")
    for name in STATES:
        out.write(f"{counts[name]:>9}  {name}\n")
    out.write(_missing(never_reached(counts), is_whole=is_whole))
    for name, missing in campaign.unchecked.items():
        out.write(f"{name}: not checkable: missing {visible(missing)}\n")
    for known in campaign.findings.values():
        where = keeper.folder / known["file"] if keeper.folder else "not kept: give --out DIR"
        out.write(f"\n{visible(known['sentence'])}\n")
        out.write(
            f"  seen in {known['times']} runs; {known['from_steps']} steps made {known['steps']}, "
            f"of which {known['own']} are to be watched; {where}\n"
        )
        if known["note"]:
            out.write(f"  {known['note']}\n")
    if problem := keeper.write():
        out.write(
            f"\n{visible(problem)}: what follows is not on disk, nor that these runs are done\n"
        )
    for name, text in keeper.campaign.unwritten.items():
        if keeper.folder:
            out.write(f"\n{name} could not be written; this is its content:\n{text}")
