"""The `fundwatch` command: every command, and one exit code per kind of refusal."""

from __future__ import annotations

import sys

import typer

from console import caring, judging, reading, working
from fundwatch.errors import FundwatchError

app = typer.Typer(
    help="护基 fundwatch: fraud on the medical-insurance fund. Settlement data in, clues out.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for module in (working, reading, caring, judging):
    module.add_to(app)


def main() -> None:
    """Entry point. A FundwatchError is told in its own words and ends with its exit code."""
    try:
        app()
    except FundwatchError as error:
        print(f"fundwatch: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(0)


if __name__ == "__main__":
    main()
