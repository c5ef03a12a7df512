"""One small world of findings in which every situation of a clue occurs once, by institution."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from fundwatch.flow import step_named
from fundwatch.knowledge import Case, DetectorEntry, Rule, Scheme
from fundwatch.schema import Table
from fundwatch.tables.gold import CLUE
from jobs.clues.build import clues
from jobs.conform import conform
from tests.facts import codes
from tests.rows import rows

NONE: Final = "-"  # the empty text, which a literal cannot say


def scheme(name: str, *, is_whole: bool) -> Scheme:
    return Scheme(
        id=name,
        title=f"手法{name}",
        is_whole=is_whole,
        beyond=3,
        innocent=("确有其事",),
        cleared_if="病历齐全。",
        check=("调取病历",),
        legal_basis=("条例第38条(2021-05-01)",),
        route_to=("MEDICAL_INSURANCE_ADMINISTRATION",),
        tier="administrative",
    )


def rule(name: str, scheme_id: str, severity: str = "likely") -> Rule:
    return Rule.model_validate(
        {
            "id": name,
            "title": f"规则{name}",
            "source": "协议第9条",
            "innocent": "录入笔误",
            "needs": (),
            "over": "gold.charge_fact",
            "scheme": scheme_id,
            "grade": "B",
            "severity": severity,
            "subject": "institution",
            "when": "true",
            "amount": "none",
            "says": "理由",
            "check": ("核对收费清单",),
            "cleared_if": "清单与医嘱一致。",
            "examples": (Case(hit={}), Case(miss={})),
        }
    )


OFFERED: Final[dict[str, Any]] = {
    "codes": codes(),
    "schemes": (
        scheme("overcharge", is_whole=False),
        scheme("ghost_inpatient", is_whole=True),
        scheme("induced_co_admission", is_whole=True),
        scheme("high_cost_anomaly", is_whole=False),
        scheme("data_error", is_whole=False),
    ),
    "rules": (
        rule("twice", "overcharge"),
        rule("above_cap", "overcharge", "certain"),
        rule("overlap", "ghost_inpatient", "certain"),
        rule("wrong_unit", "data_error", "certain"),
    ),
    "detector_entries": (
        DetectorEntry(
            id="together",
            title="同进同出",
            source="文献",
            innocent="家人同病",
            needs=(),
            scheme="induced_co_admission",
            grade="C",
            check=("看住院楼",),
            cleared_if="系家庭成员。",
            parameters={},
        ),
    ),
    "anomalies": (),
}

SETTLEMENTS: Final = """
    setl_id | fixmedins_code | psn_key | fund_pay_sumamt_fen | acct_pay_fen | hi_paymtd | setl_ids | setl_time
    list1   | LIST    | p1 |  5000 |    0 | 1 | list1    | 2024-01-05 10:00:00
    list2   | LIST    | p2 |  5000 |    0 | 1 | list2    | 2024-02-05 10:00:00
    list3   | LIST    | p3 |  5000 |    0 | 1 | list3    | 2024-06-05 10:00:00
    two1    | TWO     | p1 |  5000 | 1000 | 1 | two1     | 2024-01-05 10:00:00
    round1  | ROUND   | p1 |  3333 |    0 | 1 | round1 round1r | 2024-01-05 10:00:00
    whole1  | WHOLE   | p1 |  5000 |    0 | 1 | whole1   | 2024-01-05 10:00:00
    whole2  | WHOLE   | p2 |  3333 |    0 | 1 | whole2   | 2024-01-06 10:00:00
    capped1 | CAPPED  | p1 |  5000 |    0 | 1 | capped1  | 2024-01-05 10:00:00
    again1  | AGAIN   | p1 |  5000 |    0 | 1 | again1   | 2024-01-05 10:00:00
    own1    | OWN     | p1 |  5000 |    0 | 1 | own1     | 2024-01-05 10:00:00
    own2    | OWN     | p1 |  5000 |    0 | 1 | own2     | 2024-01-05 10:00:00
    odd1    | ODD     | p1 |  5000 |    0 | 1 | odd1     | 2024-01-05 10:00:00
    odd2    | ODD     | p1 |  5000 |    0 | 1 | odd2     | 2024-01-05 10:00:00
    g1      | GROUP1  | p1 |  5000 |    0 | 1 | g1       | 2024-01-01 10:00:00
    g2      | GROUP1  | p2 |  5000 |    0 | 1 | g2       | 2024-01-02 10:00:00
    g3      | GROUP2  | p3 |  9000 |    0 | 1 | g3       | 2024-01-03 10:00:00
    g4      | GROUP2  | p4 |  5000 |    0 | 1 | g4       | 2024-01-04 10:00:00
    apart1  | APART   | p8 |  5000 |    0 | 1 | apart1   | 2024-01-04 10:00:00
    apart2  | APART   | p1 |  5000 |    0 | 1 | apart2   | 2024-01-05 10:00:00
    apart3  | APART   | p1 |  5000 |    0 | 1 | apart3   | 2024-01-06 10:00:00
    apart4  | SOLO    | p1 |  5000 |    0 | 1 | apart4   | 2024-01-07 10:00:00
    apart5  | SOLO    | p1 |  5000 |    0 | 1 | apart5   | 2024-01-08 10:00:00
    one1    | PERSONS | p1 |  5000 |    0 | 1 | one1     | 2024-01-04 10:00:00
    one2    | PERSONS | p2 |  5000 |    0 | 1 | one2     | 2024-01-04 10:00:00
    paper1  | PAPER   | p1 |  5000 |    0 | 1 | paper1   | 2024-01-04 10:00:00
    paper2  | PAPER   | p2 |  5000 |    0 | 1 | paper2   | 2024-02-04 10:00:00
    paper3  | PAPER   | p3 |  5000 |    0 | 1 | paper3   | 2024-02-04 10:00:00
    drg1    | DRG     | p1 |  5000 |    0 | 3 | drg1     | 2024-01-04 10:00:00
    error1  | ERROR   | p1 |  9000 |    0 | 1 | error1   | 2024-01-04 10:00:00
    stat1   | STAT    | p1 |  5000 |    0 | 1 | stat1    | 2024-01-04 10:00:00
    plain1  | PLAIN   | p1 |  5000 |    0 | 1 | plain1   | 2024-01-04 10:00:00
    wordy1  | WORDY   | p1 |  5000 |    0 | 1 | wordy1   | 2024-01-04 10:00:00
