"""Worlds drawn from the commit's hash, which nobody has looked at, screened and judged.

The draw rests on the commit that last changed what is judged, so that an empty commit draws nothing
new. It is written to docs/figures.md before anything is screened, and stays there whatever comes
of it (docs/decisions/024-league.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from benchmarks.figures import UNPROVEN, figures, is_edited, last_change, record
from benchmarks.proofs.runs import fundwatch, province
from models.evaluation import evaluate, load_clues, load_truth
from models.league.standing import pooled
from province import World
from province.drawn import DRAWN, drawn_worlds

JUDGED: Final = "conf fundwatch jobs models province"
COMMIT: Final = last_change(JUDGED)
NAME = f"acceptance worlds of commit {COMMIT[:8]} (planted data)"
PEER = "the same clues at random and by claimed amount, in the value"
# The worlds follow from the commit in the name: nothing but another way of drawing outdates them.
MODULES = "province/drawn.py"
WORLDS: Final = 3
# Published: 0.89 and 0.42 (Electronics 2025, 14(16):3268); asked of ours on unseen planted worlds.
RESALE: Final = "drug_resale_ring"
LEAST_RESALE: Final = {"precision": 0.90, "recall": 0.60}


def prove(room: Path) -> str:
    """Judge the worlds of this commit; tells pooled figures, scheme by scheme.

    Raises AssertionError for code that is in no commit, and for a goal that was missed; a miss is
    on the page all the same.
    """
    if not COMMIT or is_edited(JUDGED):
        raise AssertionError("worlds are drawn from a commit: commit first")
    worlds = drawn_worlds(COMMIT, WORLDS)
    drawn = "; ".join(_told(world) for world in worlds)
    if NAME not in {figure.name for figure in figures()}:
        _write(f"{UNPROVEN}drawn, not judged yet: {drawn}")
    folders = [room / "acceptance" / f"{COMMIT[:12]}-{n}" for n in range(WORLDS)]
    reports = [_judged(folder, world) for folder, world in zip(folders, worlds, strict=True)]
    total = pooled(reports)
    value = f"{'; '.join(_sentences(total, reports))}; worlds: {drawn}"
    if missed := "; ".join(_missed(total)):
        _write(f"{UNPROVEN}{missed}; {value}")
        raise AssertionError(missed)
    return value


def _judged(folder: Path, world: World) -> Mapping[str, Any]:
    landing = province(folder, **{name: getattr(world, name) for name in DRAWN})
    out = folder / "out"
    fundwatch("screen", str(landing), "--lake", str(folder / "lake"), "--out", str(out))
    return evaluate(load_clues(out / "clues.parquet"), load_truth(folder / "truth")).figures


def _missed(total: Mapping[str, Any]) -> Iterator[str]:
    one = total["by_scheme"].get(RESALE)
    if one is None:
        yield "no resale ring was planted"
        return
    for name, least in LEAST_RESALE.items():
        found = one["precision"]["value"] if name == "precision" else one["value"]
        if found < least:
            yield f"{name} of resale clues {found:.2f}, asked {least:.2f}"


def _sentences(total: Mapping[str, Any], reports: list[Mapping[str, Any]]) -> Iterator[str]:
    for asked, one in total["precision"].items():
        beside = [
            sum(r["precision"][asked][order] * r["precision"][asked]["k"] for r in reports)
            / one["k"]
            for order in ("random", "by_claimed_amount")
        ]
        yield (
            f"precision at {asked} {_interval(one)}, at random {beside[0]:.2f}, by claimed amount"
            f" {beside[1]:.2f}"
        )
    yield f"recall {_interval(total['recall'])}, of money {total['recall']['money']:.2f}"
    yield f"{total['twins_in_first_200']} twins, {total['repeats']} repeats"
    for scheme, one in total["by_scheme"].items():
        yield (
            f"{scheme} {one['hit']} of {one['planted']}, {_interval(one)}, of {one['clues']} clues"
            f" {one['right']} right"
        )


def _told(world: World) -> str:
    return (
        f"seed {world.seed}, {world.persons} persons, {world.institutions} institutions,"
        f" {world.months} months, camouflage {world.camouflage:g}, dirt {world.dirty:g}"
    )


def _interval(one: Mapping[str, Any]) -> str:
    return f"{one['value']:.2f} ({one['low']:.2f} to {one['high']:.2f})"


def _write(value: str) -> None:
    record(NAME, value, peer=PEER, modules=MODULES)
