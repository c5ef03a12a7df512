"""All heavy proofs, one after the other, each written to docs/figures.md as it ends.

A proof whose figure is newer than the last change of the modules it names is not repeated, so
that a run cut short goes on where it stopped; one that begins with "not proven" is.
`python -m benchmarks.prove [--again] [NAME …]`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from types import ModuleType
from typing import Final

from benchmarks.figures import PAGE, ROOT, UNPROVEN, figures, outdated, record
from benchmarks.proofs import (
    acceptance,
    city,
    claims,
    conformity,
    giveaways,
    kill,
    league,
    marked,
    million,
    twins,
)

PROOFS: Final[dict[str, ModuleType]] = {
    "marked": marked,
    "conformity": conformity,
    "giveaways": giveaways,
    "twins": twins,
    "million": million,
    "claims": claims,
    "kill": kill,
    "league": league,
    "acceptance": acceptance,
    "city": city,
}


def main(arguments: list[str] | None = None) -> int:
    """Run what is due. Returns 1 if a proof failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.prove", description=__doc__)
    parser.add_argument("names", nargs="*", help=", ".join(PROOFS))
    parser.add_argument("--again", action="store_true", help="also those that still stand")
    parser.add_argument("--room", type=Path, default=ROOT / "build" / "proofs")
    given = parser.parse_args(arguments)
    failed = 0
    for name in given.names or PROOFS:
        proof = PROOFS[name]
        if not given.again and stands(proof):
            print(f"{name}: stands")
            continue
        failed += _prove(name, proof, given.room)
    return int(failed > 0)


def stands(proof: ModuleType, page: Path = PAGE) -> bool:
    """Whether its figure is on the page, is proven, and nothing it depends on changed since."""
    known = {row.name for row in figures(page) if not row.value.startswith(UNPROVEN)}
    changed = any(sentence.startswith(f"{proof.NAME}: ") for sentence in outdated(page))
    return proof.NAME in known and not changed


def _prove(name: str, proof: ModuleType, room: Path) -> bool:
    print(f"{name} …", flush=True)
    try:
        value = proof.prove(room)
    except (AssertionError, RuntimeError) as error:
        print(f"{name}: FAILED: {error}", file=sys.stderr)
        return True
    record(proof.NAME, value, peer=proof.PEER, modules=proof.MODULES)
    print(f"{name}: {value}")
    return False


if __name__ == "__main__":
    sys.exit(main())
