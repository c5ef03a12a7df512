"""Rules only: what a rule engine hands out, a list an institution and scheme, dearest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from fundwatch.tables import gold
from models.base import View, sorted_tuple
from models.league.base import Claim
from models.league.pairs import SETTLED


@dataclass(frozen=True)
class RulesOnly:
    """All findings of rules but context and data errors; no fusing, chance or explaining away.

    A list is as strong as its money: the lines in excess, each once, or, where whole settlements
    are in question, their fund money [fen].
    """

    title: ClassVar[str] = "rules only"
    reads: ClassVar[tuple[View, ...]] = (
        View(
            gold.RULE_FINDING,
            ("anchor", "scheme", "fixmedins_code", "is_whole", "setl_ids", "lines"),
            where="grade <> 'D' AND scheme <> 'data_error'",
        ),
        SETTLED,
    )

    def claims(self, *frames: pd.DataFrame) -> Iterator[Claim]:
        """One an institution and scheme; a finding over many institutions stands alone."""
        finding, settlement = frames
        fund: dict[Any, int] = settlement.set_index("setl_id")["fund_pay_sumamt_fen"].to_dict()
        alone = finding["anchor"].where(finding["fixmedins_code"] == "", "")
        for (scheme, code, _), own in finding.groupby(["scheme", "fixmedins_code", alone]):
            setl_ids = sorted_tuple(setl_id for ids in own["setl_ids"] for setl_id in ids)
            whole = {s for ids in own.loc[own["is_whole"], "setl_ids"] for s in ids}
            lines = {
                line["bkkp_sn"]: int(line["inscp_fen"])
                for told in own["lines"]
                for line in told
                if line["setl_id"] not in whole
            }
            money = sum(fund.get(setl_id, 0) for setl_id in whole) + sum(lines.values())
            yield Claim(str(scheme), str(code), setl_ids, float(money))
