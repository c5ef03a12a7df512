"""Gold results: what detectors look at, what indicators, rules and detectors say, and the clues."""

from typing import Final

from fundwatch.schema import MONTH, Column, Table, columns
from fundwatch.tables.gold.facts import LINES

MONTH_COLUMN: Final = Column(MONTH, "string", "Month computed, YYYY-MM.")
GRADES: Final = ("A", "B", "C", "D")
EVIDENCE: Final = "array<struct<table:string,key:string>>"

SHARED_ADMISSION: Final = Table(
    "gold.shared_admission",
    grain="two people admitted to one institution within a day, twice or more in twelve months",
    key=(MONTH, "person_a", "person_b"),
    period=MONTH,
    columns=(
        MONTH_COLUMN,
        *columns("""
    person_a        string   The person_key that sorts first.
    person_b        string   The other.
    times           int      Times they were admitted together in the twelve months [count].
    stays_a         int      Stays of a in the twelve months [count].
    stays_b         int      Stays of b in the twelve months [count].
    expected        double   Times to be expected by chance [count].
    is_household    boolean  Same address, phone or contact: a family.
    is_neighbour    boolean  Same village or employer.
    fixmedins_codes array<string>  Where, sorted.
    mdtrt_ids       array<string>  The stays of both, sorted.
    setl_ids        array<string>  Their settlements, sorted.
    first_on        date     First admission that was shared.
    last_on         date     Last admission that was shared.
        """),
    ),
)

SHARED_PURCHASE: Final = Table(
    "gold.shared_purchase",
    grain="two people who bought watched drugs at one terminal within minutes on several days",
    key=(MONTH, "person_a", "person_b"),
    period=MONTH,
    columns=(
        MONTH_COLUMN,
        *columns("""
    person_a        string   The person_key that sorts first.
    person_b        string   The other.
    times           int      Days they bought together in the six months [days].
    visits_a        int      Days on which a bought watched drugs in the six months [days].
    visits_b        int      Days on which b did [days].
    expected        double   Shared days to be expected by chance [days].
    is_household    boolean  Same address, phone or contact: one of them shops for the others.
    is_neighbour    boolean  Same village.
    fixmedins_codes array<string>  Where, sorted.
    mdtrt_ids       array<string>  The visits of both, sorted.
    setl_ids        array<string>  Their settlements, sorted.
    watched_fen     bigint   Watched drugs of these visits [fen].
    first_on        date     First shared day.
    last_on         date     Last shared day.
        """),
    ),
)

PRESENCE_CONFLICT: Final = Table(
    "gold.presence_conflict",
    grain="one fact that contradicts one stay",
    key=("mdtrt_id", "kind", "other"),
    period=MONTH,
    columns=(
        *columns("""
    mdtrt_id        string   The stay.
        """),
        Column(
            "kind",
            "string",
            "What speaks against it.",
            among=("overlap", "elsewhere", "after_death", "idle", "overfull"),
        ),
        *columns("""
    other           string   The other side: mdtrt_id (overlap), setl_id (elsewhere), date or stay.
        """),
        Column(MONTH, "string", "Month in which the later of the two was settled, YYYY-MM."),
        *columns(
            """
    fixmedins_code  string   Where the stay is.
    area            string   区划.
    person_key      string   Who.
    setl_ids        array<string>  Settlements of the stay, sorted.
    other_fixmedins_code string? Where the other fact is.
    admitted_on     date     Admission of the stay.
    discharged_on   date     Discharge.
    other_care      string?  Kind of care there: dialysis (chronic) goes on during a stay.
    other_on        date     Day of the other fact.
    stay_days       int      Nights [days].
    active_days     int      Days with a drug, examination, treatment or operation line [days].
    fund_fen        bigint   Fund money of the stay [fen].
    is_claim        boolean  The stay is told by a claim by hand from another area alone.
    km              double?  Distance between the two places [km].
    is_edge         boolean  The other fact is on the day of admission or discharge.
    is_transfer     boolean  The stay began or ended by a transfer.
    is_leave        boolean  Nothing was given or done in the stay on the day of a visit elsewhere.
    house_stays     int      Stays of the institution that closed in the six months to this [count].
    house_away      int      Of its stays, those first seen elsewhere in these six months [count].
    says            string   The contradiction in Chinese, with its figures.
    evidence        EVIDENCE Keys of the silver rows that contradict each other.
        """,
            EVIDENCE=EVIDENCE,
        ),
    ),
)

