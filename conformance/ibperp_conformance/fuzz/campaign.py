"""A campaign: many runs, on some processes or machines, with what was found kept on disk.

Runs go in rounds. What a run looks for depends on what the rounds before the last one reached, so
a seed gives the same runs and the same findings whatever the number of jobs.
"""

from __future__ import annotations

import json
import math
import shlex
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from operator import index
from typing import TYPE_CHECKING, Any, Final

from ibperp_conformance.files import WrongUseError, read_whole, write_atomically
from ibperp_conformance.fuzz.corpus import FILE, chosen, digest, lines_of, text
from ibperp_conformance.fuzz.finding import Finding, as_file, as_text
from ibperp_conformance.fuzz.generator.reached import never_reached
from ibperp_conformance.fuzz.work import Done, Task, done
from ibperp_conformance.json_text import JsonTextError, decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from ibperp_conformance.fuzz.generator.worlds import World
    from ibperp_invariants.workers import Answer, Pool


ROUND: Final = 16
"""How many runs have the same knowledge of what was reached."""

FORMAT: Final = "ibperp-fuzz-1"
RECORD: Final = "campaign.json"


TOLD: Final[Mapping[str, type]] = {
    "file": str,
    "sentence": str,
    "note": str,
    "steps": int,
    "own": int,
    "from_steps": int,
    "times": int,
}
"""What is told of a finding, from the record of a campaign."""


@dataclass(slots=True)
class Campaign:
    """What a campaign is about, and how far it has come.

    `shrink`: seconds that may be spent on making a finding small. `most`: how many runs at most.
    `is_lawful`: the invariants alone are checked; `unchecked`: what of them was not checkable.
    `reached` counts what all whole rounds reached, `known` all but the last one, `begun` the round
    that is under way. `corpus`: beginnings from an earlier campaign; `beginnings`: those of this
    one, as lines.
    """

    command: tuple[str, ...]
    against: tuple[str, ...]
    capabilities: frozenset[str]
    seed: int
    timeout: float
    shrink: float = 45.0
    most: float = math.inf
    rounds: int = 0
    runs: int = 0
    steps: int = 0
    seconds: float = 0.0
    reached: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    begun: Counter[str] = field(default_factory=Counter)
    is_lawful: bool = False
    unchecked: dict[str, str] = field(default_factory=dict)
    findings: dict[str, dict[str, Any]] = field(default_factory=dict)
    unwritten: dict[str, str] = field(default_factory=dict)
    corpus: tuple[World, ...] = ()
    beginnings: dict[str, str] = field(default_factory=dict)

    def tasks(self, number: int, known: Counter[str]) -> list[Task]:
        """Return the tasks of a round, that know what the rounds before the last one reached."""
        first = self.seed * 10**9 + number * ROUND
        return [
            Task(
                seed,
                Counter(known),
                self.command,
                self.against,
                self.capabilities,
                self.timeout,
                self.shrink,
                frozenset(self.findings),
                self.is_lawful,
                chosen(self.corpus, seed),
            )
            for seed in range(first, first + ROUND)
        ]

    def describe(self) -> dict[str, Any]:
        """Return what the record of the campaign holds."""
        return {
            "format": FORMAT,
            "command": list(self.command),
            "against": list(self.against),
            "capabilities": sorted(self.capabilities),
            "seed": self.seed,
            "invariants_alone": self.is_lawful,
            "corpus": digest(self.corpus),
            "rounds": self.rounds,
            "runs": self.runs,
            "steps": self.steps,
            "seconds": round(self.seconds, 1),
            "reached": dict(sorted(self.reached.items())),
            "known": dict(sorted(self.known.items())),
            "never_reached": never_reached(self.reached + self.begun),
            "findings": self.findings,
        }


@dataclass(slots=True)
class Keeper:
    """Writes what a campaign found; keeps in memory what a full disk does not take."""

    campaign: Campaign
    folder: Path | None

    def keep(self, result: Done) -> Finding | None:
        """Take the finding of a run; return it if it is new."""
        finding = result.finding
        self.campaign.beginnings = {**dict(result.beginnings), **self.campaign.beginnings}
        if finding is None or result.signature in self.campaign.findings:
            known = self.campaign.findings.get(result.signature)
            if known:
                known["times"] += 1
            return None
        command = shlex.join(self.campaign.command)
        path = f"{finding.name}.json"
        where = path if self.folder is None else str(self.folder / path)
        alone = "--invariants " if self.campaign.is_lawful else ""
        rerun = f"ibperp conform {alone}--vectors {shlex.quote(where)} -- {command}"
        self.campaign.findings[result.signature] = {
            "file": path,
            "sentence": finding.sentence,
            "steps": len(finding.steps),
            "own": finding.own,
            "seconds": round(finding.seconds, 1),
            "from_steps": finding.from_steps,
            "times": 1,
            "note": finding.note,
        }
        texts = {path: json.dumps(as_file(finding, command), indent=1, ensure_ascii=False) + "\n"}
        texts[f"{finding.name}.txt"] = as_text(finding, rerun)
        if result.raw:
            whole = json.dumps(as_file(result.raw, command), ensure_ascii=False) + "\n"
            texts[f"{finding.name}.whole.json"] = whole
        self.campaign.unwritten |= texts
        self.write()
        return finding

    def write(self) -> str:
        """Write the record and what is not yet on disk; return what stands in the way, if so."""
        if self.folder is None:
            return ""
        record = json.dumps(self.campaign.describe(), indent=1, ensure_ascii=False) + "\n"
        campaign = self.campaign
        try:
            for name, content in tuple(campaign.unwritten.items()):
                write_atomically(self.folder / name, [content], "finding")
                del campaign.unwritten[name]
            write_atomically(self.folder / RECORD, [record], "record of the campaign")
            if campaign.beginnings:
                corpus = text(campaign.beginnings, campaign.reached)
                write_atomically(self.folder / FILE, [corpus], "corpus")
        except WrongUseError as error:
            return str(error)
        return ""


