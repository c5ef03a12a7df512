"""Gold facts with a row only where something does not fit what others do or what a record says.

All are net of reversals and hold persons only as person_key. Money is whole fen.
"""

from typing import Final

from fundwatch.schema import MONTH, Column, Table, columns
from fundwatch.tables.gold.facts import LINES, MONTH_COLUMN

WAYS: Final = ("stack", "torn", "ward", "counter", "returns")

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
    is_pharmacy     boolean  It is a pharmacy.
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
    pool            string   统筹地区 that paid: the first four digits of its 区划.
    settled_on      date     When.
    by_hand         boolean  Reimbursed by the agency against paper (pay_loc 1).
    is_offsite      boolean  Treated outside the pooling area of the insurance.
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
    grain="one ground on which a stay paid by group looks like one of a lighter group",
    key=("mdtrt_id", "ground"),
    period=MONTH,
    columns=(
        *columns("""
    mdtrt_id        string   The stay.
        """),
        Column(
            "ground",
            "string",
            "Which: cost, of its family; care, of another family; hours, of ventilation.",
            among=("cost", "care", "hours"),
        ),
        *columns("""
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
    dise_name       string?  Its name.
    weight          decimal(16,4)  Its weight.
    usual_fen       bigint?  What its stays cost: median over houses, of twelve months [fen].
    houses          int?     Houses that is drawn from [count].
    right_no        string   The lighter group that it looks like.
    right_name      string?  Its name.
    right_weight    decimal(16,4)  Its weight.
    right_fen       bigint   What its stays cost [fen].
    medfee_fen      bigint   What this stay cost [fen].
    marks           int?     Items that most houses give in that family, and seldom else [count].
    marked          int?     Of them, those that the stay has [count].
    unmarked        array<string>  Names of the others, sorted.
    least_hours     int?     Ventilation that the billed group asks for [hours].
    vent_hours      decimal(26,4)? Ventilation charged [hours].
    icu_hours       decimal(26,4)? Intensive care, as the visit says or as charged [hours].
    house_stays     int      Its stays of twelve months that can be judged so [count].
    house_lighter   int      Of those, which look like a lighter group [count].
    house_expected  decimal(16,2)  How many would be usual, by the other houses [count].
    house_heavy     int      Its stays in groups that have a lighter one [count].
    heavy_expected  decimal(16,2)  How many others would have of the same families [count].
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
    batch           int?     Registrations the house began of the illness in the same month [count].
    batch_usual     decimal(16,2)? A month of the twelve before that [count].
    batch_used      int?     Of the batch, those drawn on by now and old enough to judge [count].
    batch_bare      int?     Of these, those that nothing before them supports [count].
    batch_here      int?     Of those drawn on, whose benefit was used where the visit was [count].
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
    setting         string   stay, visit, purchase; claim: those by hand of people with one phone.
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
    together_cases  int      Stays begun within a day of those of two others of that city [count].
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
    grain="one dear drug that one house gives to patients to whom others do not, to a month",
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
    list_type       string   101 to 104.
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
    grain="one prescriber and pharmacy where people fetch too often or all the same, in one month",
    key=("prescriber", "fixmedins_code", "pattern", MONTH),
    period=MONTH,
    columns=(
        *columns("""
    prescriber      string   Staff code, or 假名 of a person whom no institution registered.
    fixmedins_code  string   The pharmacy.
        """),
        Column(
            "pattern", "string", "One drug too often, or all the same.", among=("often", "alike")
        ),
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
    circle          int      Purchases of one drug too often, or of the same three [count].
    circle_persons  int      How many people they are [persons].
    circle_expected decimal(16,2)  How many such purchases would be usual, by the area [count].
    drug_expected   decimal(16,2)  How many of them would be here, by others' of the drug [count].
    person_expected decimal(16,2)  The same by these people's purchases on others' word [count].
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
    grain="one person treated alike at one institution on ten days of a month, or at two in turn",
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
    other_code      string?  Where else the person was so treated in turn, on two days or more.
    other_people    int?     Who was treated so at these two in turn [persons].
    cash_fen        bigint   Paid in cash for them [fen].
    fund_fen        bigint   Paid by the fund [fen].
    acct_fen        bigint   Paid from accounts [fen].
    first_on        date     The first of these days.
    last_on         date     The last.
    setl_ids        array<string>  The settlements of that charge, sorted.
        """),
    ),
)

