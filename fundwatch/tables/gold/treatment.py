"""Gold facts of treatment and charges that do not fit the illness, the price or other houses.

A row only where something does not fit. All are net of reversals and hold persons only as
person_key. Money is whole fen.
"""

from typing import Final

from fundwatch.schema import MONTH, Column, Table, columns
from fundwatch.tables.gold.facts import LINES, MONTH_COLUMN

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

SHIFT_FACT: Final = Table(
    "gold.shift_fact",
    grain="one house that charged tests of stays paid by group to outpatient visits, to a month",
    key=("fixmedins_code", MONTH),
    period=MONTH,
    columns=(
        *columns("""
    fixmedins_code  string   The institution.
        """),
        MONTH_COLUMN,
        *columns(
            """
    area            string   区划 of the institution.
    stays           int      Its stays paid by group that were no emergency, of six months [count].
    shifted         int      Of them, with a visit of tests just before or during [count].
    expected        decimal(16,2)  How many there would be, by all other houses' share [count].
    mdtrt_ids       array<string>  The shifted stays, sorted.
    person_keys     array<string>  Whose they are, sorted.
    visits          int      The visits beside them [count].
    first_on        date     The first line of their tests.
    last_on         date     The last.
    inscp_fen       bigint   Within the scope, of the tests [fen].
    excess_lines    LINES    The lines of the tests.
        """,
            LINES=LINES,
        ),
    ),
)

INDICATION_FACT: Final = Table(
    "gold.indication_fact",
    grain="one dear item that one house gives to people to whom others do not, to a month",
    key=("fixmedins_code", "ingredient", MONTH),
    period=MONTH,
    columns=(
        *columns("""
    fixmedins_code  string   The institution.
    ingredient      string   Generic name or class of the item, or name of the test; else its code.
        """),
        MONTH_COLUMN,
        *columns(
            """
    area            string   区划 of the institution.
    list_type       string   101 to 104 drugs, 201 tests, 301 consumables.
    stays           int      Its stays of six months that others could have treated alike [count].
    stays_with      int      Of them, with the item [count].
    odd_stays       int      Of these, for nothing of which others use it much [count].
    odd_expected    double   How many others would have given it for the same [count].
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
            "pattern",
            "string",
            "One drug too often, all the same, or one after the other.",
            among=("often", "alike", "close"),
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
    circle          int      Purchases that the pattern speaks of [count].
    circle_persons  int      How many people they are [persons].
    circle_phones   int      Different phones of theirs; who has none known counts as one [count].
    circle_days     int      On how many days [days].
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
    is_high_value   boolean  Of high value, or dear and often resold.
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
    grain="one item of one visit, charged in a month beyond what is due, in one way",
    key=("mdtrt_id", "hilist_code", "how", MONTH),
    period=MONTH,
    columns=(
        *columns("""
    mdtrt_id        string   The visit or stay.
    hilist_code     string   Catalogue code of the item.
    how             string   excluded discharge surcharge orphan soon soon_elsewhere combined.
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

TREATMENT: Final = (
    GROUP_FACT,
    SHIFT_FACT,
    INDICATION_FACT,
    PRESCRIBER_FACT,
    SUPPORT_FACT,
    WORKUP_FACT,
    MIX_FACT,
    OVERCHARGE_FACT,
    DIALYSIS_FACT,
    UNIFORM_FACT,
)