def resumed(campaign: Campaign, folder: Path) -> Campaign:
    """Return a campaign as far as a folder has it; raise WrongUseError if it is of another one."""
    path = folder / RECORD
    if not path.exists():
        return campaign
    try:
        data = decode(read_whole(path, "campaign"))
    except JsonTextError as error:
        raise WrongUseError(f"{path}: {error}; remove the file, or name another folder") from None
    try:
        if data["format"] != FORMAT:
            raise WrongUseError(f"{path}: this version goes on with {FORMAT} alone")
        own = {
            "command": list(campaign.command),
            "against": list(campaign.against),
            "seed": campaign.seed,
            "invariants_alone": campaign.is_lawful,
            "corpus": digest(campaign.corpus),
        }
        data.setdefault("corpus", "")
        for name, value in own.items():
            if data[name] != value:
                raise WrongUseError(
                    f"{path} is of another campaign ({name} {data[name]}); name another folder"
                )
        for name in ("rounds", "runs", "steps"):
            setattr(campaign, name, index(data[name]))
        campaign.seconds = float(data["seconds"])
        campaign.reached, campaign.known = _counts(data["reached"]), _counts(data["known"])
        campaign.findings = _findings(data["findings"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        is_missing = isinstance(error, KeyError)
        what = f"{error.args[0]} is missing" if is_missing else f"{error}"
        what = what if isinstance(data, dict) else "it is no object"
        message = f"{path}: no record of a campaign: {what}; remove it, or name another folder"
        raise WrongUseError(message) from None
    if (folder / FILE).exists():
        campaign.beginnings = lines_of(folder)
    return campaign


def _counts(data: Mapping[str, Any]) -> Counter[str]:
    return Counter({name: index(count) for name, count in data.items()})


def _findings(data: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the findings of a record; raise TypeError or KeyError otherwise."""
    for name, finding in data.items():
        for member, kind in TOLD.items():
            if not isinstance(finding[member], kind):
                raise TypeError(f"finding {name}: {member} is no {kind.__name__}")
    return dict(data)


def conduct(
    campaign: Campaign,
    keeper: Keeper,
    pool: Pool | None,
    budget: float,
    show: Callable[[Done | None], None],
) -> None:
    """Go on until the budget in seconds is spent. Raise EngineFailureError, KeyboardInterrupt.

    Two rounds are under way at a time, so that nobody waits for the slowest run.
    """
    began, before = time.monotonic(), campaign.seconds
    number = campaign.rounds
    waiting: list[list[Answer[Done]]] = []
    try:
        while True:
            spent = time.monotonic() - began
            campaign.seconds = before + spent
            is_over = spent >= budget or campaign.runs >= campaign.most
            if pool is None:
                if is_over:
                    return
                tasks = campaign.tasks(number, campaign.known)
                # What an earlier run of the round found is not made small again.
                results = (
                    done(replace(task, signatures=frozenset(campaign.findings))) for task in tasks
                )
                _taken(campaign, keeper, results, show, began + budget)
                number += 1
                continue
            while not is_over and len(waiting) < 2:
                known = campaign.reached if waiting else campaign.known
                waiting.append([pool.submit(done, task) for task in campaign.tasks(number, known)])
                number += 1
            if not waiting or campaign.runs >= campaign.most:
                return
            round_ = waiting.pop(0)
            _taken(campaign, keeper, (own.result() for own in round_), show, math.inf)
    finally:
        campaign.seconds = before + time.monotonic() - began
        keeper.write()


def _taken(
    campaign: Campaign,
    keeper: Keeper,
    results: Iterable[Done],
    show: Callable[[Done | None], None],
    deadline: float,
) -> None:
    """Add a round to the campaign, run by run; it counts as done when all of it is."""
    reached = Counter[str]()
    campaign.begun = reached
    for result in results:
        campaign.runs += 1
        campaign.steps += result.steps
        campaign.unchecked |= result.unchecked
        reached.update(result.reached)
        keeper.keep(result)
        show(result)
        if time.monotonic() > deadline or campaign.runs >= campaign.most:
            return
    campaign.known = Counter(campaign.reached)
    campaign.reached.update(reached)
    campaign.begun = Counter()
    campaign.rounds += 1
    keeper.write()
    show(None)
