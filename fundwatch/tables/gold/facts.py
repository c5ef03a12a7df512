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
    det_fen         bigint   Charged, net of refunds [fen].
    inscp_fen       bigint   Within the scope of the insurance, net of refunds [fen].
    is_high_value   boolean  Drug or consumable of high value.
    is_watched      boolean  Drug that tends to be resold.
    is_split        boolean  Sold in smallest units.
    lmt_sex         string?  Only for this sex.
    lmt_age_min     decimal(16,4)? Not before this age [years].
    lmt_age_max     decimal(16,4)? Not after this age [years].
    lmt_setting     string?  Only in these settings: op ip er, separated by ;.
    lmt_hosp_lv     string?  Only at this level or above: 2 or 3.
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
        """),
        *PAID,
        *columns("""
    drug_fen        bigint   Drugs [fen].
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
    care_fen        bigint   Bed, nursing and consultation [fen].
    bed_days_charged decimal(26,4)  Bed-days charged [days].
    bed_inscp_fen   bigint   Bed charges within the scope [fen].
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

RESALE_FACT: Final = Table(
    "gold.resale_fact",
    grain="one insured sale of a box whose code was out with a buyer already",
    key=("scan_id",),
    period=MONTH,
    columns=(
        *columns("""
    scan_id         string   The scan of this sale.
        """),
        MONTH_COLUMN,
        *columns("""
    drug_trac_codg  string   Code of the box.
    hilist_code     string   What was in it.
    is_split        boolean  The code was sold in parts at least once: parts share it.
    sales           int      Sales of the code in twelve months, this one included [count].
    fixmedins_code  string   Where it was sold.
    area            string   区划 of that place.
    person_key      string   To whom.
    setl_id         string   The settlement.
    sold_on         date     When.
    fund_fen        bigint   Paid by the fund, whole settlement [fen].
    acct_fen        bigint   Paid from the account, whole settlement [fen].
    prev_scan_id    string   The scan of the sale before, not taken back since.
    prev_fixmedins_code string Where that was.
    prev_person_key string?  To whom, where it was insured.
    prev_sold_on    date     When.
        """),
    ),
)

