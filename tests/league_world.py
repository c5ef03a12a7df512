"""A small world in table literals: a ring, a refund list, and many who have nothing to do with it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from deltalake import write_deltalake

from fundwatch.schema import Table
from fundwatch.tables import gold
from fundwatch.tables.silver import SETTLEMENT_NET
from models.judged import Truth

RING_DAYS = range(2, 28, 5)
RING = tuple(f"s{n}" for n in range(300, 324))


def settlements() -> pd.DataFrame:
    """300 visits of 100 people at five houses, and four people who come to a sixth together."""
    draw = np.random.default_rng(0)
    rows = [
        _settled(
            n, f"p{draw.integers(100)}", f"H{draw.integers(5)}", int(draw.integers(1, 28)), draw
        )
        for n in range(300)
    ]
    ring = [(day, person) for day in RING_DAYS for person in "abcd"]
    rows += [
        _settled(300 + n, f"ring-{person}", "HX", day, None) for n, (day, person) in enumerate(ring)
    ]
    return pd.DataFrame(rows)


def _settled(
    n: int, person: str, house: str, day: int, draw: np.random.Generator | None
) -> dict[str, object]:
    hour, minute = (draw.integers(8, 18), draw.integers(60)) if draw else (10, n % 4)
    fund = 500 + 10 * n if draw else 20_000 + n
    return {
        "setl_id": f"s{n:03}",
        "fixmedins_code": house,
        "cert_key": person,
        "psn_key": person,
        "begndate": f"2024-01-{day:02}",
        "enddate": f"2024-01-{day:02}",
        "setl_time": pd.Timestamp(f"2024-01-{day:02} {hour:02}:{minute:02}:00"),
        "medfee_sumamt_fen": 2 * fund,
        "fund_pay_sumamt_fen": fund,
        "is_void": False,
    }


def findings() -> pd.DataFrame:
    """A rule finding of lines in two months, one of whole settlements, and one of context."""
    return pd.DataFrame(
        [
            _finding("a", "overcharge", "H0", {"s000": [("l0", 70)]}),
            _finding("b", "overcharge", "H0", {"s000": [("l0", 70)], "s001": [("l1", 30)]}),
            _finding("c", "split_admission", "H1", {"s003": []}),
            _finding("d", "overcharge", "H2", {"s005": [("l5", 9)]}, grade="D"),
        ]
    )


def _finding(
    anchor: str, scheme: str, house: str, lines: dict[str, list[tuple[str, int]]], grade: str = "B"
) -> dict[str, object]:
    return {
        "anchor": anchor,
        "scheme": scheme,
        "grade": grade,
        "fixmedins_code": house,
        "is_whole": not any(lines.values()),
        "setl_ids": sorted(lines),
        "lines": [
            {"bkkp_sn": line, "setl_id": setl_id, "inscp_fen": fen}
            for setl_id, told in lines.items()
            for line, fen in told
        ],
    }


def our_clues() -> pd.DataFrame:
    """The ring first, then a data error, then a wrong one."""
    rows = [
        (1, "drug_resale_ring", ["HX"], list(RING)),
        (2, "data_error", ["H4"], ["s009"]),
        (3, "overcharge", ["H3"], ["s010"]),
    ]
    return pd.DataFrame(rows, columns=["rank", "scheme", "fixmedins_codes", "setl_ids"])


def truth() -> Truth:
    """The ring, an overcharge that the list of rules finds, and a twin."""
    planted = {
        "I1": ("drug_resale_ring", "scheme", list(RING)),
        "I2": ("overcharge", "scheme", ["s000", "s001"]),
        "I3": ("overcharge", "twin", ["s010"]),
    }
    return Truth(
        pd.DataFrame(
            [(id_, scheme, kind, 100 * len(ids)) for id_, (scheme, kind, ids) in planted.items()],
            columns=["instance_id", "scheme", "kind", "amount_fen"],
        ),
        pd.DataFrame(
            [(id_, setl_id, 100) for id_, (_, _, ids) in planted.items() for setl_id in ids],
            columns=["instance_id", "setl_id", "amount_fen"],
        ),
    )


ROWS = {
    SETTLEMENT_NET.name: settlements,
    gold.RULE_FINDING.name: findings,
    gold.CLUE.name: our_clues,
}


def rows_of(table: Table, where: str) -> pd.DataFrame:
    """The rows that a lake would give for a view with this predicate."""
    rows = ROWS[table.name]()
    if "grade" in where:
        rows = rows[rows["grade"] != "D"]
    return rows[rows["scheme"] != "data_error"] if "scheme" in where else rows


def write_world(folder: Path) -> Path:
    """A world folder as it stands after a screening: truth, and a lake of three tables."""
    for name, rows in ROWS.items():
        write_deltalake(folder / "lake" / name.replace(".", "/"), rows())
    known = truth()
    (folder / "truth").mkdir(parents=True)
    known.instance.to_parquet(folder / "truth" / "instance.parquet")
    known.settlement.to_parquet(folder / "truth" / "settlement.parquet")
    return folder
