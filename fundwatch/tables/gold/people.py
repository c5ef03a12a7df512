"""Gold facts of people who come, are entitled or are billed as hardly anybody elsewhere is.

A row only where something does not fit. All are net of reversals and hold persons only as
person_key. Money is whole fen.
"""

from typing import Final

from fundwatch.schema import MONTH, Column, Table, columns
from fundwatch.tables.gold.facts import LINES, MONTH_COLUMN

WAYS: Final = ("stack", "torn", "ward", "counter", "away", "night", "returns")

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
    illness_certified int?   Registrations of that illness by the house in twelve months [count].
    illness_certified_bare int? Of them, those that nothing before them supports [count].
    illness_bare_expected decimal(16,2)? How many would be, by the share at all others [count].
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
    outbreak_share  double   Share with an infection, a poisoning or an injury [0 to 1].
    of_employer     int      Most of them with one employer [persons].
    of_contact      int      Most of them with one contact or one phone [persons].
    doctors         int      Doctors in charge [count].
    last_on         date     Last discharge of them.
    fund_fen        bigint   Paid by the fund for them [fen].
    setl_ids        array<string>  Their settlements, sorted.
    person_keys     array<string>  Who, sorted.
        """),
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
    ward_code       string   Of way counter, where they lay meanwhile; else the institution itself.
        """),
        Column("way", "string", "How they are seen.", among=WAYS),
        MONTH_COLUMN,
        *columns("""
    area            string   区划 of the institution.
    persons         int      People it is true of, six months together [persons].
    cases           int      Visits, purchases or stays of theirs of which it is true [count].
    days            int      Days of those [days].
    most            int      Of them, of one person at most [count].
    wards           int      Different houses in which they lay meanwhile [count].
    house_cases     int      All visits or purchases of the house, or stays where they lay [count].
    expected        decimal(16,2)  Cases at the rate of all other houses [count].
    offsite_persons int      Who are insured in another city [persons].
    steady_persons  int      Who came for one illness and not oftener than every 21 days [persons].
    phoned_persons  int      Whose phone is known [persons].
    phones          int      Different phones of theirs [count].
    quick_cases     int      Settled within a quarter of an hour of the arrival [count].
    quick_share     decimal(5,4)? Share of such among the house's other visits [0 to 1].
    paper_cases     int      With an insurance or identity card and not electronically [count].
    drug_cases      int      With drugs [count].
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

PEOPLE: Final = (
    QUALIFICATION_FACT,
    ORIGIN_FACT,
    SESSION_FACT,
    BURST_FACT,
    RECURRENCE_FACT,
    ENTRY_FACT,
    RECIPIENT_FACT,
)