SUPPORT_FACT: Final = Table(
    "gold.support_fact",
    grain="one item of one visit, or all of a stay, charged in a month without what it rests on",
    key=("mdtrt_id", "hilist_code", "lacks", MONTH),
    period=MONTH,
    columns=(
        *columns("""
    mdtrt_id        string   The visit or stay.
    hilist_code     string   Catalogue code of the item; * for all of a stay.
    lacks           string   Which: diagnosis operation report order trace every_report every_order.
        """),
        MONTH_COLUMN,
        *columns(
            """
    fixmedins_code  string   The institution.
    area            string   区划 of the institution.
    person_key      string   The person.
    care            string   Kind of care.
    item_name       string?  Name of the item.
    list_type       string   101 to 104 drugs, 201 services, 301 consumables.
    is_high_value   boolean  Drug or consumable of high value.
    needed_diag     string?  Diagnoses the catalogue limits the item to, a regular expression.
    needed_oprn     string?  Services of which one must go with it: prefixes, separated by ;.
    diagnoses       array<string>? Codes of the visit's diagnoses, where these are limited.
    bilg_dr_code    string?  Ordering doctor.
    first_on        date     First day it was charged.
    last_on         date     Last day.
    others_share    decimal(5,4)? Share of other houses' cases of the item without it [0 to 1].
    house_cases     int      Cases of the house this month that are asked for it [count].
    house_lacking   int      Of those, without it [count].
    house_expected  decimal(16,2)  How many others would lack of the same items [count].
    inscp_fen       bigint   Within the scope, of the item in this visit and month [fen].
    excess_lines    LINES    Its lines.
        """,
            LINES=LINES,
        ),
    ),
)

WORKUP_FACT: Final = Table(
    "gold.workup_fact",
    grain="one test that a house gives more often than its patients' illnesses explain, to a month",
    key=("fixmedins_code", "hilist_code", "setting", MONTH),
    period=MONTH,
    columns=(
        *columns("""
    fixmedins_code  string   The institution.
    hilist_code     string   The examination or laboratory test.
    setting         string   stay or visit.
        """),
        MONTH_COLUMN,
        *columns(
            """
    area            string   区划 of the institution.
    item_name       string?  Name of the test.
    cases           int      Cases of three months with illnesses that can be compared [count].
    persons         int      Of those, with the test [count].
    uses            int      Days on which they had it [count].
    expected        decimal(16,2)  Days that others would have given to such patients [count].
    part            decimal(5,4)  Share of the days that is above that [0 to 1].
    first_on        date     First of the month's lines.
    last_on         date     Last of them.
    inscp_fen       bigint   Within the scope, of the month, that part of it [fen].
    excess_lines    LINES    The month's lines of the test, each with that part.
        """,
            LINES=LINES,
        ),
    ),
)

BURST_FACT: Final = Table(
    "gold.burst_fact",
    grain="one day on which one house admitted four people or more",
    key=("fixmedins_code", "day"),
    period=MONTH,
    columns=(
        *columns("""
    fixmedins_code  string   The institution.
    day             date     The day.
        """),
        Column(MONTH, "string", "Month of the day, YYYY-MM."),
        *columns("""
    area            string   区划 of the institution.
    admissions      int      Admitted that day, settled by now [persons].
    usual           decimal(16,2)  A day in the month, two days before and after left out [persons].
    top_diag_share  double   Greatest share of one main diagnosis (three characters) [0 to 1].
    operated_share  double   Share with an operation [0 to 1].
    urgent_share    double   Share that came as an emergency or from another house [0 to 1].
    doctors         int      Doctors in charge [count].
    last_on         date     Last discharge of them.
    fund_fen        bigint   Paid by the fund for them [fen].
    setl_ids        array<string>  Their settlements, sorted.
    person_keys     array<string>  Who, sorted.
        """),
    ),
)

MIX_FACT: Final = Table(
    "gold.mix_fact",
    grain="one class of implants or services of which a house bills more dear variants, to a month",
    key=("fixmedins_code", "ingredient", MONTH),
    period=MONTH,
    columns=(
        *columns("""
    fixmedins_code  string   The institution.
    ingredient      string   Class of high-value consumables (catalogue), or of services (points).
        """),
        MONTH_COLUMN,
        *columns(
            """
    area            string   区划 of the institution.
    units           decimal(26,4)  Of the class, six months together [units].
    dear_units      decimal(26,4)  Of them, of variants of 1.5 times the cheapest or more [units].
    expected        decimal(16,2)  How many of them others would have used [units].
    plain_pric      decimal(16,6)  Dearest variant that is not dear [yuan per unit].
    items           array<string>  The dear variants of the month, sorted.
    first_on        date     First of the month's dear lines.
    last_on         date     Last of them.
    inscp_fen       bigint   Within the scope, of the month, what is too dear [fen].
    excess_lines    LINES    The month's dear lines, each with its part of that.
        """,
            LINES=LINES,
        ),
    ),
)

