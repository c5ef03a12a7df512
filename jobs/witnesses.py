"""What a row of each fact says of who, when and where, and which silver rows prove it."""

from __future__ import annotations

from typing import Final

from fundwatch.tables.gold import (
    CHARGE_FACT,
    GROUP_FACT,
    INDICATION_FACT,
    INSTITUTION_DAY_FACT,
    INVOICE_FACT,
    ORIGIN_FACT,
    PERSON_DAY_FACT,
    PRACTITIONER_DAY_FACT,
    PRESCRIBER_FACT,
    QUALIFICATION_FACT,
    RESALE_FACT,
    SESSION_FACT,
    STAY_FACT,
    STOCK_FACT,
    SUPPLY_FACT,
    VISIT_FACT,
)
from jobs.witness import DEATH, LINES_OF_EXCESS, NOBODY, OF_EXCESS, Other, Witness

WITNESS: Final[dict[str, Witness]] = {
    CHARGE_FACT.name: Witness(
        begins="charged_on",
        ends="charged_on",
        settlements="array(setl_id)",
        proof=(("silver.fee_line", "array(bkkp_sn)"), ("silver.settlement", "array(setl_id)")),
        doctor="bilg_dr_code",
    ),
    VISIT_FACT.name: Witness(
        begins="visited_on",
        ends="visited_on",
        settlements="array(setl_id)",
        proof=(("silver.visit", "array(mdtrt_id)"), ("silver.settlement", "array(setl_id)")),
        doctor="chfpdr_code",
        others=(
            Other("prev_", "silver.settlement", "prev_setl_id", "prev_fixmedins_code"),
            Other("other_", "silver.settlement", "other_setl_id", "other_fixmedins_code"),
            DEATH,
        ),
    ),
    STAY_FACT.name: Witness(
        begins="admitted_on",
        ends="discharged_on",
        settlements="setl_ids",
        proof=(("silver.visit", "array(mdtrt_id)"), ("silver.settlement", "setl_ids")),
        doctor="chfpdr_code",
        others=(Other("prev_", "silver.visit", "prev_mdtrt_id", "prev_fixmedins_code"), DEATH),
    ),
    PERSON_DAY_FACT.name: Witness(
        begins="day",
        ends="day",
        settlements="setl_ids",
        proof=(("silver.settlement", "setl_ids"),),
        places="fixmedins_codes",
        others=(Other("inside_", "silver.visit", "inside_mdtrt_id", "inside_fixmedins_code"),),
    ),
    INSTITUTION_DAY_FACT.name: Witness(
        begins="day",
        ends="day",
        settlements="excess_setl_ids",
        proof=(("silver.institution", "array(fixmedins_code)"),),
        persons=NOBODY,
    ),
    PRACTITIONER_DAY_FACT.name: Witness(
        begins="day",
        ends="day",
        settlements=OF_EXCESS,
        proof=(("silver.fee_line", LINES_OF_EXCESS),),
        persons=NOBODY,
        doctor="staff_code",
    ),
    SUPPLY_FACT.name: Witness(
        begins="to_date(concat(month, '-01'))",
        ends="last_day(to_date(concat(month, '-01')))",
        settlements="setl_ids",
        proof=(("silver.settlement", "setl_ids"),),
        places="fixmedins_codes",
    ),
    RESALE_FACT.name: Witness(
        begins="prev_sold_on",
        ends="sold_on",
        settlements="array(setl_id)",
        proof=(
            ("silver.trace_scan", "array(scan_id, prev_scan_id)"),
            ("silver.settlement", "array(setl_id)"),
        ),
        persons="array(person_key, prev_person_key)",
        places="array(fixmedins_code, prev_fixmedins_code)",
    ),
    STOCK_FACT.name: Witness(
        begins="counted_on",
        ends="last_day(to_date(concat(month, '-01')))",
        settlements=OF_EXCESS,
        proof=(
            ("silver.fee_line", LINES_OF_EXCESS),
            ("silver.stock_movement", "txn_ids"),
        ),
        persons=NOBODY,
    ),
    GROUP_FACT.name: Witness(
        begins="admitted_on",
        ends="discharged_on",
        settlements="array(setl_id)",
        proof=(("silver.visit", "array(mdtrt_id)"), ("silver.settlement", "array(setl_id)")),
        doctor="chfpdr_code",
    ),
    QUALIFICATION_FACT.name: Witness(
        begins="visited_on",
        ends="visited_on",
        settlements="array(setl_id)",
        proof=(
            ("silver.settlement", "array(setl_id)"),
            ("silver.chronic_registration", "array(registration_key)"),
            ("silver.insured", "array(insured_key)"),
        ),
        places="array(fixmedins_code, visited_code)",
        doctor="certifier_doctor",
    ),
    INDICATION_FACT.name: Witness(
        begins="first_on",
        ends="last_on",
        settlements=OF_EXCESS,
        proof=(("silver.fee_line", LINES_OF_EXCESS), ("silver.settlement", OF_EXCESS)),
        persons=NOBODY,
        doctor="top_doctor",
    ),
    ORIGIN_FACT.name: Witness(
        begins="first_on",
        ends="last_on",
        settlements="setl_ids",
        proof=(("silver.settlement", "setl_ids"),),
        persons="person_keys",
    ),
    PRESCRIBER_FACT.name: Witness(
        begins="first_on",
        ends="last_on",
        settlements="setl_ids",
        proof=(
            ("silver.settlement", "setl_ids"),
            ("silver.fee_line", "bkkp_sns"),
            ("silver.visit", "mdtrt_ids"),
        ),
        persons="person_keys",
        places="array(fixmedins_code, home_code)",
        doctor="staff_code",
        with_doctor="fixmedins_code",
    ),
    SESSION_FACT.name: Witness(
        begins="first_on",
        ends="last_on",
        settlements="setl_ids",
        proof=(("silver.settlement", "setl_ids"),),
        doctor="staff_code",
    ),
    INVOICE_FACT.name: Witness(
        begins="settled_on",
        ends="settled_on",
        settlements="array(setl_id)",
        proof=(("silver.settlement", "array(setl_id)"), ("silver.invoice", "array(bill_key)")),
        others=(Other("prev_", "silver.settlement", "prev_setl_id", "prev_fixmedins_code"),),
    ),
}
