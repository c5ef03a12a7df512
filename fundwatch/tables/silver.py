"""Silver beyond the landing tables: settlements net of reversals, and who is whom."""

from typing import Final

from fundwatch.schema import MONTH, Column, Table
from fundwatch.tables.landing import LANDING

SETTLEMENT: Final = LANDING["setl_d"].silver
VISIT: Final = LANDING["mdtrt_d"].silver
FEE_LINE: Final = LANDING["fee_list_d"].silver
DIAGNOSIS: Final = LANDING["diag_d"].silver
OPERATION: Final = LANDING["oprn_d"].silver
INSTITUTION: Final = LANDING["fixmedins_b"].silver
AGREEMENT: Final = LANDING["fixmedins_cntr_reg_d"].silver
PRACTITIONER: Final = LANDING["staff_b"].silver
INSURED: Final = LANDING["psn_info_b"].silver
CATALOGUE_ITEM: Final = LANDING["hilist_b"].silver
STOCK_MOVEMENT: Final = LANDING["inv_txn_d"].silver
PAYMENT_GROUP: Final = LANDING["drg_b"].silver
INVOICE: Final = LANDING["einvoice_d"].silver
TRACE_SCAN: Final = LANDING["drug_trac_d"].silver
CHRONIC_REGISTRATION: Final = LANDING["opsp_reg_d"].silver
OFFSITE_REGISTRATION: Final = LANDING["out_appy_d"].silver
MEDICAL_ORDER: Final = LANDING["drord_d"].silver
PROCUREMENT_PRICE: Final = LANDING["purc_pric_b"].silver
REPORT: Final = LANDING["rpot_d"].silver
VERIFIED_CASE: Final = LANDING["verified_case_d"].silver

# Carried over unchanged from the original settlement of a case.
KEPT: Final = [
    "mdtrt_id",
    "psn_key",
    "cert_key",
    "gend",
    "brdy",
    "insutype",
    "psn_type",
    "sp_psn_type",
    "insu_admdvs",
    "fix_blng_admdvs",
    "emp_no",
    "fixmedins_code",
    "med_type",
    "mdtrt_cert_type",
    "begndate",
    "enddate",
    "setl_time",
    "dise_no",
    "hi_paymtd",
    "pay_loc",
    "mid_setl_flag",
    "invono",
    "opter_id",
    "term_no",
]
# Summed over the original and its reversals.
NETTED: Final = [
    "medfee_sumamt_fen",
    "inscp_amt_fen",
    "act_pay_dedc_fen",
    "hifp_pay_fen",
    "maf_pay_fen",
    "fund_pay_sumamt_fen",
    "acct_pay_fen",
    "cash_payamt_fen",
]
# What a reversal that waits for its original says of itself.
WAITING: Final = ["insu_admdvs", "fixmedins_code", "med_type", "setl_time", "opter_id"]

SETTLEMENT_NET: Final = Table(
    "silver.settlement_net",
    grain="one settlement with its reversals netted",
    key=("setl_id",),
    period=MONTH,
    columns=(
        Column("setl_id", "string", "The original settlement."),
        *(SETTLEMENT[name] for name in KEPT),
        *(Column(name, "bigint", f"Net of reversals: {SETTLEMENT[name].doc}") for name in NETTED),
        Column("setl_ids", "array<string>", "The original and its reversals, sorted."),
        Column("reversals", "int", "Reversing settlements [count].", least=0),
        Column(
            "automatic_reversals",
            "int",
            "Of them those within ten minutes of the original: 冲正 after a timeout [count].",
            null=True,
            least=0,
        ),
        Column("reversed_at", "timestamp_ntz", "Time of the last reversal.", null=True),
        Column("is_void", "boolean", "Nothing is left: reversed whole, or voided."),
        Column(MONTH, "string", "Month of the original's setl_time, YYYY-MM."),
    ),
)

WAITING_REVERSAL: Final = Table(
    "silver.waiting_reversal",
    grain="one reversal whose original is not there; it leaves when the original comes",
    key=("setl_id",),
    columns=(
        Column("setl_id", "string", "The reversing settlement."),
        Column("original_id", "string", "The settlement that it reverses and waits for."),
        *(SETTLEMENT[name] for name in WAITING),
        *(SETTLEMENT[name] for name in NETTED),
        Column(MONTH, "string", "Month of its own setl_time, YYYY-MM."),
    ),
)

PERSON: Final = Table(
    "silver.person",
    grain="one registration number in one pooling area, and whose it is",
    key=("insu_admdvs", "psn_key"),
    belongs="psn_key",
    columns=(
        Column("insu_admdvs", "string", "Pooling area that gave the number."),
        Column("psn_key", "string", "假名 of 人员编号, unique within the area only."),
        Column("person_key", "string", "The person: from 证件号码 where any table knows it."),
        Column("is_certified", "boolean", "person_key rests on 证件号码."),
    ),
)

SILVER: Final[dict[str, Table]] = {
    table.name: table
    for table in (*(t.silver for t in LANDING.values()), SETTLEMENT_NET, WAITING_REVERSAL, PERSON)
}
