"""The pipeline on one page. Nothing reads a table that is written below it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

from fundwatch.schema import Table
from fundwatch.tables.bronze import BRONZE
from fundwatch.tables.gold import (
    BURST_FACT,
    CHARGE_FACT,
    CLUE,
    DETECTOR_FINDING,
    DIALYSIS_FACT,
    ENTRY_FACT,
    FACTS,
    GROUP_FACT,
    INDICATION_FACT,
    INDICATOR_VALUE,
    INSTITUTION_DAY_FACT,
    INVOICE_FACT,
    ITEM_ANOMALY,
    MIX_FACT,
    ORIGIN_FACT,
    OVERCHARGE_FACT,
    PEER_SCORE,
    PERSON_DAY_FACT,
    PRACTITIONER_DAY_FACT,
    PRESCRIBER_FACT,
    PRESENCE_CONFLICT,
    QUALIFICATION_FACT,
    RECIPIENT_FACT,
    RECURRENCE_FACT,
    RESALE_FACT,
    RULE_FINDING,
    SESSION_FACT,
    SHARED_ADMISSION,
    SHARED_PURCHASE,
    SHIFT_FACT,
    STAY_FACT,
    STOCK_FACT,
    SUPPLY_FACT,
    SUPPORT_FACT,
    UNIFORM_FACT,
    UNSUPPLIED_FACT,
    VISIT_FACT,
    WORKUP_FACT,
)
from fundwatch.tables.silver import (
    AGREEMENT,
    CATALOGUE_ITEM,
    CHRONIC_REGISTRATION,
    DIAGNOSIS,
    FEE_LINE,
    INSTITUTION,
    INSURED,
    INVOICE,
    MEDICAL_ORDER,
    OFFSITE_REGISTRATION,
    OPERATION,
    PAYMENT_GROUP,
    PERSON,
    PRACTITIONER,
    PROCUREMENT_PRICE,
    REPORT,
    SETTLEMENT_NET,
    SILVER,
    STOCK_MOVEMENT,
    TRACE_SCAN,
    VERIFIED_CASE,
    VISIT,
)


@dataclass(frozen=True)
class Read:
    """A table, and the months of it that one month of the step needs around itself."""

    table: Table
    back: int = 0
    ahead: int = 0


@dataclass(frozen=True)
class Step:
    """One step: a pure function of the frames it reads, in order, to the rows it writes.

    `does` is "module:function"; it is imported only when it runs. What the function asks for by
    keyword, the runner offers: months, indicators, rules, schemes, detectors, settings, versions.
    """

    name: str
    title: str  # for people
    does: str
    reads: tuple[Read, ...]
    writes: Table

    def load(self) -> Callable[..., Any]:
        module, _, function = self.does.partition(":")
        loaded: Callable[..., Any] = getattr(import_module(module), function)
        return loaded


def _step(name: str, title: str, does: str, reads: tuple[Table | Read, ...], writes: Table) -> Step:
    spelled = tuple(r if isinstance(r, Read) else Read(r) for r in reads)
    return Step(name, title, does, spelled, writes)


# What ingest writes, batch by batch, before any step of FLOW runs.
INGESTED: Final[tuple[Table, ...]] = (*BRONZE.values(), *SILVER.values())

# fmt: off
FLOW: Final[tuple[Step, ...]] = (
    _step("charges", "费用事实", "jobs.facts.charges:charges",
          (SETTLEMENT_NET, FEE_LINE, VISIT, PERSON, INSURED, INSTITUTION, CATALOGUE_ITEM,
           PROCUREMENT_PRICE),
          CHARGE_FACT),
    _step("visits", "门诊购药事实", "jobs.facts.visits:visits",
          (Read(SETTLEMENT_NET, back=1), VISIT, CHARGE_FACT, PERSON, INSURED, INSTITUTION,
           DIAGNOSIS, AGREEMENT),
          VISIT_FACT),
    _step("stays", "住院事实", "jobs.facts.stays:stays",
          (Read(SETTLEMENT_NET, back=12), VISIT, Read(CHARGE_FACT, back=12), DIAGNOSIS, OPERATION,
           PERSON, INSURED, INSTITUTION),
          STAY_FACT),
    _step("person_days", "人日事实", "jobs.facts.person_days:person_days",
          (VISIT_FACT, Read(STAY_FACT, back=1)), PERSON_DAY_FACT),
    _step("institution_days", "机构日事实", "jobs.facts.institution_days:institution_days",
          (Read(STAY_FACT, ahead=2), INSTITUTION), INSTITUTION_DAY_FACT),
    _step("bursts", "集中入院事实", "jobs.facts.bursts:bursts",
          (Read(STAY_FACT, ahead=2),), BURST_FACT),
    _step("practitioner_days", "治疗人员日事实", "jobs.facts.practitioner_days:practitioner_days",
          (Read(CHARGE_FACT, ahead=2), PRACTITIONER), PRACTITIONER_DAY_FACT),
    _step("supplies", "重点药品供应事实", "jobs.facts.supplies:supplies",
          (Read(CHARGE_FACT, back=5), CATALOGUE_ITEM), SUPPLY_FACT),
    _step("resales", "追溯码重复事实", "jobs.facts.resales:resales",
          (Read(SETTLEMENT_NET, back=12), Read(TRACE_SCAN, back=12), PERSON), RESALE_FACT),
    _step("invoices", "票据事实", "jobs.facts.invoices:invoices",
          (Read(SETTLEMENT_NET, back=12), CHARGE_FACT, Read(INVOICE, back=12, ahead=2), PERSON),
          INVOICE_FACT),
    _step("groups", "病组事实", "jobs.facts.groups:groups",
          (Read(STAY_FACT, back=11), Read(CHARGE_FACT, back=13), PAYMENT_GROUP), GROUP_FACT),
    _step("shifts", "住院费用转门诊事实", "jobs.facts.shifts:shifts",
          (Read(VISIT_FACT, back=7), Read(STAY_FACT, back=5), Read(CHARGE_FACT, back=7)),
          SHIFT_FACT),
    _step("qualifications", "门慢特资格事实", "jobs.facts.qualifications:qualifications",
          (Read(VISIT_FACT, back=23), Read(STAY_FACT, back=23), Read(CHARGE_FACT, back=14),
           DIAGNOSIS, CHRONIC_REGISTRATION, INSURED, PERSON),
          QUALIFICATION_FACT),
    _step("origins", "异地来源事实", "jobs.facts.origins:origins",
          (Read(VISIT_FACT, back=5), Read(STAY_FACT, back=5), OFFSITE_REGISTRATION, PERSON),
          ORIGIN_FACT),
    _step("indications", "高值药耗适应证事实", "jobs.facts.indications:indications",
          (Read(STAY_FACT, back=5), Read(CHARGE_FACT, back=5), DIAGNOSIS, OPERATION),
          INDICATION_FACT),
    _step("prescribers", "开方医师与药店事实", "jobs.facts.prescribers:prescribers",
          (Read(VISIT_FACT, back=5), Read(CHARGE_FACT, back=5), Read(FEE_LINE, back=5),
           PRACTITIONER, CATALOGUE_ITEM),
          PRESCRIBER_FACT),
    _step("sessions", "门诊治疗疗程事实", "jobs.facts.sessions:sessions",
          (VISIT_FACT,), SESSION_FACT),
    _step("supports", "收费依据事实", "jobs.facts.supports:supports",
          (Read(CHARGE_FACT, back=2), DIAGNOSIS, REPORT, MEDICAL_ORDER, TRACE_SCAN), SUPPORT_FACT),
    _step("workups", "检查检验事实", "jobs.facts.workups:workups",
          (Read(CHARGE_FACT, back=2), Read(VISIT_FACT, back=2), Read(STAY_FACT, back=2)),
          WORKUP_FACT),
    _step("mixes", "耗材档次事实", "jobs.facts.mixes:mixes",
          (Read(CHARGE_FACT, back=5),), MIX_FACT),
    _step("overcharges", "重复与多收事实", "jobs.facts.overcharges:overcharges",
          (Read(CHARGE_FACT, back=5),), OVERCHARGE_FACT),
    _step("recurrences", "反复聚集事实", "jobs.facts.recurrences:recurrences",
          (Read(VISIT_FACT, back=5), Read(STAY_FACT, back=5)), RECURRENCE_FACT),
    _step("dialyses", "血液透析频次事实", "jobs.facts.dialyses:dialyses",
          (Read(CHARGE_FACT, back=3, ahead=1),), DIALYSIS_FACT),
    _step("entries", "夜间补录事实", "jobs.facts.entries:entries",
          (CHARGE_FACT,), ENTRY_FACT),
    _step("uniforms", "不论病种事实", "jobs.facts.uniforms:uniforms",
          (Read(VISIT_FACT, back=5), Read(CHARGE_FACT, back=5)), UNIFORM_FACT),
    _step("recipients", "高值药品用药人事实", "jobs.facts.recipients:recipients",
          (Read(VISIT_FACT, back=11), Read(STAY_FACT, back=11), Read(CHARGE_FACT, back=5),
           DIAGNOSIS),
          RECIPIENT_FACT),
    _step("stocks", "进销存事实", "jobs.facts.stocks:stocks",
          (Read(CHARGE_FACT, back=11), Read(STOCK_MOVEMENT, back=11)), STOCK_FACT),
    _step("unsupplied", "无货结算事实", "jobs.facts.unsupplied:unsupplied",
          (Read(STOCK_FACT, back=5), Read(VISIT_FACT, back=5), Read(STAY_FACT, back=5)),
          UNSUPPLIED_FACT),
    _step("together", "同进同出", "jobs.features.together:shared_admissions",
          (Read(STAY_FACT, back=11),), SHARED_ADMISSION),
    _step("errands", "同终端先后购药", "jobs.features.errands:shared_purchases",
          (Read(VISIT_FACT, back=5),), SHARED_PURCHASE),
    _step("conflicts", "在院矛盾", "jobs.features.conflicts:presence_conflicts",
          (Read(STAY_FACT, back=12), Read(VISIT_FACT, back=12),
           Read(INSTITUTION_DAY_FACT, back=2, ahead=2), INSTITUTION), PRESENCE_CONFLICT),
    _step("rules", "规则", "jobs.rules:findings", FACTS, RULE_FINDING),
    _step("indicators", "指标", "jobs.indicators:values",
          (CHARGE_FACT, VISIT_FACT, STAY_FACT, SUPPLY_FACT, INSTITUTION_DAY_FACT), INDICATOR_VALUE),
    _step("peers", "同类比较", "jobs.peers:scores",
          (INDICATOR_VALUE, INSTITUTION), PEER_SCORE),
    _step("detectors", "模型", "jobs.detect:findings",
          (SHARED_ADMISSION, PRESENCE_CONFLICT, PEER_SCORE, SHARED_PURCHASE), DETECTOR_FINDING),
    _step("anomalies", "高值药耗异常", "jobs.anomalies:item_anomalies",
          (Read(CHARGE_FACT, back=8), INSTITUTION), ITEM_ANOMALY),
    _step("clues", "线索", "jobs.clues.build:clues",
          (RULE_FINDING, DETECTOR_FINDING, ITEM_ANOMALY, SETTLEMENT_NET, *(
              SILVER[name] for name in (
                  "silver.settlement", "silver.visit", "silver.fee_line", "silver.institution",
                  "silver.insured")), STOCK_MOVEMENT, TRACE_SCAN, INVOICE,
           CHRONIC_REGISTRATION, AGREEMENT, PERSON, VERIFIED_CASE), CLUE),
)
# fmt: on


def step_named(name: str) -> Step:
    """The step of that name. Raises KeyError if there is none."""
    return {step.name: step for step in FLOW}[name]


def upstream(step: Step) -> Iterator[Step]:
    """The steps that write what `step` reads."""
    tables = {read.table for read in step.reads}
    return (other for other in FLOW if other.writes in tables)