INDICATOR_VALUE: Final = Table(
    "gold.indicator_value",
    grain="one indicator of one entity in one month",
    key=("indicator_id", "entity", MONTH),
    period=MONTH,
    columns=(
        Column("indicator_id", "string", "Which indicator (conf/indicators)."),
        Column(
            "entity_type",
            "string",
            "What the entity is.",
            among=("institution", "doctor", "person", "department"),
        ),
        Column("entity", "string", "Whose value it is: code, institution|ward or person_key."),
        MONTH_COLUMN,
        Column("numerator", "double", "Sum on top, in the indicator's unit."),
        Column("denominator", "double", "Count or sum below the line."),
        Column("value", "double", "numerator / denominator; null below the floor.", null=True),
        Column(
            "level",
            "int",
            "Highest level (3, 2, 1; 0 none) of the institutions of its rows, where known.",
            null=True,
        ),
    ),
)

PEER_SCORE: Final = Table(
    "gold.peer_score",
    grain="one indicator of one entity in one month against its peers",
    key=("indicator_id", "entity", MONTH),
    period=MONTH,
    columns=(
        *columns("""
    indicator_id    string   Which indicator.
    entity_type     string   What the entity is.
    entity          string   Whose value it is.
        """),
        MONTH_COLUMN,
        *columns("""
    peer_group      string   The peers: kind, level and ownership; wider where they are few.
    peers           int      Peers with a value, the entity included [count].
    value           double   The entity's value.
    median          double   Median of the peers.
    spread          double   1.4826 × median absolute deviation of the peers, or its least value.
    distance        double   (value − median) / spread towards the worse side; positive is worse.
    percentile      double   Share of peers not worse [0 to 1].
    excess          double   (value − median) × denominator, on the worse side only.
        """),
    ),
)

ITEM_ANOMALY: Final = Table(
    "gold.item_anomaly",
    grain="one institution's use of one high-cost drug or consumable in the quarter to a month",
    key=("fixmedins_code", "ingredient", MONTH),
    period=MONTH,
    columns=(
        *columns("""
    fixmedins_code  string   The institution.
    ingredient      string   Generic name or class of the item.
        """),
        MONTH_COLUMN,
        *columns(
            """
    area            string   区划.
    list_type       string   Drug or consumable.
    patients        int      Patients with the item in the three months [persons].
    base            int      Patients of the institution, counted in each month [persons].
    inscp_fen       bigint   Charged within the scope [fen].
    fund_fen        bigint   Share of fund money [fen].
    rate            double   inscp per patient of the institution and month [fen].
    peer_group      string   The peers.
    peers           int      Peers that use the item, the institution included [count].
    peer_median     double   Median rate of the peers [fen].
    peer_distance   double   Robust distance from the peers; positive is higher.
    own_past        double?  Its own rate of the six months before the three [fen].
    growth          double?  rate / own_past.
    excess_share    double   Part of the charge above 1.15 × the greater of the two [0 to 1].
    is_anomaly      boolean  Far above peers or own past, on enough money.
    excess_lines    LINES    Of the month itself: fewest, strongest.
        """,
            LINES=LINES,
        ),
    ),
)