OVERCHARGE_FACT: Final = Table(
    "gold.overcharge_fact",
    grain="one service item of one visit, charged in a month beyond what is due, in one way",
    key=("mdtrt_id", "hilist_code", "how", MONTH),
    period=MONTH,
    columns=(
        *columns("""
    mdtrt_id        string   The visit or stay.
    hilist_code     string   Catalogue code of the item.
    how             string   Which: excluded discharge surcharge orphan soon soon_elsewhere.
        """),
        MONTH_COLUMN,
        *columns(
            """
    fixmedins_code  string   The institution.
    area            string   区划 of the institution.
    person_key      string   The person.
    care            string   Kind of care.
    item_name       string?  Name of the item.
    basis           string   The knowledge point (conf/points), or the family of service codes.
    beside          array<string>  The items that it stands by, sorted.
    other_sns       array<string>  The lines of those, sorted.
    other_code      string?  The other institution, where it was there before.
    bilg_dr_code    string?  Ordering doctor.
    house_cases     int      Where the house could charge so, over six months [count].
    house_found     int      Of those, where it did [count].
    others_share    decimal(5,4)? Share of such cases at the middle one of other houses [0 to 1].
    others_houses   int      Other houses with such cases [count].
    others_doing    int      Of them, those that ever charged so [count].
    first_on        date     First of the lines.
    last_on         date     Last of them.
    inscp_fen       bigint   Within the scope, of the lines [fen].
    excess_lines    LINES    The lines.
        """,
            LINES=LINES,
        ),
    ),
)

RECURRENCE_FACT: Final = Table(
    "gold.recurrence_fact",
    grain="people one house sees again and again in one way that others hardly do, to a month",
    key=("fixmedins_code", "ward_code", "way", MONTH),
    period=MONTH,
    columns=(
        *columns("""
    fixmedins_code  string   The institution.
    ward_code       string   Where they lay in a ward meanwhile; else the institution itself.
        """),
        Column("way", "string", "How they are seen.", among=WAYS),
        MONTH_COLUMN,
        *columns("""
    area            string   区划 of the institution.
    persons         int      People it is true of, six months together [persons].
    cases           int      Visits, purchases or stays of theirs of which it is true [count].
    days            int      Days of those [days].
    most            int      Of them, of one person at most [count].
    house_cases     int      All visits of the house, or stays where they lay [count].
    expected        decimal(16,2)  Cases at the rate of all other houses [count].
    offsite_persons int      Who are insured in another city [persons].
    steady_persons  int      Who came for one illness and not oftener than every 21 days [persons].
    phoned_persons  int      Whose phone is known [persons].
    phones          int      Different phones of theirs [count].
    quick_cases     int      Settled within a quarter of an hour of the arrival [count].
    quick_share     decimal(5,4)? Share of such among the house's other visits [0 to 1].
    paper_cases     int      With an insurance or identity card and not electronically [count].
    far_cases       int      With a doctor in another city on that day, for another illness [count].
    staff_code      string?  Operator at the window, of stays the doctor, of most cases.
    staff_cases     int      How many of them are theirs [count].
    staff_share     decimal(5,4)? Their share of all that the house does [0 to 1].
    fund_fen        bigint   Paid by the fund for the cases [fen].
    acct_fen        bigint   Paid from accounts for them [fen].
    first_on        date     The first of them in the six months.
    last_on         date     The last.
    setl_ids        array<string>  Their settlements, sorted.
    person_keys     array<string>  The people, sorted.
        """),
    ),
)

DIALYSIS_FACT: Final = Table(
    "gold.dialysis_fact",
    grain="one person with more days of dialysis at one house in a month than weeks explain",
    key=("fixmedins_code", "person_key", MONTH),
    period=MONTH,
    columns=(
        *columns("""
    fixmedins_code  string   The institution.
    person_key      string   The person.
        """),
        MONTH_COLUMN,
        *columns(
            """
    area            string   区划 of the institution.
    sessions        int      Days with dialysis there in the month, outside stays [days].
    surplus         int      Of them, above what their weeks allow, all houses together [days].
    allowed         int      Sessions a week: three, or four where that is the habit [count].
    days            array<string>  The surplus days, YYYY-MM-DD, sorted.
    house_weeks     int      Weeks of its patients in three months [count].
    house_surplus   int      Surplus days of all its patients in three months [days].
    house_expected  decimal(16,2)  How many would be usual, by the other houses [days].
    first_on        date     First of the surplus days.
    last_on         date     Last.
    inscp_fen       bigint   Within the scope, dialysis and consumables of those days [fen].
    excess_lines    LINES    Their lines.
        """,
            LINES=LINES,
        ),
    ),
)

