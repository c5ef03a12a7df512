"""The step `clues`: findings and silver to gold.clue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from fundwatch.clue import FIELD
from fundwatch.flow import step_named
from fundwatch.knowledge import DetectorEntry, Rule, Scheme
from fundwatch.schema import Table
from fundwatch.tables.gold import DETECTOR_FINDING, ITEM_ANOMALY, RULE_FINDING
from fundwatch.tables.silver import (
    INSTITUTION,
    INSURED,
    PERSON,
    SETTLEMENT_NET,
    VERIFIED_CASE,
)
from jobs.clues.amount import MONEY, shares
from jobs.clues.cards import SURE_OF_GRADE, finder_cards, scheme_cards
from jobs.clues.dossier import worded
from jobs.clues.explained import explained, explanations
from jobs.clues.fuse import cases, settled
from jobs.clues.gate import gated
from jobs.clues.heads import reasons, spoken, summed, weighed
from jobs.clues.identity import named
from jobs.clues.proof import contents, evidence_rows, proof, proved
from jobs.clues.rank import probability, ranked
from jobs.clues.related import related
from jobs.clues.said import anomaly_findings, said
from jobs.clues.usual import usual
from jobs.facts.care import Codes
from jobs.pinned import pinned

NO_EVIDENCE: Final = (SETTLEMENT_NET, PERSON, VERIFIED_CASE)  # derived, or no settlement data
ARRAYS: Final = {
    "related": "array<string>",
    "roles": "array<struct<party:string,role:string>>",
    "evidence": "array<struct<table:string,version:bigint,key:string>>",
}


def clues(
    *frames: DataFrame,
    schemes: tuple[Scheme, ...],
    rules: tuple[Rule, ...],
    detector_entries: tuple[DetectorEntry, ...],
    anomalies: tuple[DetectorEntry, ...],
    codes: Codes,
    versions: Mapping[str, int],
    previous: DataFrame | None,
) -> DataFrame:
    """Rows of gold.clue from the frames of FLOW's reads, in their order.

    `previous` holds the clues of before, whose ids live on; `versions` the Delta version of every
    table read. Refused in no way: what a finding names and silver lacks is left out of the money
    and told in the proof.
    """
    read = dict(zip((r.table for r in step_named("clues").reads), frames, strict=True))
    spark = frames[0].sparkSession
    scheme_card = scheme_cards(spark, schemes)
    finder_card = finder_cards(spark, rules, (*detector_entries, *anomalies))
    every = said(
        read[RULE_FINDING],
        read[DETECTOR_FINDING],
        anomaly_findings(read[ITEM_ANOMALY], anomalies),
    )
    every = gated(every, read[SETTLEMENT_NET], read[INSURED], read[PERSON])
    every = explained(pinned(every), explanations(rules, detector_entries, schemes))
    finding, claim = _settled(every, finder_card, scheme_card)
    share = pinned(shares(claim, read[SETTLEMENT_NET]))
    evidence = pinned(evidence_rows(finding.where("is_claimed"), claim, share))
    silver = {table: read[table] for table in evidence_tables()}
    proofs = proved(evidence, contents(evidence, silver), versions)
    common = [rule.id for rule in rules if rule.is_common]
    custom = usual(finding, read[SETTLEMENT_NET], read[INSTITUTION], common=common, codes=codes)
    case = pinned(_cases(finding, custom, summed(share, read[PERSON], read[INSTITUTION])))
    told = worded(_with_knowledge(case, finder_card, scheme_card, read[INSTITUTION]))
    whole = pinned(_totalled(named(pinned(told), previous).join(proofs, on="case", how="left")))
    return _finished(whole, read[VERIFIED_CASE])


def evidence_tables() -> tuple[Table, ...]:
    """The silver tables whose rows can be evidence."""
    reads = (read.table for read in step_named("clues").reads)
    return tuple(t for t in reads if t.layer == "silver" and t not in NO_EVIDENCE)


def _settled(
    every: DataFrame, finder_card: DataFrame, scheme_card: DataFrame
) -> tuple[DataFrame, DataFrame]:
    """Findings in their cases, and what they claim."""
    of_grade = F.create_map(*(F.lit(x) for pair in SURE_OF_GRADE.items() for x in pair))
    grade_sure = F.try_element_at(of_grade, F.col("grade"))
    is_breach = F.col("grade") == "B"  # of the grades, the one that rules hold more or less surely
    known = every.join(
        F.broadcast(finder_card.select("finder", "prior", "sure")), on="finder", how="left"
    ).withColumn("sure", F.when(is_breach, F.coalesce("sure", grade_sure)).otherwise(grade_sure))
    finding, claim = settled(pinned(cases(known)), scheme_card)
    return pinned(weighed(finding)), pinned(claim)


def _cases(finding: DataFrame, custom: DataFrame, summed_up: DataFrame) -> DataFrame:
    """One row a case, before knowledge is added; `anchor` names it."""
    joined = (
        spoken(finding, custom)
        .join(reasons(finding), on="case", how="inner")
        .join(summed_up, on="case", how="left")
        .withColumns({name: F.coalesce(name, F.lit(0)) for name in (*MONEY, "by_group")})
    )
    parties = {
        "setl_ids": _or_none("setl_ids"),
        "person_keys": _merged("person_keys", "payers"),
        "fixmedins_codes": _merged("fixmedins_codes", "payees"),
    }
    return joined.withColumns(parties).withColumns(
        {
            "grade": F.col("first.grade"),
            "finder": F.col("first.finder"),
            "area": F.coalesce(F.when(F.col("top.place") != "", F.col("top.place")), "first.area"),
            "anchor": F.coalesce("earliest.setl_id", "owner"),
            "subject_ids": _parties(),
            "definition": F.when(F.size("finders") == 1, F.col("definition")).otherwise(
                F.sha2(F.array_join("definitions", FIELD), 256)
            ),
        }
    )


def _parties() -> Column:
    """The accused: institutions, practitioners, persons, others, each sorted."""
    known = ("fixmedins_codes", "staff_codes", "person_keys")
    accused = F.col("subject_ids")
    others = accused
    for name in known:
        others = F.array_except(others, F.col(name))
    return F.concat(*(F.array_intersect(F.col(name), accused) for name in known), others)


def _with_knowledge(
    case: DataFrame, finder_card: DataFrame, scheme_card: DataFrame, institution: DataFrame
) -> DataFrame:
    name = institution.select(
        F.col("fixmedins_code").alias("place"),
        F.col("fixmedins_name").alias("place_name"),
        (F.col("fixmedins_type") == "2").alias("is_pharmacy"),
        F.col("fix_blng_admdvs").alias("seat"),
    )
    is_list = F.col("owner").startswith("list:") & (F.size("person_keys") > 1)
    said_type = F.when(is_list, "group").otherwise(F.col("first.subject_type"))
    return (
        case.withColumn("place", _place())
        .join(F.broadcast(finder_card.drop("prior", "sure")), on="finder", how="left")
        .join(F.broadcast(scheme_card), on="scheme", how="left")
        .join(F.broadcast(name), on="place", how="left")
        .withColumn(
            "area", F.coalesce(F.when(F.col("area") != "", F.col("area")), "seat", F.lit(""))
        )
        .withColumn(
            "subject_type",
            F.when(F.col("is_pharmacy") & (said_type == "institution"), "pharmacy").otherwise(
                said_type
            ),
        )
    )


def _place() -> Column:
    """The institution the case is kept under; of a person or group, the first in the evidence."""
    owner = F.substring_index("owner", ":", -1)
    return F.when(F.col("owner").startswith("place:"), owner).otherwise(F.get("fixmedins_codes", 0))


def _totalled(case: DataFrame) -> DataFrame:
    """With money in yuan, the probability, the rank and the proof."""
    fen = (*MONEY, "high_fen")
    yuan = dict(zip(("amount", "amount_acct", "amount_low", "amount_high"), fen, strict=True))
    priced = (
        case.withColumn("high_fen", F.col("amount_fen") * F.col("scheme_beyond"))
        .withColumns(
            {
                to: (F.col(fen).cast("decimal(20,0)") / 100).cast("decimal(18,2)")
                for to, fen in yuan.items()
            }
        )
        .withColumns(
            {
                "probability": probability(F.col("grade"), F.col("chances")),
                "contents": _or_none("contents"),
                "evidence": F.coalesce("evidence", F.array().cast(ARRAYS["evidence"])),
            }
        )
    )
    return ranked(pinned(priced.withColumn("proof", proof())))


def _finished(clue: DataFrame, verified_case: DataFrame) -> DataFrame:
    other = related(clue, verified_case)
    empty = {name: F.array().cast(kind) for name, kind in ARRAYS.items()}
    return clue.join(other, on="clue_id", how="left").withColumns(
        {
            "related": F.coalesce("related", empty["related"]),
            "roles": empty["roles"],
        }
    )


def _merged(first: str, second: str) -> Column:
    return F.array_sort(F.array_union(_or_none(first), _or_none(second)))


def _or_none(name: str) -> Column:
    return F.coalesce(name, F.array().cast("array<string>"))