def finding(name: str, finder: str) -> Table:
    """A table of findings: rules and detectors speak in one shape, so that clues can be fused."""
    return Table(
        name,
        grain=f"one thing one {finder} says about one subject in one month",
        key=("finder", "anchor", MONTH),
        period=MONTH,
        columns=(
            Column("finder", "string", f"Id of the {finder} that speaks."),
            Column("anchor", "string", "Key of the row or group it speaks of."),
            MONTH_COLUMN,
            Column("scheme", "string", "What kind of wrong (conf/schemes.yml)."),
            Column(
                "grade",
                "string",
                "A contradiction, B breach, C statistical, D context.",
                among=GRADES,
            ),
            Column("subject_type", "string", "What the first subject is."),
            *columns(
                """
    subject_ids     array<string>  The accused: institutions, practitioners, persons, each sorted.
    fixmedins_code  string   The institution the case is kept under; empty for groups over many.
    listed_by       string?  Whose list of people it belongs to; null where it is told alone.
    area            string   区划 of the place of treatment.
    period_begn     date     First day of the evidence.
    period_end      date     Last day of the evidence.
    is_whole        boolean  All fund money of setl_ids is in question; else that of the lines.
    setl_ids        array<string>  Settlements said to be wrong, sorted.
    lines           LINES    Excess per line [fen].
    person_keys     array<string>  Persons in the evidence, sorted.
    staff_codes     array<string>  Practitioners in the evidence, sorted.
    fixmedins_codes array<string>  Institutions in the evidence, sorted.
    score           double   Strength, 0 to 1: greater is stronger.
    says            string   The claim in Chinese, with its figures and what is normal.
    definition      string   Digest of the rule, detector or model that speaks.
            """,
                LINES=LINES,
            ),
            Column("evidence", EVIDENCE, "Keys of the silver rows that prove it, sorted."),
        ),
    )


RULE_FINDING: Final = finding("gold.rule_finding", "rule")
DETECTOR_FINDING: Final = finding("gold.detector_finding", "detector")

CLUE: Final = Table(
    "gold.clue",
    grain="one case: what a supervisor may check",
    key=("clue_id",),
    columns=(
        *columns("""
    clue_id         string   The case: scheme and anchor, given once and carried forward.
    proof           string   SHA-256 over the claim and the contents of its evidence rows.
    rank            int      1 is first to check; no ties.
    scheme          string   What kind of wrong (conf/schemes.yml).
        """),
        Column("grade", "string", "A, B, C or D.", among=GRADES),
        *columns("""
    title           string   One Chinese sentence a supervisor can act on.
    finder          string   Rule, anomaly or detector that spoke first.
    finders         array<string>  All that spoke, sorted.
    period_begn     date     First day of the evidence.
    period_end      date     Last day of the evidence.
    area            string   区划 with most fund money.
        """),
        Column(
            "subject_type",
            "string",
            "What is accused.",
            among=(
                "institution",
                "department",
                "doctor",
                "person",
                "pharmacy",
                "enterprise",
                "group",
            ),
        ),
        *columns("""
    subject_ids     array<string>  The accused parties.
    roles           array<struct<party:string,role:string>>  Who did what, where known.
    fixmedins_codes array<string>  Institutions and pharmacies in the evidence, sorted.
    staff_codes     array<string>  Practitioners in the evidence, sorted.
    person_keys     array<string>  Persons in the evidence, sorted.
    setl_ids        array<string>  Settlements said to be wrong, sorted.
    amount          decimal(18,2)  Fund money in question, excess only [yuan].
    amount_acct     decimal(18,2)  Account money in question [yuan].
    amount_low      decimal(18,2)  Lower end of the 90 % interval [yuan].
    amount_high     decimal(18,2)  Upper end of the 90 % interval [yuan].
    probability     double   Calibrated chance that a check confirms it [0 to 1].
    says            array<string>  Reasons in Chinese, strongest first.
    innocent        array<string>  Honest explanations to rule out.
    cleared_if      string   The smallest change of facts that would have cleared it.
    check_steps     array<string>  检查路径.
    legal_basis     array<string>  Articles, with the date of the text.
    route_to        array<string>  Owner first.
    tier            string   agreement, administrative or criminal.
    related         array<string>  Earlier clues and cases on the same parties, newest first.
    evidence        array<struct<table:string,version:bigint,key:string>>  The very rows.
    definition      string   Digest of what spoke.
    contents        array<string>  Digests of what the evidence rows say, in their order.
        """),
    ),
)
