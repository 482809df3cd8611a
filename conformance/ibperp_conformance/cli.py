"""The command line: every command imports what it needs when it runs."""

from __future__ import annotations

import errno
import gc
import os
import shlex
import signal
import sys
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer

from ibperp_conformance.conform_command import conform, show
from ibperp_conformance.fuzz.options import fuzz
from ibperp_conformance.options import (
    EXIT_INTERNAL,
    EXIT_INTERRUPTED,
    EXIT_NOT_RUN,
    EXIT_WRONG_USE,
    RequiredCommand,
    Timeout,
    exit_codes,
    interrupt,
)

_UNWRITTEN: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}
"""Errors of writing; one without a file is of standard output."""

_GARBAGE: Final = 50_000
"""So many new objects let Python look for garbage, instead of 700: a command leaves hardly any."""

app = typer.Typer(
    name="ibperp",
    help="Executable specification of interest-bearing perpetual futures.",
    epilog="Each command has help of its own, with its exit codes: ibperp COMMAND --help.",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


app.command(epilog=exit_codes("the engine conforms", "it diverges", engine=True))(conform)
app.command(epilog=exit_codes("shown"))(show)


@app.command(epilog=exit_codes("every check passed", "a check failed", engine=True))
def smoke(command: RequiredCommand, timeout: Timeout = 10.0) -> int:
    """Try every message of the protocol once and say what to repair."""
    from ibperp_conformance.runner import smoke as smoking

    checks = []
    for check in smoking.smoke(command, timeout):
        checks.append(check)
        if check.skipped_for:
            typer.echo(f"skip  {check.name}: it needs what failed in {check.skipped_for!r}")
            continue
        typer.echo(f"{'FAIL' if check.problem else 'ok':<5} {check.name}")
        if check.problem:
            typer.echo(f"      {check.problem}\n      remedy: {check.remedy}")
            if check.stderr:
                typer.echo(f"      standard error of the engine:\n{check.stderr}")
    failed = sum(bool(check.problem) for check in checks)
    skipped = sum(bool(check.skipped_for) for check in checks)
    if any(check.could_not_run for check in checks):
        return EXIT_NOT_RUN
    if not failed:
        typer.echo("next: ibperp conform")
        return 0
    typer.echo(f"{failed} {'check' if failed == 1 else 'checks'} failed, {skipped} skipped")
    return 1


app.command(epilog=exit_codes("nothing was found", "a finding", engine=True))(fuzz)


@app.command(epilog=exit_codes("the input ended, or bye was received"))
def engine() -> int:
    """Serve the reference as an engine on standard input."""
    from ibperp_conformance.protocol.server import main_server

    return main_server()


@app.command(epilog=exit_codes("every step went as expected", "a step did not go as expected"))
def run(  # noqa: PLR0917 - typer reads a parameter per option
    file: Annotated[
        Path, typer.Argument(metavar="FILE.yaml", readable=False, help="The scenario.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, not tables.")] = False,
    trace_file: Annotated[
        Path | None, typer.Option("--trace", help="Write a trace for check-trace here.")
    ] = None,
    html_file: Annotated[
        Path | None, typer.Option("--html", help="Write the run as a page to read here.")
    ] = None,
    snapshot_file: Annotated[
        Path | None, typer.Option("--snapshot", help="Write the state at the end here.")
    ] = None,
    start_file: Annotated[
        Path | None,
        typer.Option(
            "--from", readable=False, help="Start from this snapshot, not from the preset."
        ),
    ] = None,
    only_check: Annotated[
        bool, typer.Option("--check", help="Only report the problems of the file.")
    ] = False,
) -> int:
    """Run a scenario, and print its steps and how it ends."""
    from ibperp_conformance.files import WrongUseError
    from ibperp_conformance.run_command import main_check, main_run

    if only_check:
        wanted = {"--json": as_json, "--trace": trace_file, "--html": html_file}
        wanted["--snapshot"] = snapshot_file
        if named := [name for name, value in wanted.items() if value]:
            raise WrongUseError(f"--check writes nothing; leave out {', '.join(named)}")
        return main_check(file, start_file)
    return main_run(
        file,
        as_json,
        trace_file,
        html_file,
        snapshot_file=snapshot_file,
        start_file=start_file,
    )


@app.command("check-trace", epilog=exit_codes("every invariant holds", "a finding"))
def check_trace(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE.jsonl ...", help="Traces; - is stdin.")
    ],
    jobs: Annotated[
        int, typer.Option(min=1, max=512, help="Traces, or pieces of one, at a time.")
    ] = 1,
    everything: Annotated[
        bool, typer.Option("--all", help="Show each finding, not only the first ones.")
    ] = False,
    dask: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Check on the Dask cluster of this scheduler.")
    ] = "",
) -> int:
    """Hold the observations of recorded traces, plain, gzip or zstd, to the invariants."""
    from ibperp_conformance.traces.command import main_check_trace

    return main_check_trace(files, jobs=jobs, everything=everything, dask=dask)


@app.command("check-history", epilog=exit_codes("everything adds up", "a finding"))
def check_history(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE.json ...", help="Rows as the exchange shows them.")
    ],
) -> int:
    """Check fills, funding, interest, lends and settlements of accounts against each other."""
    from ibperp_conformance.history.command import main_check_history

    return main_check_history(files)


