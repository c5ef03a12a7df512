"""Lines bent by schemes: each plan gets the lines of its parts and no others."""

from __future__ import annotations

import numpy as np
import pandas as pd

from province.schemes.base import Plan, Scheme, Stage, sorted_lines
from province.world import Ints

Frame = pd.DataFrame


def bent(
    stage: Stage, month: int, lines: Frame, parts: Frame, schemes: tuple[Scheme, ...]
) -> Frame:
    """The month's lines, in order of part and time, after every plan has bent those it touches."""
    part = lines["part"].to_numpy()
    starts = np.searchsorted(part, np.arange(len(parts) + 1))
    out = np.zeros(len(parts), dtype=bool)
    pieces: list[Frame] = []
    for scheme in schemes:
        for plan in scheme.plans:
            mine = _chosen(stage, month, parts, scheme, plan)
            if not len(mine):
                continue
            fresh = mine[~out[mine]]
            held, pieces = _held(pieces, mine) if out[mine].any() else ([], pieces)
            out[fresh] = True
            rng = stage.world.rng(scheme.id, plan.number, month, "lines")
            own = sorted_lines([*held, lines.iloc[_ranges(starts, fresh)]])
            pieces.append(scheme.bend(stage, rng, own, parts, plan))
    return sorted_lines([lines[~out[part]], *pieces]) if pieces else lines


def _chosen(stage: Stage, month: int, parts: Frame, scheme: Scheme, plan: Plan) -> Ints:
    """Parts the plan touches: its own whenever they are settled, of others' no more than left."""
    mine = np.flatnonzero(scheme.touches(stage, parts, plan))
    own = parts["tag"].to_numpy()[mine] == plan.number
    own |= (parts["box"].to_numpy()[mine] >= 0) | (parts["sheet"].to_numpy()[mine] >= 0)
    mine, own = (mine, own) if month in plan.months else (mine[own], own[own])
    if own.all():
        return mine
    rng = stage.world.rng(scheme.id, plan.number, month, "chosen")
    chosen = np.sort(rng.permutation(mine)[: stage.left(plan, month)])
    plan.done += len(chosen)
    return chosen


def _held(pieces: list[Frame], mine: Ints) -> tuple[list[Frame], list[Frame]]:
    """Lines of these parts that earlier plans already bent, and the pieces without them."""
    held = [piece[np.isin(piece["part"].to_numpy(), mine)] for piece in pieces]
    left = [piece[~np.isin(piece["part"].to_numpy(), mine)] for piece in pieces]
    return [h for h in held if len(h)], left


def _ranges(starts: Ints, parts: Ints) -> Ints:
    """Rows of the lines of these parts."""
    count = starts[parts + 1] - starts[parts]
    offset = np.repeat(starts[parts] - (np.cumsum(count) - count), count)
    return offset + np.arange(int(count.sum()))