"""


def line(setl_id: str, fen: int) -> str:
    return f'[{{"bkkp_sn":"{setl_id}-line","setl_id":"{setl_id}","inscp_fen":{fen}}}]'


HEAD: Final = (
    "finder | anchor | month | scheme | grade | subject_type | subject_ids | fixmedins_code"
    " | listed_by"
    " | is_whole | setl_ids | lines | person_keys | score | says"
)


def overcharge(finder: str, place: str, setl_id: str, fen: int, **other: str) -> str:
    """One line of an institution charged too dear; `other`: month, grade, says, scheme."""
    month, grade = other.get("month", "2024-01"), other.get("grade", "B")
    scheme_id, says = other.get("scheme", "overcharge"), other.get("says", f"多收{finder}")
    return (
        f"{finder} | {setl_id}-line | {month} | {scheme_id} | {grade} | institution | {place}"
        f" | {place} | | false | {setl_id} | {line(setl_id, fen)} | p1 | 0.5 | {says}"
    )


def group(anchor: str, month: str, setl_ids: str) -> str:
    return (
        f"together | {anchor} | {month} | induced_co_admission | C | group | p1 p2 | {NONE}"
        f" | | true | {setl_ids} | [] | p1 p2 | 0.6 | 同进同出{anchor}"
    )


def overlap(
    anchor: str, subject_type: str, subject: str, setl_ids: str, listed_by: str = ""
) -> str:
    place = subject if subject_type == "institution" else "PERSONS"
    person = subject if subject_type == "person" else "p1"
    return (
        f"overlap | {anchor} | 2024-01 | ghost_inpatient | A | {subject_type} | {subject} | {place}"
        f" | {listed_by} | true | {setl_ids} | [] | {person} | 0.9 | 重叠住院"
    )


def often(anchor: str, setl_ids: str, accused: str = "person | p1", place: str = NONE) -> str:
    """One of the group's people, or its house, seen by a rule of statistics alone."""
    return (
        f"stat | {anchor} | 2024-02 | induced_co_admission | C | {accused} | {place}"
        f" | | true | {setl_ids} | [] | p1 | 0.4 | 住院频繁"
    )