@app.command(epilog=exit_codes("no clause has a gap", "a clause has one"))
def clauses() -> int:
    """Show each clause beside its evidence, and every gap."""
    from ibperp_conformance.specification import traceability

    return traceability.main()


@app.command(epilog=exit_codes("written"))
def adapter(
    language: Annotated[
        str, typer.Argument(help="python, typescript, go, rust, java or cpp.", show_default=False)
    ],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder.")],
    update: Annotated[
        bool, typer.Option("--update", help="Write all but the engine's own file again.")
    ] = False,
) -> int:
    """Write an adapter to begin an engine with."""
    from ibperp_conformance.adapters.languages import LANGUAGES
    from ibperp_conformance.adapters.write import write_adapter

    for path in write_adapter(language, folder, update=update):
        typer.echo(f"wrote {path}")
    if not update:
        known = LANGUAGES[language]
        typer.echo(f"\nneeded: {known.needs}\nnext:\n  cd {shlex.quote(str(folder))}")
        for command in filter(None, (known.build, f"ibperp smoke -- {known.run}")):
            typer.echo(f"  {command}")
    return 0


def _print_version(wanted: bool) -> None:
    """Print the versions of the package and of what it speaks, and end."""
    if wanted:
        from importlib.metadata import PackageNotFoundError
        from importlib.metadata import version as installed

        from ibperp_conformance.protocol.client import PROTOCOL
        from ibperp_conformance.runner.vectors import FORMAT

        try:
            number = installed("ibperp")
        except PackageNotFoundError:
            number = "(not installed)"
        typer.echo(f"ibperp {number} (protocol {PROTOCOL}, vectors {FORMAT})")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def options(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Show the version and exit.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Executable specification of interest-bearing perpetual futures."""
    del version  # It has been answered, by ending.
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(EXIT_WRONG_USE)


def main() -> NoReturn:
    """Run the command line and exit; a failure is one line on standard error.

    A standard stream that is closed is opened as the null device, so that no file takes its place;
    without standard output nothing is done.
    """
    gc.set_threshold(_GARBAGE)
    is_mute = sys.stdout is None
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123
    if is_mute:
        sys.exit(_complain("cannot write to standard output: it is closed"))
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="backslashreplace")
    sys.exit(_run())


def _run() -> int:
    from typer.main import get_command

    from ibperp_conformance.files import WrongUseError
    from ibperp_conformance.protocol.client import EngineFailureError
    from ibperp_conformance.runner.vectors import VectorError
    from ibperp_conformance.spec_files import SpecMissingError

    try:
        signal.signal(signal.SIGTERM, interrupt)
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, interrupt)
        result = get_command(app).main(prog_name="ibperp", standalone_mode=False)
        sys.stdout.flush()
    except (WrongUseError, VectorError, SpecMissingError) as error:
        return _complain(str(error), EXIT_WRONG_USE)
    except EngineFailureError as error:
        return _complain(f"the engine could not be run: {error}", EXIT_NOT_RUN)
    except (KeyboardInterrupt, typer.Abort):
        return _complain("interrupted", EXIT_INTERRUPTED)
    except (BrokenPipeError, SystemExit) as end:  # Typer and Rich exit with 1 when nobody reads.
        if isinstance(end, SystemExit) and end.code == 0:  # The engine was interrupted.
            return 0
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_WRONG_USE
    except MemoryError:
        return _complain("not enough memory for this input; give it in parts")
    except Exception as error:  # noqa: BLE001 - a user never sees a traceback
        # Python packs an interrupt that comes while it makes a class.
        if isinstance(error.__cause__, KeyboardInterrupt):
            return _complain("interrupted", EXIT_INTERRUPTED)
        return _misused(error) if hasattr(error, "format_message") else _internal(error)
    if result == EXIT_INTERRUPTED:
        _complain("interrupted")
    return result if isinstance(result, int) else 0


def _misused(error: Any) -> int:
    """Say in one line what is wrong with the command line, and where its help is."""
    command = error.ctx.command_path if getattr(error, "ctx", None) else "ibperp"
    message = " ".join(error.format_message().split()).rstrip(".")
    return _complain(f"{message}; see {command} --help" if message else f"see {command} --help")


def _internal(error: Exception) -> int:
    if os.environ.get("IBPERP_DEBUG") == "1":
        import traceback

        traceback.print_exc()
    if isinstance(error, OSError) and error.strerror:
        where = f"cannot read or write {error.filename}: " if error.filename else ""
        if not where and error.errno in _UNWRITTEN:
            where = "cannot write to standard output: "
        return _complain(f"{where}{error.strerror}", EXIT_WRONG_USE)
    text = " ".join(f"{type(error).__name__}: {error}".split())
    return _complain(
        f"a fault of ibperp itself, please report it ({text}); IBPERP_DEBUG=1 shows where",
        EXIT_INTERNAL,
    )


def _complain(message: str, code: int = EXIT_WRONG_USE) -> int:
    from ibperp_conformance.json_text import visible

    for line in message.split("\n"):
        sys.stderr.write(f"ibperp: {visible(line)}\n")
    return code


if __name__ == "__main__":
    main()
