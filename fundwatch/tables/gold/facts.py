"""Gold facts: one table per grain, with every word that rules and indicators need.

All are net of reversals and hold persons only as person_key. Money is whole fen. The month of a
fact is that of the settlement that closed it.
"""

from typing import Final

from fundwatch.schema import MONTH, Column, Table, columns

LINES: Final = "array<struct<bkkp_sn:string,setl_id:string,inscp_fen:bigint>>"
"""Fee lines, each with the part of it that is meant."""

WHO: Final = columns("""
    fixmedins_code  string   Institution or pharmacy.
    area            string   区划 of the place of treatment.
    hosp_lv         string?  Level of the institution, 01 to 14.
    medins_type     string?  Kind of the institution.
    medins_natu     string?  1 public, 2 private.
    insu_admdvs     string   Pooling area of the insured person.
    is_offsite      boolean  Treated in another city than insured in (first four digits differ).
    person_key      string   The person.
    gend            string?  Sex: 1 male, 2 female.
    age_years       int?     Age at the start of the visit [years].
    insutype        string   Insurance.
""")
PAID: Final = columns("""
    medfee_fen      bigint   All charges [fen].
    inscp_fen       bigint   Charges within the scope of the insurance [fen].
    fund_fen        bigint   Paid by the fund [fen].
    acct_fen        bigint   Paid from personal accounts [fen].
    cash_fen        bigint   Paid in cash [fen].
""")
CARE: Final = ("inpatient", "outpatient", "emergency", "chronic", "pharmacy")
CARE_COLUMN: Final = Column("care", "string", "Kind of care, from med_type.", among=CARE)
MONTH_COLUMN: Final = Column(MONTH, "string", "Month of the settlement, YYYY-MM.")

CHARGE_FACT: Final = Table(
    "gold.charge_fact",
    grain="one settled fee line, net of its refunds",
    key=("bkkp_sn",),
    period=MONTH,
    columns=(
        *columns("""
    bkkp_sn         string   The line.
    setl_id         string   The settlement case it belongs to (silver.settlement_net).
    mdtrt_id        string   The visit.
        """),
        MONTH_COLUMN,
        CARE_COLUMN,
        *WHO,
        *columns("""
    lead_lv         string?  Level of the institution that leads its medical community.
    hi_paymtd       string?  How the stay is paid: 3 and 4 by group.
    setl_inscp_fen  bigint   inscp of the settlement, by which a line shares its fund money [fen].
    setl_fund_fen   bigint   Fund money of the settlement [fen].
    setl_acct_fen   bigint   Account money of the settlement [fen].
    visit_days      int      Days from admission to discharge, both counted [days].
    charged_at      timestamp_ntz  When the line was charged.
    charged_on      date     Day it was charged.
    hilist_code     string   Catalogue code.
    item_name       string?  Name of the item.
    list_type       string   101 to 104 drugs, 201 services, 301 consumables.
    charge_type     string?  med_chrgitm_type: 01 bed, 02 consultation, 03 examination and so on.
    ingredient      string?  Generic name or class, from the catalogue.
    cnt             decimal(16,4)  Quantity as charged, net of refunds [quantity].
    base_cnt        decimal(20,4)? Quantity in smallest units, where the pack size is known [units].
    pric            decimal(16,6)  Unit price [yuan per unit].
    cap_pric        decimal(16,6)? Price cap: the line's own, else the catalogue's [yuan per unit].
    listed_pric     decimal(16,6)? Highest procurement price of the item [yuan per unit].
    det_fen         bigint   Charged, net of refunds [fen].
    inscp_fen       bigint   Within the scope of the insurance, net of refunds [fen].
    is_high_value   boolean  Of high value, or dear and often resold.
    is_watched      boolean  Drug that tends to be resold.
    is_split        boolean  Sold in smallest units.
    lmt_sex         string?  Only for this sex.
    lmt_age_min     decimal(16,4)? Not before this age [years].
    lmt_age_max     decimal(16,4)? Not after this age [years].
    lmt_setting     string?  Only in these settings: op ip er, separated by ;.
    lmt_hosp_lv     string?  Only at this level or above: 2 or 3.
    lmt_diag        string?  Only for diagnoses whose code or name this regular expression finds.
    lmt_days        int?     Paid for so many days per stay [days].
    daily_cap       decimal(16,4)? Most that can be right per day [quantity].
    minutes         decimal(16,4)? Standard time of one unit [minutes].
    needs_oprn      string?  Service prefixes that must go with it, separated by ;.
    day_cnt         decimal(26,4)  Quantity of the item in this visit on this day [quantity].
    day_rank        int      Place of the line among the item's lines of the day, by time: 1, 2, …
    item_days       int      Days of this visit on which the item was charged [days].
    item_cnt        decimal(26,4)  Quantity of the item in this visit [quantity].
    bilg_dr_code    string?  Ordering doctor.
    bilg_dept_codg  string?  Ordering department.
    acord_dr_code   string?  Who carried it out.
    opter_id        string?  Who entered it.
    entered_at      timestamp_ntz?  When it was entered.
    supply_days     decimal(16,4)? Days of supply dispensed (prd_days) [days].
        """),
    ),
)

