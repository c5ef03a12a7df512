"""Neither size nor ids, nulls, formats, row order and times of upload give a scheme away."""

from __future__ import annotations

from pathlib import Path

from benchmarks.giveaways import SIZE_BOUND, TREE_BOUND, settlements, size_auc, tree_aucs
from benchmarks.proofs.worlds import TOWN, made

NAME = "give-aways of the province, five seeds (planted data): AUC of what should tell nothing"
PEER = (
    f"limits {SIZE_BOUND:.2f} for size, {TREE_BOUND:.2f} for a depth-4 tree within a type of care"
)
MODULES = "province benchmarks/giveaways.py"


def prove(room: Path) -> str:
    """Size in each of five towns; the tree over all five, an institution never on both sides."""
    sizes, seen = [], []
    for province in made(room, **TOWN):
        sizes.append(size_auc(province))
        seen.append(settlements(province))
    trees = tree_aucs(seen)
    told = ", ".join(f"{care} {auc:.2f}" for care, auc in trees.items())
    value = f"size {', '.join(f'{auc:.2f}' for auc in sizes)}; tree: {told}"
    if max(sizes) > SIZE_BOUND or max(trees.values()) > TREE_BOUND:
        raise AssertionError(value)
    return value
