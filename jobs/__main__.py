"""`python -m jobs …`: what a scheduler calls, one Spark process for one or several steps."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path

from fundwatch.errors import FundwatchError, UsageError
from fundwatch.flow import FLOW
from jobs.ingest.reconcile import reconcile_gold
from jobs.maintain import maintain
from jobs.screen import run_page, write_exports
from jobs.workplace import Workplace, workplace

STEPS = tuple(step.name for step in FLOW)
WORK = ("ingest", "reconcile", "export", "maintain", *STEPS)


def main(arguments: list[str] | None = None) -> int:
    """Run the named steps in the order given. Returns the exit code."""
    given = _parser().parse_args(arguments)
    try:
        _check(given.work)
        with workplace(_needed(given.lake, "--lake"), conf=given.conf_dir) as place:
            for name in given.work:
                _do(place, name, given)
    except FundwatchError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


def _do(place: Workplace, name: str, given: argparse.Namespace) -> None:
    if name == "ingest":
        place.ingest(_needed(given.landing, "--landing"), given.source)
    elif name == "reconcile":
        reconcile_gold(place.lake, place.log.run_id, given.stale_until[:7])
    elif name == "export":
        out = Path(_needed(given.out, "--out"))
        write_exports(place, out, run_page(place, given.landing))
    elif name == "maintain":
        maintain(place.lake, datetime.now())
    else:
        place.run(before=given.stale_until[:7], only=name)


def _check(names: list[str]) -> None:
    if unknown := [name for name in names if name not in WORK]:
        raise UsageError(f"no step {', '.join(unknown)}; there are {', '.join(WORK)}")


def _needed(value: str, option: str) -> str:
    if not value:
        raise UsageError(f"{option} is needed here")
    return value


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m jobs", epilog="example: python -m jobs charges visits --lake lake"
    )
    parser.add_argument("work", nargs="+", metavar="STEP", help=", ".join(WORK))
    parser.add_argument("--lake", required=True, help="root of the lake")
    parser.add_argument("--landing", default="", help="folder to take in (ingest)")
    parser.add_argument("--source", default="contract", help="mapping in conf/sources (ingest)")
    parser.add_argument("--out", default="", help="folder for the clue list (export)")
    parser.add_argument(
        "--stale-until", default="", help="only months before this date's, YYYY-MM-DD"
    )
    parser.add_argument("--conf-dir", type=Path, default=None, help="default $FUNDWATCH_HOME/conf")
    return parser


if __name__ == "__main__":
    sys.exit(main())