VISIT_FACT: Final = Table(
    "gold.visit_fact",
    grain="one settled outpatient visit or pharmacy purchase",
    key=("setl_id",),
    period=MONTH,
    columns=(
        *columns("""
    setl_id         string   The settlement.
    mdtrt_id        string   The visit.
        """),
        MONTH_COLUMN,
        CARE_COLUMN,
        *WHO,
        *columns("""
    visited_at      timestamp_ntz  Arrival.
    visited_on      date     Day of arrival.
    setl_time       timestamp_ntz  When it was settled.
    pay_loc         string?  1 claimed by hand, 2 at the institution, 3 4 directly from elsewhere.
    mdtrt_cert_type string?  01 electronic, 02 identity card, 03 insurance card.
    term_no         string?  Terminal.
    opter_id        string?  Operator at the window.
    chfpdr_code     string?  Doctor.
    tel_key         string?  假名 of the phone.
    addr_key        string?  假名 of the address.
    coner_key       string?  假名 of the contact.
    village         string?  Village or community of the person.
    main_diag       string?  Main diagnosis, ICD-10.
    dise_no         string?  Chronic disease it was claimed under.
    died_on         date?    Death in the register of insured people.
    death_key       string?  The row of that register (silver.insured), its key joined with |.
    stopped_on      date?    Since when the house's agreement was paused or over, on that day.
    stopped_key     string?  The row that says so (silver.agreement), its key joined with |.
        """),
        *PAID,
        *columns("""
    drug_fen        bigint   Drugs [fen].
    test_fen        bigint   Examinations and laboratory [fen].
    watched_fen     bigint   Drugs that tend to be resold [fen].
    line_count      int      Fee lines [count].
    item_count      int      Different items [count].
    max_supply_days decimal(16,4)? Longest supply dispensed [days].
    prev_setl_id    string?  The person's visit before this one.
    prev_fixmedins_code string?  Where that was.
    prev_gap_minutes bigint? Minutes from its arrival to this one's [minutes].
    prev_km         double?  Distance between the two places [km].
    other_setl_id   string?  The visit before or after that asked for the faster way; no pharmacy.
    other_fixmedins_code string? Where that was.
    other_gap_minutes bigint? Minutes between the two arrivals [minutes].
    other_km        double?  Distance between the two places [km].
    terminal_cards  int?     People settled at its terminal in the five minutes before and after.
    terminal_phones int?     Different phones of theirs; who has none known counts as one [count].
    terminal_daily  double?  Settlements of that terminal on a day of the month it was used.
        """),
    ),
)