ENTRY_FACT: Final = Table(
    "gold.entry_fact",
    grain="one operator of one house who entered services at night long after, in one month",
    key=("fixmedins_code", "opter_id", MONTH),
    period=MONTH,
    columns=(
        *columns("""
    fixmedins_code  string   The institution; no pharmacy.
    opter_id        string   Who entered the lines.
        """),
        MONTH_COLUMN,
        *columns(
            """
    area            string   区划 of the institution.
    lines           int      Lines of the operator, settled in the month [count].
    services        int      Of them, examinations, tests, treatments and operations [count].
    late_lines      int      Lines entered at night twelve hours after or more [count].
    late_services   int      Of these, such services [count].
    expected        decimal(16,2)  How many of them would be usual, by the other houses [count].
    house_late_share decimal(5,4)  Share of the house's lines entered so [0 to 1].
    nights          int      Nights in which these services were entered [count].
    cases           int      Settlements they are in [count].
    persons         int      Patients they are charged to [persons].
    items           array<string>  What they are, sorted.
    first_on        date     First day they were charged for.
    last_on         date     Last.
    inscp_fen       bigint   Within the scope, of these services [fen].
    excess_lines    LINES    Their lines.
        """,
            LINES=LINES,
        ),
    ),
)

UNIFORM_FACT: Final = Table(
    "gold.uniform_fact",
    grain="one doctor who gives items whatever the illness, where others hardly do, to a month",
    key=("fixmedins_code", "staff_code", "kind", MONTH),
    period=MONTH,
    columns=(
        *columns("""
    fixmedins_code  string   The institution.
    staff_code      string   The doctor.
    kind            string   test, drug or dear (a drug of high value).
        """),
        MONTH_COLUMN,
        *columns(
            """
    area            string   区划 of the institution.
    visits          int      The doctor's visits of six months with a known illness [count].
    uniform_visits  int      Of them, with an item that others hardly give for the illness [count].
    persons         int      Whose they are [persons].
    illnesses       int      Different illnesses of these visits (letter and digit) [count].
    items           array<string>  Those items, sorted.
    expected        decimal(16,2)  How many others of such houses would have [count].
    first_on        date     First of the lines.
    last_on         date     Last of them.
    inscp_fen       bigint   Within the scope, of what is above the expected [fen].
    excess_lines    LINES    The lines of these items in these visits, each with its part of that.
        """,
            LINES=LINES,
        ),
    ),
)

RECIPIENT_FACT: Final = Table(
    "gold.recipient_fact",
    grain="one doctor and one dear drug given for what nobody else found of the people, to a month",
    key=("fixmedins_code", "staff_code", "ingredient", MONTH),
    period=MONTH,
    columns=(
        *columns("""
    fixmedins_code  string   The institution.
    staff_code      string   The doctor.
    ingredient      string   Generic name of the drug; its code where that is not known.
        """),
        MONTH_COLUMN,
        *columns(
            """
    area            string   区划 of the institution.
    persons         int      Who got it from the doctor at visits of six months [persons].
    bare_persons    int      Of them, whose illness nobody else found in twelve months [persons].
    others_persons  int      Who got it elsewhere, pharmacies included [persons].
    expected        decimal(16,2)  How many would be bare, by those [persons].
    illnesses       array<string>  What it was given for (letter and digit), sorted.
    gene_persons    int      Of the bare, with a gene test by the doctor [persons].
    gene_days       int      Days on which these were tested [days].
    first_on        date     First of the lines.
    last_on         date     Last of them.
    person_keys     array<string>  The bare, sorted.
    inscp_fen       bigint   Within the scope, of what is above the expected [fen].
    excess_lines    LINES    Their lines of the drug and of gene tests, each with its part of that.
        """,
            LINES=LINES,
        ),
    ),
)

MISFITS: Final = (
    RESALE_FACT,
    STOCK_FACT,
    INVOICE_FACT,
    GROUP_FACT,
    QUALIFICATION_FACT,
    ORIGIN_FACT,
    INDICATION_FACT,
    PRESCRIBER_FACT,
    SESSION_FACT,
    SUPPORT_FACT,
    WORKUP_FACT,
    BURST_FACT,
    MIX_FACT,
    OVERCHARGE_FACT,
    RECURRENCE_FACT,
    DIALYSIS_FACT,
    ENTRY_FACT,
    UNIFORM_FACT,
    RECIPIENT_FACT,
)
