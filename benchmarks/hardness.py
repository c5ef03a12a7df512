"""How hard a province is: whether twins look like their schemes, and how far rules go alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from benchmarks.book import Book, Named
from benchmarks.delivered import Delivered

Frame = pd.DataFrame
INSIDE: Final = 0.3  # share of an instance's settlements that a rule must name to fire on it
LOOK_ALIKE: Final = 0.8  # share of a scheme's twins on which its plain rule fires, at least
ALONE: Final = (0.7, 0.75)  # precision and recall that plain rules alone must stay below
FEWEST: Final = 3  # settlements of one house that make a claim


@dataclass(frozen=True)
class Answers:
    """What the plain rules say of one province: instances they fire on, and claims they make."""

    instances: Frame  # instance_id, kind, scheme, variant, fires
    claims: Frame  # scheme, house, right


def answers(province: Delivered, named: Mapping[str, Named], book: Book) -> Answers:
    """Every planted instance with whether its rule fires, and the claims of the rules alone.

    A rule fires where it names at least INSIDE of the settlements that still stand. A claim is all
    that one rule names at one house, at least FEWEST settlements; it is right where it and an
    instance of that scheme have a Jaccard index of at least 0.3, or three in five of it lie inside.
    """
    standing = book.bills[["setl_id", "fixmedins_code"]]
    kinds = [province.planted(k).assign(kind=k) for k in ("scheme", "twin")]
    told = pd.concat(kinds, ignore_index=True).merge(standing, on="setl_id")
    hit = [setl in named[s] for s, setl in zip(told["scheme"], told["setl_id"], strict=True)]
    keys = ["instance_id", "kind", "scheme", "variant"]
    share = told.assign(hit=hit).groupby(keys)["hit"].mean().reset_index()
    instances = share.assign(fires=share.pop("hit") >= INSIDE)
    schemes = told[told["kind"] == "scheme"]
    claims = [
        _claims(standing[standing["setl_id"].isin(ids)], schemes[schemes["scheme"] == s], s)
        for s, ids in named.items()
    ]
    return Answers(instances, pd.concat(claims, ignore_index=True))


def _claims(named: Frame, planted: Frame, scheme: str) -> Frame:
    size = named.groupby("fixmedins_code")["setl_id"].size()
    size = size[size >= FEWEST]
    both = named.merge(planted[["setl_id", "instance_id"]], on="setl_id")
    both = both.groupby(["fixmedins_code", "instance_id"]).size().rename("both").reset_index()
    claim = both["fixmedins_code"].map(size)
    whole = both["instance_id"].map(planted.groupby("instance_id").size())
    jaccard = both["both"] / (claim + whole - both["both"])
    right = (jaccard >= 0.3) | ((both["both"] >= 0.6 * claim) & (both["both"] >= 2))
    good = both.loc[right & claim.notna(), ["fixmedins_code", "instance_id"]]
    found = good.drop_duplicates("fixmedins_code").set_index("fixmedins_code")["instance_id"]
    return pd.DataFrame(
        {"scheme": scheme, "house": size.index, "right": found.reindex(size.index).to_numpy()}
    )


def look_alikes(worlds: list[Answers]) -> dict[str, float]:
    """For each scheme the share of its twins, of all worlds, on which its plain rule fires."""
    rows = pd.concat([w.instances for w in worlds])
    twins = rows[rows["kind"] == "twin"].groupby("scheme")["fires"].mean()
    return {str(scheme): float(share) for scheme, share in twins.items()}


def rules_alone(worlds: list[Answers]) -> tuple[float, float]:
    """Precision of all claims, a second one on an instance being wrong, and recall of instances."""
    claims = sum(len(w.claims) for w in worlds)
    hits = sum(w.claims["right"].nunique() for w in worlds)
    schemes = sum(int((w.instances["kind"] == "scheme").sum()) for w in worlds)
    return hits / max(1, claims), hits / max(1, schemes)