STAY_FACT: Final = Table(
    "gold.stay_fact",
    grain="one inpatient stay, closed by its first settlement that is not a mid settlement",
    key=("mdtrt_id",),
    period=MONTH,
    columns=(
        *columns("""
    mdtrt_id        string   The stay.
        """),
        MONTH_COLUMN,
        *WHO,
        *columns("""
    setl_id         string   The settlement that closed it.
    setl_ids        array<string>  Its standing settlements, mid settlements included, sorted.
    med_type        string   医疗类别, padded.
    village         string?  Village or community of the person.
    emp_no          string?  Employer.
    sp_psn_type     string?  Poor, disabled and so on.
    died_on         date?    Death in the register of insured people.
    death_key       string?  The row of that register (silver.insured), its key joined with |.
    dept            string?  Ward at admission.
    bed             string?  Bed at admission.
    chfpdr_code     string?  Doctor in charge.
    admitted_at     timestamp_ntz  Admission.
    admitted_on     date     Day of admission.
    discharged_on   date     Day of discharge.
    stay_days       int      Nights, at least 1 [days].
    main_diag       string?  Main diagnosis, ICD-10.
    diag_count      int      Diagnoses [count].
    oprn_count      int      Operations [count].
    dscg_way        string?  1 home, 2 other hospital, 3 community, 4 against advice, 5 dead, 9.
    adm_way         string?  1 emergency, 2 outpatient, 3 transferred in, 9.
    is_planned      boolean  Readmission within 31 days was planned at the discharge before.
    dise_no         string?  Group of the stay.
    pay_loc         string?  1 claimed by hand, 2 at the institution, 3 4 directly from elsewhere.
    hi_paymtd       string?  How it is paid: 3 and 4 by group.
    tel_key         string?  假名 of the phone.
    addr_key        string?  假名 of the address.
    coner_key       string?  假名 of the contact.
    opter_id        string?  Operator at the window.
        """),
        *PAID,
        *columns("""
    dedc_fen        bigint   Deductible paid [fen].
    drug_fen        bigint   Drugs [fen].
    consumable_fen  bigint   Consumables [fen].
    exam_fen        bigint   Examinations and laboratory [fen].
    treat_fen       bigint   Treatment and operations [fen].
    therapy_fen     bigint   Of it, rehabilitation, physiotherapy and Chinese treatment [fen].
    care_fen        bigint   Bed, nursing and consultation [fen].
    bed_days_charged decimal(26,4)  Bed-days charged [days].
    bed_inscp_fen   bigint   Bed charges within the scope [fen].
    close_days      int      Days with close nursing, oxygen, a monitor or rescue [days].
    icu_hours       decimal(16,4)? In intensive care, as the visit says [hours].
    active_days     int      Days with a drug, examination, treatment or operation line [days].
    active_on       array<date>  Those days with a drug, examination, treatment or operation.
    charged_days    int      Days with a fee line of any kind [days].
    prev_mdtrt_id   string?  The person's stay before this one, within 12 months.
    prev_fixmedins_code string?  Where that was.
    prev_discharged_on date? When it ended.
    prev_gap_days   int?     Days from that discharge to this admission [days].
    prev_main_diag  string?  Its main diagnosis.
    prev_dscg_way   string?  How it ended.
    stays_year      int      Stays of the person in the last 12 months, this one included [count].
        """),
    ),
)

PERSON_DAY_FACT: Final = Table(
    "gold.person_day_fact",
    grain="one person on one day with outpatient visits or purchases settled in a month",
    key=("person_key", "day", MONTH),
    period=MONTH,
    columns=(
        *columns("""
    person_key      string   The person.
    day             date     The day.
        """),
        MONTH_COLUMN,
        *columns("""
    fixmedins_code  string   Where most fund money of the day went; of equals the first.
    area            string   区划 of that place.
    visits          int      Settled visits and purchases [count].
    places          int      Different institutions and pharmacies [count].
    pharmacies      int      Different pharmacies [count].
    fund_fen        bigint   Paid by the fund [fen].
    acct_fen        bigint   Paid from the account [fen].
    inscp_fen       bigint   Within the scope [fen].
    watched_fen     bigint   Drugs that tend to be resold [fen].
    span_minutes    bigint   From the first visit to the last [minutes].
    setl_ids        array<string>  The settlements, sorted.
    fixmedins_codes array<string>  The places, sorted.
    inside_mdtrt_id string?  A stay that covers the day (strictly between admission and discharge).
    inside_fixmedins_code string?  Where that stay is.
        """),
    ),
)