RULE_FINDINGS: Final = (
    overcharge("twice", "LIST", "list1", 1000),
    overcharge("twice", "LIST", "list2", 1000, month="2024-02"),
    overcharge("twice", "LIST", "list3", 1000, month="2024-06"),
    overcharge("twice", "TWO", "two1", 1000),
    overcharge("above_cap", "TWO", "two1", 3000),
    overcharge("twice", "ROUND", "round1", 5),
    overlap("whole", "institution", "WHOLE", "whole1 whole2"),
    overcharge("twice", "CAPPED", "capped1", 99999),
    overcharge("twice", "AGAIN", "again1", 1000),
    overcharge("stat", "AGAIN", "again1", 9000, grade="C", says="偏高"),
    overcharge("twice", "OWN", "own1", 1000),
    overcharge("stat", "OWN", "own2", 9000, grade="C"),
    overcharge("twice", "ODD", "odd1", 1000),
    overcharge("odd", "ODD", "odd2", 9000, grade="D", says="与同类不同"),
    overlap("one", "person", "p1", "one1"),
    overlap("other", "person", "p2", "one2"),
    often("most", "apart1 apart2 apart3"),
    often("few", "apart3 apart4 apart5"),
    often("house", "g2 g3", "institution | GROUP1", "GROUP1"),
    overlap("first", "person", "p1", "paper1", "area"),
    overlap("second", "person", "p2", "paper2", "area"),
    overlap("third", "person", "p3", "paper3", "elsewhere"),
    overcharge("twice", "DRG", "drg1", 1000),
    overcharge("wrong_unit", "ERROR", "error1", 9999, scheme="data_error"),
    overcharge("stat", "ERROR", "error1", 9000, grade="C", says="偏高"),
    overcharge("twice", "PLAIN", "plain1", 1000),
    *(overcharge("twice", "WORDY", f"wordy{n}", 1000, says="又一次") for n in range(1, 6)),
    overcharge("twice", "WORDY", "wordy6", 500, says="少许"),
    overcharge("twice", "WORDY", "wordy7", 5000, says="很多"),
)
DETECTOR_FINDINGS: Final = (
    group("c", "2024-03", "g3 g4"),
    group("a", "2024-01", "g1 g2"),
    group("b", "2024-02", "g2 g3"),
    group("d", "2024-02", "apart1 apart2 apart3"),
)
ANOMALIES: Final = f"""
    fixmedins_code | ingredient | month   | is_anomaly | excess_lines
    STAT           | 某药       | 2024-01 | true       | {line("stat1", 1000)}
    NOSTAT         | 某药       | 2024-01 | false      | {line("plain1", 1000)}
"""
PERSONS: Final = """
    insu_admdvs | psn_key | person_key
    x           | p1      | p1
    x           | p2      | p2
    x           | p3      | p3
    x           | p4      | p4
"""
VERIFIED: Final = """
    case_no | subject_id | decided_on
    old     | PLAIN      | 2022-01-01
    new     | PLAIN      | 2023-01-01
    other   | NOBODY     | 2023-01-01
"""


def frames(spark: SparkSession, *, backwards: bool = False) -> list[DataFrame]:
    """What the step reads; the findings in order or backwards."""
    step = -1 if backwards else 1
    literal: Mapping[str, str] = {
        "gold.rule_finding": "\n".join((HEAD, *RULE_FINDINGS[::step])),
        "gold.detector_finding": "\n".join((HEAD, *DETECTOR_FINDINGS[::step])),
        "gold.item_anomaly": ANOMALIES,
        "silver.settlement_net": SETTLEMENTS,
        "silver.verified_case": VERIFIED,
        "silver.person": PERSONS,
    }
    return [
        _frame(spark, r.table, literal.get(r.table.name, "")) for r in step_named("clues").reads
    ]


def _frame(spark: SparkSession, table: Table, literal: str) -> DataFrame:
    made = rows(spark, table, literal)
    if "is_void" in table.names:
        made = made.withColumn("inscp_amt_fen", F.lit(10000).cast("bigint"))
    if "fixmedins_code" not in table.names:
        return made
    code = F.col("fixmedins_code")
    return made.withColumn("fixmedins_code", F.when(code == NONE, "").otherwise(code))


def clue_rows(
    spark: SparkSession, *, backwards: bool = False, previous: DataFrame | None = None
) -> DataFrame:
    """gold.clue of this world, in rank order."""
    versions = {read.table.name: 7 for read in step_named("clues").reads}
    made = clues(
        *frames(spark, backwards=backwards), versions=versions, previous=previous, **OFFERED
    )
    return conform(made, CLUE).orderBy("rank")
