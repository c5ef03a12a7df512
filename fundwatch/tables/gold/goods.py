"""Gold facts of goods and papers that do not add up: sold twice, sold unbought, claimed twice.

A row only where something does not fit. All are net of reversals and hold persons only as
person_key. Money is whole fen.
"""

from typing import Final

from fundwatch.schema import MONTH, Column, Table, columns
from fundwatch.tables.gold.facts import LINES, MONTH_COLUMN

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
    short_items     int      Of how many items the house clearly billed more than it had [count].
    excess_cnt      decimal(38,4)  Of it, first seen this month [smallest units].
    inscp_fen       bigint   Within the scope, of the excess of this month [fen].
    excess_lines    LINES    The last lines of the month, each with its excess.
    txn_ids         array<string>  The stock movements of the item that were counted, sorted.
        """,
            LINES=LINES,
        ),
    ),
)

UNSUPPLIED_FACT: Final = Table(
    "gold.unsupplied_fact",
    grain="one house's stays, visits or sales whose drugs were mostly never there, to a month",
    key=("fixmedins_code", "kind", MONTH),
    period=MONTH,
    columns=(
        *columns("""
    fixmedins_code  string   The institution.
        """),
        Column("kind", "string", "What they are.", among=("stay", "visit", "sale")),
        MONTH_COLUMN,
        *columns("""
    area            string   区划 of the institution.
    persons         int      People they are charged to, six months together [persons].
    cases           int      Stays, visits or sales [count].
    card_cases      int      Of the visits and sales, those with the insurance card [count].
    items           array<string>  Names of drugs beyond the stock, the first five, sorted.
    short_fen       bigint   Within the scope, of their lines beyond the stock [fen].
    fund_fen        bigint   Paid by the fund for the cases, whole [fen].
    acct_fen        bigint   Paid from accounts for them [fen].
    first_on        date     The first of them in the six months.
    last_on         date     The last.
    setl_ids        array<string>  Their settlements, sorted.
    bkkp_sns        array<string>  Their lines beyond the stock, sorted.
    person_keys     array<string>  The people, sorted.
        """),
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

GOODS: Final = (
    RESALE_FACT,
    STOCK_FACT,
    UNSUPPLIED_FACT,
    INVOICE_FACT,
)
