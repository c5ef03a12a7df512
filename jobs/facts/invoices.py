"""gold.invoice_fact: settlements that rest on an invoice which cannot carry them."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from jobs.facts.months import VIEW, month_label, month_number, number_of_day, seen_by
from jobs.facts.parts import with_parts
from jobs.facts.people import is_offsite
from jobs.pinned import pinned

BACK: Final = 12  # months before its own in which a month looks for earlier claims and invoices
AHEAD: Final = 2  # and after it, for invoices
BY_HAND, VALID, TAKEN_BACK = "1", "1", "2"  # pay_loc, stas
POOL: Final = 4  # digits of a 区划 that people who are insured together share
REISSUED_DAYS: Final = 15  # after the old one was taken back
BESIDE_DAYS: Final = 31  # between two invoices of one claim
OF_CLAIM: Final = ("setl_id", "mdtrt_id", "fixmedins_code", "person_key", "settled_on", "by_hand")
NUMBER: Final = "concat_ws('-', bill_code, bill_no)"  # as invono has it
NAMED: Final = "length(invono) >= 8 AND invono rlike '[1-9]'"  # what is shorter stands for none


def invoices(
    settlement_net: DataFrame,
    charge_fact: DataFrame,
    invoice: DataFrame,
    person: DataFrame,
    *,
    months: tuple[str, ...],
) -> DataFrame:
    """gold.invoice_fact. Only standing settlements claim; what was reversed needs no invoice.

    Of an invoice claimed twice the later settlement is told, with all its lines; where the invoice
    says less than was claimed, each line with its part of the difference. A claim may rest on two
    invoices and name one: an invoice that no claim names, of the same house and the missing amount,
    covers it.
    """
    claim = _claims(settlement_net, person)
    own = claim.where(F.col("month").isin(*months)).withColumn(VIEW, month_number())
    odd = pinned(_odd(_with_bills(own, invoice).join(_again(claim, months), "setl_id", "left")))
    told = (
        odd.join(_covered(odd, claim, invoice), on="setl_id", how="left")
        .join(F.broadcast(_known(claim, invoice, months)), on="month", how="left")
        .withColumn("claims", F.coalesce("claims", F.lit(1)))
        .withColumn("known_share", F.coalesce("known_share", F.lit(0)).cast("decimal(5,4)"))
        .withColumn("uncovered", _uncovered())
        .where("uncovered > 0")
    )
    return with_parts(told, charge_fact, "uncovered")


def _claims(settlement_net: DataFrame, person: DataFrame) -> DataFrame:
    return (
        settlement_net.where(f"NOT is_void AND {NAMED}")
        .join(
            person.select("insu_admdvs", "psn_key", "person_key"),
            on=["insu_admdvs", "psn_key"],
            how="inner",
        )
        .select(
            *("setl_id", "mdtrt_id", "month", "fixmedins_code", "person_key", "invono"),
            F.left("insu_admdvs", F.lit(POOL)).alias("pool"),
            F.col("fix_blng_admdvs").alias("area"),
            F.to_date("setl_time").alias("settled_on"),
            F.coalesce(F.col("pay_loc") == BY_HAND, F.lit(False)).alias("by_hand"),
            is_offsite().alias("is_offsite"),
            F.col("medfee_sumamt_fen").alias("medfee_fen"),
            F.col("fund_pay_sumamt_fen").alias("fund_fen"),
        )
    )


def _with_bills(claim: DataFrame, invoice: DataFrame) -> DataFrame:
    """Claims (with `view`) and what the register says of their invoice, as far as they see it."""
    bill = invoice.join(_reissued(invoice), on=["bill_code", "bill_no"], how="left").select(
        F.expr(NUMBER).alias("invono"),
        F.concat_ws("|", "bill_code", "bill_no").alias("bill_key"),
        *("stas", "issue_date", "reissued_on"),
        F.col("fixmedins_code").alias("billed_by"),
        F.col("red_date").alias("red_on"),
        F.col("total_amt_fen").alias("billed_fen"),
    )
    is_taken_back = F.coalesce(F.col("stas") == TAKEN_BACK, F.lit(False))
    return (
        _seen(claim, bill)
        .withColumn("is_taken_back", is_taken_back)
        .withColumn("is_reissued", F.coalesce(_is_near("reissued_on"), F.lit(False)))
    )


def _seen(claim: DataFrame, bill: DataFrame) -> DataFrame:
    """Claims (with `view`) beside their invoice; one issued outside the view is not there."""
    found = claim.join(bill, on="invono", how="left")
    near = _is_near("issue_date")
    return found.withColumns({n: F.when(near, F.col(n)) for n in bill.columns if n != "invono"})


def _is_near(day: str) -> Column:
    return number_of_day(day).between(F.col(VIEW) - BACK, F.col(VIEW) + AHEAD)


def _reissued(invoice: DataFrame) -> DataFrame:
    """Invoices taken back, and when the same house first issued the same amount after that."""
    void = invoice.where((F.col("stas") == TAKEN_BACK) & F.col("red_date").isNotNull())
    new = invoice.where(F.col("stas") == VALID).select(
        F.col("fixmedins_code").alias("issuer"),
        F.col("total_amt_fen").alias("new_fen"),
        F.col("issue_date").alias("new_on"),
    )
    late = F.datediff("new_on", "red_date")
    same = (F.col("total_amt_fen") == F.col("new_fen")) & _is_issuer("fixmedins_code")
    return (
        void.join(new, on=same, how="inner")
        .where(late.between(0, REISSUED_DAYS))
        .groupBy("bill_code", "bill_no")
        .agg(F.min("new_on").alias("reissued_on"))
    )


def _is_issuer(house: str) -> Column:
    """Invoices of other areas name no house: they are alike."""
    return F.col(house).eqNullSafe(F.col("issuer"))


def _covered(billed: DataFrame, claim: DataFrame, invoice: DataFrame) -> DataFrame:
    """Claims whose missing amount another invoice has that no claim of the view names."""
    short = billed.where("by_hand AND medfee_fen > billed_fen").select(
        "setl_id", VIEW, "billed_by", "issue_date", F.expr("medfee_fen - billed_fen").alias("gap")
    )
    other = invoice.where(F.col("stas") != TAKEN_BACK).select(
        F.expr(NUMBER).alias("other"),
        F.col("fixmedins_code").alias("issuer"),
        F.col("total_amt_fen").alias("gap"),
        F.col("issue_date").alias("other_on"),
    )
    apart = F.abs(F.datediff("other_on", "issue_date"))
    named = claim.select(F.col("invono").alias("name"), month_number().alias("named_in"))
    in_view = F.col("named_in").between(F.col(VIEW) - BACK, F.col(VIEW))
    return (
        short.join(other, on="gap", how="inner")
        .where(_is_issuer("billed_by") & (apart <= BESIDE_DAYS) & _is_near("other_on"))
        .join(named, on=(F.col("other") == F.col("name")) & in_view, how="left_anti")
        .select("setl_id", F.lit(True).alias("is_covered"))
        .distinct()
    )


def _again(claim: DataFrame, months: tuple[str, ...]) -> DataFrame:
    """Claims of an invoice that was claimed before, each with the first of twelve months."""
    often = claim.groupBy("invono").count().where("count > 1").select("invono")
    seen = seen_by(claim.join(often, on="invono", how="left_semi"), months, back=BACK)
    of_invoice = Window.partitionBy("invono", VIEW)
    in_order = of_invoice.orderBy("settled_on", "setl_id")
    return (
        seen.withColumns(
            {
                "first": F.first(F.struct(*OF_CLAIM)).over(in_order),
                "nth": F.row_number().over(in_order),
                "claims": F.count("*").over(of_invoice).cast("int"),
            }
        )
        .where((F.col("nth") > 1) & (month_number() == F.col(VIEW)))
        .select("setl_id", "claims", *(F.col(f"first.{n}").alias(f"prev_{n}") for n in OF_CLAIM))
    )


def _known(claim: DataFrame, invoice: DataFrame, months: tuple[str, ...]) -> DataFrame:
    """Month → of the claims by hand of twelve months, the share whose invoice is registered.

    Where few are, the register does not hold what other areas issue, and a gap says nothing.
    """
    bill = invoice.select(F.expr(NUMBER).alias("invono"), "issue_date")
    by_hand = seen_by(claim.where("by_hand"), months, back=BACK - 1)
    share = F.count("issue_date") / F.count("*")
    return (
        _seen(by_hand, bill)
        .groupBy(month_label(F.col(VIEW)).alias("month"))
        .agg(F.round(share, 4).cast("decimal(5,4)").alias("known_share"))
    )


def _odd(billed: DataFrame) -> DataFrame:
    """Of all claims the few that an invoice may not carry: the rest is looked at no more."""
    is_short = F.col("medfee_fen") > F.col("billed_fen")
    return billed.where((F.col("medfee_fen") > 0) & (_is_unsupported() | is_short))


def _is_unsupported() -> Column:
    is_gone = F.col("is_taken_back") | F.col("prev_setl_id").isNotNull()
    return is_gone | (F.col("bill_key").isNull() & F.col("by_hand"))


def _uncovered() -> Column:
    """Share of the claim that no invoice covers [0 to 1]."""
    missing = F.when(F.col("is_covered"), 0).otherwise(F.col("medfee_fen") - F.col("billed_fen"))
    short = F.try_divide(missing, "medfee_fen")
    return F.when(_is_unsupported(), 1.0).otherwise(
        F.coalesce(F.greatest(short, F.lit(0.0)), F.lit(0.0))
    )
