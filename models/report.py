"""What the judge says: figures for programs, and sentences that name planted data each time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Report:
    """Figures by name; each may have `low`, `high` (90 %) and baselines beside it."""

    figures: Mapping[str, Any]

    def to_json(self) -> str:
        """One JSON object that says of what data it speaks."""
        return json.dumps({"data": "planted data", **self.figures}, ensure_ascii=False, indent=1)

    def to_text(self) -> str:
        """Sentences; each with a figure says that the data were planted."""
        return "\n".join(_sentences(self.figures))


def _sentences(told: Mapping[str, Any]) -> Iterator[str]:
    yield f"{told['clues']} clues were judged on planted data with {told['planted']} instances."
    for asked, one in told["precision"].items():
        yield (
            f"On planted data, precision at {asked} (K = {one['k']}) is {_with_interval(one)};"
            f" {_beside(one)}."
        )
    yield f"On planted data, {_recalled(told['recall'])}."
    for scheme, one in told["by_scheme"].items():
        yield (
            f"  {scheme}, on planted data: {_recalled(one)}; of {one['clues']} clues that name it"
            f" {one['right']} hit."
        )
    yield (
        f"On planted data, {told['twins_in_first_200']} of the first 200 clues accuse an innocent"
        f" twin, {told['repeats']} clues repeat a claimed case, {told['wrong']} are wrong."
    )
    if told.get("amount", {}).get("hits"):
        yield _money(told["amount"])
    if "calibration" in told:
        yield from _calibrated(told["calibration"])
    yield (
        f"On planted data, nDCG by money is {_with_interval(told['ndcg_by_money'])}"
        f" ({_beside(told['ndcg_by_money'])}), mean Jaccard {_with_interval(told['jaccard'])}."
    )


def _money(one: Mapping[str, Any]) -> str:
    return (
        f"On planted data, hits claim {one['ratio']:.3f} of the planted money"
        f" ({one['ratio_low']:.3f} to {one['ratio_high']:.3f}; median {one['median_ratio']:.3f});"
        f" {one['interval_coverage']:.1%} of intervals hold it ({one['interval_coverage_low']:.1%}"
        f" to {one['interval_coverage_high']:.1%})."
    )


def _calibrated(told: Mapping[str, Any]) -> Iterator[str]:
    yield (
        f"On planted data, the calibration error is {told['ece']:.3f} ({told['low']:.3f} to"
        f" {told['high']:.3f})."
    )
    for row in told["table"]:
        yield (
            f"  On planted data, {row['clues']} clues say {row['said']:.2f}, {row['confirmed']:.2f}"
            " of them are right or repeats."
        )


def _beside(one: Mapping[str, Any]) -> str:
    told = f"at random {one['random']:.3f}"
    if "by_claimed_amount" in one:
        told += f", by claimed amount {one['by_claimed_amount']:.3f}"
    return told


def _with_interval(one: Mapping[str, Any]) -> str:
    return f"{one['value']:.3f} ({one['low']:.3f} to {one['high']:.3f})"


def _recalled(one: Mapping[str, Any]) -> str:
    return (
        f"{one['hit']} of {one['planted']} instances were found: recall {_with_interval(one)},"
        f" of money {one['money']:.3f} ({one['money_low']:.3f} to {one['money_high']:.3f})"
    )