INSTITUTION_DAY_FACT: Final = Table(
    "gold.institution_day_fact",
    grain="one institution on one day with an inpatient in the house",
    key=("fixmedins_code", "day"),
    period=MONTH,
    columns=(
        *columns("""
    fixmedins_code  string   The institution.
    day             date     The day.
        """),
        Column(MONTH, "string", "Month of the day, YYYY-MM."),
        *columns("""
    area            string   区划.
    hosp_lv         string?  Level of the institution.
    medins_type     string?  Kind of the institution.
    approved_beds   int?     Approved beds [beds].
    census          int      In the house that night, settled by now [persons].
    admissions      int      Admitted that day [persons].
    discharges      int      Discharged that day [persons].
    top_village_share double? Greatest share of the day's admissions from one village [0 to 1].
    top_hour_share  double?  Greatest share of the day's admissions in one hour [0 to 1].
    excess_setl_ids array<string>  Settlements above the approved beds, latest first.
        """),
    ),
)

SUPPLY_FACT: Final = Table(
    "gold.supply_fact",
    grain="one person's supply of one drug that tends to be resold, in one month",
    key=("person_key", "ingredient", MONTH),
    period=MONTH,
    columns=(
        *columns("""
    person_key      string   The person.
    ingredient      string   Generic name.
        """),
        MONTH_COLUMN,
        *columns("""
    fixmedins_code  string   Where most of the month's fund money for it went.
    area            string   区划 of that place.
    supply_days     double?  Days of supply got this month, by defined daily dose [days].
    supply_days_6m  double?  The same over six months, this one included [days].
    refill_days_6m  double?  Days it was to last by the doctors (prd_days), over six months [days].
    months_6m       int      Months of the six with a purchase [months].
    places_6m       int      Different institutions and pharmacies over six months [count].
    doctors_6m      int      Different ordering doctors over six months [count].
    charges_6m      int      Purchases (lines) over six months [count].
    span_days_6m    int      Days from their first purchase to the month's end [days].
    inscp_fen       bigint   Within the scope, this month [fen].
    fund_fen        bigint   Share of fund money, this month [fen].
    acct_fen        bigint   Share of account money, this month [fen].
    fund_6m_fen     bigint   Share of fund money over six months [fen].
    setl_ids        array<string>  Settlements of the month, sorted.
    setl_ids_6m     array<string>  Settlements of the six months, sorted.
    fixmedins_codes array<string>  Places of the six months, sorted.
        """),
    ),
)

PRACTITIONER_DAY_FACT: Final = Table(
    "gold.practitioner_day_fact",
    grain="the therapy of one day that one practitioner at one institution is credited with",
    key=("fixmedins_code", "staff_code", "day"),
    period=MONTH,
    columns=(
        *columns("""
    fixmedins_code  string   The institution.
    staff_code      string   Who carried it out, as the lines say; registered there.
    day             date     The day.
        """),
        Column(MONTH, "string", "Month of the day, YYYY-MM."),
        *columns(
            """
    area            string   区划 of the institution.
    minutes         decimal(38,4)  Standard time of all of it [minutes].
    persons         int      Patients [persons].
    line_count      int      Fee lines [count].
    inscp_fen       bigint   Within the scope, of what is above a full day [fen].
    excess_lines    LINES    The lines above it, each with its excess.
        """,
            LINES=LINES,
        ),
    ),
)

HAPPENED: Final = (
    CHARGE_FACT,
    VISIT_FACT,
    STAY_FACT,
    PERSON_DAY_FACT,
    INSTITUTION_DAY_FACT,
    PRACTITIONER_DAY_FACT,
    SUPPLY_FACT,
)
