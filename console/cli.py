"""The `fundwatch` command: every command, and one exit code per kind of refusal."""

from __future__ import annotations

import atexit
import os
import sys

import typer

from console import caring, judging, league, profiling, reading, working
from fundwatch.errors import FundwatchError

app = typer.Typer(
    help="护基 fundwatch: fraud on the medical-insurance fund. Settlement data in, clues out.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for module in (working, profiling, reading, caring, judging, league):
    module.add_to(app)


def main() -> None:
    """Entry point. A FundwatchError is told in its own words and ends with its exit code.

    Ends without the interpreter's own shutdown: DataFusion's threads, still alive there, have
    been seen to abort a command whose work was done.
    """
    code = _run()
    sys.stdout.flush()
    sys.stderr.flush()
    atexit._run_exitfuncs()  # Spark's and MLflow's own clean-up
    os._exit(code)


def _run() -> int:
    try:
        app()
    except FundwatchError as error:
        print(f"fundwatch: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        return 0
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0


if __name__ == "__main__":
    main()