STOCK_FACT: Final = Table(
    "gold.stock_fact",
    grain="one item of which one institution billed more by the end of a month than it ever had",
    key=("fixmedins_code", "hilist_code", MONTH),
    period=MONTH,
    columns=(
        *columns("""
    fixmedins_code  string   The institution.
    hilist_code     string   The item.
        """),
        MONTH_COLUMN,
        *columns(
            """
    area            string   区划 of the institution.
    item_name       string?  Name of the item.
    list_type       string   101 to 104 drugs, 301 consumables.
    counted_on      date     Day of the institution's last stock-take (期初): all counts begin here.
    had_cnt         decimal(38,4)  Opening, bought, moved in and found, less what left unsold.
    cash_cnt        decimal(38,4)  Of it, sold for cash.
    billed_cnt      decimal(38,4)  Billed to the insurance, refunds netted [smallest units].
    short_cnt       decimal(38,4)  Billed above what was there for it [smallest units].
    pack_size       decimal(16,4)? Smallest units per pack.
    excess_cnt      decimal(38,4)  Of it, first seen this month [smallest units].
    inscp_fen       bigint   Within the scope, of the excess of this month [fen].
    excess_lines    LINES    The last lines of the month, each with its excess.
    txn_ids         array<string>  The stock movements of the item that were counted, sorted.
        """,
            LINES=LINES,
        ),
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

INVOICE_FACT: Final = Table(
    "gold.invoice_fact",
    grain="one settlement whose invoice was claimed before, taken back, too small or never issued",
    key=("setl_id",),
    period=MONTH,
    columns=(
        *columns("""
    setl_id         string   The settlement case (silver.settlement_net).
    mdtrt_id        string   The visit.
        """),
        MONTH_COLUMN,
        *columns(
            """
    fixmedins_code  string   Where the person was treated.
    area            string   区划 of that place.
    person_key      string   Who claimed.
    settled_on      date     When.
    by_hand         boolean  Reimbursed by the agency against paper (pay_loc 1).
    invono          string   The invoice as the settlement names it.
    bill_key        string?  The same in the register of invoices; null where it is not there.
    known_share     decimal(5,4)  Claims by hand of twelve months whose invoice is there [0 to 1].
    is_taken_back   boolean  The register says the invoice was voided (红冲).
    is_reissued     boolean  Another of the same house and amount came in its place.
    red_on          date?    When it was voided.
    billed_fen      bigint?  What the invoice says [fen].
    medfee_fen      bigint   What was claimed: all charges [fen].
    fund_fen        bigint   Paid by the fund [fen].
    claims          int      Settlements of twelve months that name it, this one included [count].
    prev_setl_id    string?  The first of them, where this one is later.
    prev_mdtrt_id   string?  Its visit.
    prev_fixmedins_code string? Where that was.
    prev_person_key string?  Who claimed there.
    prev_settled_on date?    When.
    prev_by_hand    boolean? Reimbursed by the agency against paper.
    inscp_fen       bigint   Within the scope, of what no invoice covers [fen].
    excess_lines    LINES    The lines of it, each with what no invoice covers.
        """,
            LINES=LINES,
        ),
    ),
)

GROUP_FACT: Final = Table(
    "gold.group_fact",
    grain="one stay paid by group whose cost is nearer to that of a lighter group of its family",
    key=("mdtrt_id",),
    period=MONTH,
    columns=(
        *columns("""
    mdtrt_id        string   The stay.
    setl_id         string   The settlement that closed it.
        """),
        MONTH_COLUMN,
        *columns(
            """
    fixmedins_code  string   The institution.
    area            string   区划 of the place of treatment.
    person_key      string   The person.
    chfpdr_code     string?  Doctor in charge.
    admitted_on     date     Day of admission.
    discharged_on   date     Day of discharge.
    main_diag       string?  Main diagnosis, ICD-10.
    dise_no         string   Group that was billed.
    weight          decimal(16,4)  Its weight.
    usual_fen       bigint   What its stays cost: median over houses, of twelve months [fen].
    houses          int      Houses that is drawn from [count].
    right_no        string   The lighter group whose usual cost is nearest.
    right_weight    decimal(16,4)  Its weight.
    right_fen       bigint   What its stays cost [fen].
    medfee_fen      bigint   What this stay cost [fen].
    house_stays     int      Its stays of twelve months in groups that have a lighter one [count].
    house_lighter   int      Of those, which cost what a lighter group costs [count].
    house_expected  decimal(16,2)  How many would be usual, by the median house [count].
    fund_fen        bigint   Paid by the fund [fen].
    inscp_fen       bigint   Within the scope, of what the lighter group would not have cost [fen].
    excess_lines    LINES    The lines of the stay, each with its part of that.
        """,
            LINES=LINES,
        ),
    ),
)

QUALIFICATION_FACT: Final = Table(
    "gold.qualification_fact",
    grain="one chronic-disease visit without a registration, or in the year of an unsupported one",
    key=("setl_id",),
    period=MONTH,
    columns=(
        *columns("""
    setl_id         string   The settlement.
    mdtrt_id        string   The visit.
        """),
        MONTH_COLUMN,
        *columns("""
    fixmedins_code  string   Who established the illness; where that is not known, where it was.
    visited_code    string   Where the visit was.
    area            string   区划 of the place of the visit.
    person_key      string   The person.
    visited_on      date     When.
    main_diag       string?  Main diagnosis of the visit, ICD-10.
    dise_no         string?  Chronic disease it was claimed under.
    is_registered   boolean  The person was registered for some chronic disease on that day.
    registered_share decimal(5,4) Share of the month's chronic visits of whom that is so [0 to 1].
    opsp_dise_code  string?  The registration the visit rests on, if it is known which.
    begun_on        date?    Since when, by the first registration of the illness.
    insured_on      date?    Since when the person is insured there.
    certifier_doctor string? Doctor who established it.
    registration_key string? Its row in silver.chronic_registration, the key joined with |.
    insured_key     string?  Its row in silver.insured, where only that lists it.
    months_known    int?     Months with data among the twelve before it [months].
    support_stays   int?     Stays before it with a diagnosis of the same block [count].
    support_days    int?     Days of visits before it with such a diagnosis [days].
    exam_days       int?     Days with an examination or test in the 90 days before it [days].
    certified       int?     Registrations of twelve months by the doctor, else the house [count].
    certified_bare  int?     Of them, those that nothing before them supports [count].
    bare_expected   decimal(16,2)? How many would be, by the share at all others [count].
    fund_fen        bigint   Paid by the fund [fen].
    acct_fen        bigint   Paid from the account [fen].
        """),
    ),
)

ORIGIN_FACT: Final = Table(
    "gold.origin_fact",
    grain="one institution's patients from one other city in the six months to a month",
    key=("fixmedins_code", "home", "setting", MONTH),
    period=MONTH,
    columns=(
        *columns("""
    fixmedins_code  string   The institution.
    home            string   City where they are insured, four digits.
    setting         string   stay, visit or purchase.
        """),
        MONTH_COLUMN,
        *columns("""
    area            string   区划 of the place of treatment.
    persons         int      People of that city [persons].
    cases           int      Their stays, visits or purchases [count].
    house_persons   int      All people of the institution in that setting [persons].
    homes           int      Other cities they come from, this one included [count].
    expected        double   People of that city by its share at the other institutions [persons].
    linked_persons  int      Who share a phone or contact with two of other addresses [persons].
    rooted_persons  int      Who were treated elsewhere in the city of treatment too [persons].
    settled_persons int      Who are registered as living there [persons].
    look            string?  Commonest diagnosis (three characters) and nights, or diagnosis.
    look_cases      int      Cases with it [count].
    look_usual      double   Its share among the institution's other cases [0 to 1].
    crowded_cases   int      Settled while the terminal settled three people in minutes [count].
    fund_fen        bigint   Paid by the fund [fen].
    acct_fen        bigint   Paid from the account [fen].
    first_on        date     First of the cases.
    last_on         date     Last.
    setl_ids        array<string>  Their settlements, sorted.
    person_keys     array<string>  The people, sorted.
        """),
    ),
)

INDICATION_FACT: Final = Table(
    "gold.indication_fact",
    grain="one dear item that one house gives to patients to whom others do not, to a month",
    key=("fixmedins_code", "ingredient", MONTH),
    period=MONTH,
    columns=(
        *columns("""
    fixmedins_code  string   The institution.
    ingredient      string   Generic name or class of the item; its code where that is not known.
        """),
        MONTH_COLUMN,
        *columns(
            """
    area            string   区划 of the institution.
    list_type       string   101 to 104 drugs, 301 consumables.
    stays           int      Its stays of six months whose illnesses other houses treat too [count].
    stays_with      int      Of them, with the item [count].
    odd_stays       int      Of these, for none of whose illnesses others use it much [count].
    odd_expected    double   How many others would have given it for the same illnesses [count].
    doctors         int      Doctors in charge of those stays [count].
    top_doctor      string?  The one of most of them.
    top_doctor_stays int     How many of them are that doctor's [count].
    diagnoses       array<string>  Their main diagnoses (three characters), sorted.
    first_on        date     First admission of them.
    last_on         date     Last discharge.
    inscp_fen       bigint   Within the scope, of what is above the expected [fen].
    excess_lines    LINES    The lines of the item in those stays, each with its part of that.
        """,
            LINES=LINES,
        ),
    ),
)

PRESCRIBER_FACT: Final = Table(
    "gold.prescriber_fact",
    grain="one prescriber and one pharmacy where few people fetch one drug too often, in one month",
    key=("prescriber", "fixmedins_code", MONTH),
    period=MONTH,
    columns=(
        *columns("""
    prescriber      string   Staff code, or 假名 of a person whom no institution registered.
    fixmedins_code  string   The pharmacy.
        """),
        MONTH_COLUMN,
        *columns("""
    area            string   区划 of the pharmacy.
    staff_code      string?  The prescriber where registered.
    home_code       string?  The institution where; of several the first.
    purchases       int      At this pharmacy on these prescriptions, over six months [count].
    persons         int      Whose those are [persons].
    named           int      Of them, with a line that names the prescriber [count].
    doctor_purchases int     The same at all pharmacies [count].
    expected        decimal(16,2)  How many here would be usual, by colleagues and area [count].
    circle          int      Purchases of those who fetch one drug too often [count].
    circle_persons  int      How many people they are [persons].
    circle_expected decimal(16,2)  How many such purchases would be usual, by the area [count].
    circle_close    int      Of the circle's, within five minutes of another's of them [count].
    circle_seen     int      Of the circle's, with a visit to the prescriber that day [count].
    circle_cashless int      Of the circle's, without cash [count].
    drugs           array<string>  What the circle fetched, sorted.
    watched_fen     bigint   Drugs that tend to be resold, fetched by the circle [fen].
    fund_fen        bigint   Paid by the fund for the circle's purchases [fen].
    acct_fen        bigint   Paid from accounts for them [fen].
    first_on        date     The first of them in the six months.
    last_on         date     The last.
    person_keys     array<string>  The circle, sorted.
    setl_ids        array<string>  Its purchases, sorted.
    bkkp_sns        array<string>  Their lines that name the prescriber, sorted.
    mdtrt_ids       array<string>  Visits to the prescriber on the days of these purchases, sorted.
        """),
    ),
)

SESSION_FACT: Final = Table(
    "gold.session_fact",
    grain="one person charged the same treatment at one institution on ten days or more of a month",
    key=("fixmedins_code", "person_key", MONTH),
    period=MONTH,
    columns=(
        *columns("""
    fixmedins_code  string   The institution; no pharmacy.
    person_key      string   The person.
        """),
        MONTH_COLUMN,
        *columns("""
    area            string   区划 of the institution.
    staff_code      string?  Doctor, where it was one and the same.
    charge_fen      bigint   What each visit cost, without drugs: the charge of most days [fen].
    days            int      Days with a visit of that charge [days].
    people          int      With so many days or more there, paying in cash or not alike [persons].
    cash_fen        bigint   Paid in cash for them [fen].
    fund_fen        bigint   Paid by the fund [fen].
    acct_fen        bigint   Paid from accounts [fen].
    first_on        date     The first of these days.
    last_on         date     The last.
    setl_ids        array<string>  The settlements of that charge, sorted.
        """),
    ),
)

FACTS: Final = (
    CHARGE_FACT,
    VISIT_FACT,
    STAY_FACT,
    PERSON_DAY_FACT,
    INSTITUTION_DAY_FACT,
    PRACTITIONER_DAY_FACT,
    SUPPLY_FACT,
    RESALE_FACT,
    STOCK_FACT,
    INVOICE_FACT,
    GROUP_FACT,
    QUALIFICATION_FACT,
    ORIGIN_FACT,
    INDICATION_FACT,
    PRESCRIBER_FACT,
    SESSION_FACT,
)
