"""What a clue says to a supervisor, in Chinese, from its figures and from knowledge."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from fundwatch.clue import LAST
from jobs.clues.heads import REASONS

UNSETTLED: Final = "(现有数据未能排除, 检查时核实)"


def worded(case: DataFrame) -> DataFrame:
    """Cases with title, says, innocent, cleared_if, check_steps and legal_basis."""
    return case.withColumns(
        {
            "title": title(),
            "says": F.concat("reasons", _left_out(), _by_group(), _unnamed()),
            "innocent": F.concat(_usual(), _unsettled()),
            "cleared_if": F.coalesce(
                _filled("finder_cleared_if"),
                _filled("scheme_cleared_if"),
                F.lit("原始资料与申报一致。"),
            ),
            "check_steps": _both("finder_check", "scheme_check"),
            "legal_basis": _both("legal_basis", "finder_basis"),
            "route_to": F.coalesce("route_to", _none()),
            "tier": F.coalesce("tier", F.lit("agreement")),
        }
    )


def _usual() -> Column:
    """The one honest explanation that is asked of the data: that every house does so."""
    return F.coalesce(F.array_compact(F.array("comparison")), _none())


def _unsettled() -> Column:
    return F.transform(
        _both("scheme_innocent", "finder_innocent"), lambda told: F.concat(told, F.lit(UNSETTLED))
    )


def title() -> Column:
    """Who, when, what, how many settlements and people, how much."""
    doubt = F.when(F.col("scheme") == LAST, F.lit("")).otherwise(F.lit("涉嫌"))
    counts = F.when(
        F.size("setl_ids") > 0,
        F.format_string(":%d 笔结算, %d 人", F.size("setl_ids"), F.size("person_keys")),
    ).otherwise("")
    account = F.when(
        F.col("acct_fen") > 0, F.format_string(", 个人账户 %,.2f 元", _yuan("acct_fen"))
    ).otherwise("")
    money = F.concat(F.format_string(", 涉及基金 %,.2f 元", _yuan("amount_fen")), account)
    kind = F.coalesce("scheme_title", "scheme")
    return F.concat(_who(), F.lit(" "), _when(), doubt, kind, counts, money)


def _who() -> Column:
    place = F.coalesce(
        F.concat("place_name", F.lit("("), "place", F.lit(")")),
        "place",
        F.lit("未知机构"),
    )
    people = F.format_string("%d 人", F.size("person_keys"))
    where = F.when(F.size("fixmedins_codes") == 1, F.concat(F.lit("在"), place)).otherwise(
        F.format_string("在 %d 家机构", F.size("fixmedins_codes"))
    )
    person = F.concat(F.lit("参保人 "), F.substring(F.substring_index("owner", ":", -1), 1, 8))
    return (
        F.when(F.col("owner").startswith("place:"), place)
        .when(F.col("owner").startswith("person:"), F.concat(person, F.lit(" "), where))
        .otherwise(F.concat(people, where))
    )


def _when() -> Column:
    begn, end = (F.date_format(F.col(c), "yyyy年M月") for c in ("period_begn", "period_end"))
    return F.when(begn == end, begn).otherwise(F.concat(begn, F.lit("至"), end))


def _left_out() -> Column:
    shown = F.size("reasons")
    told = F.format_string("共 %d 条依据, 以上为最强的 %d 条。", F.col("said"), shown)
    return F.when(F.col("said") > F.least(shown, F.lit(REASONS)), F.array(told)).otherwise(_none())


def _by_group() -> Column:
    told = F.format_string(
        "其中 %d 笔住院按病组或病种分值付费, 单条明细的份额本身不等于基金损失。", F.col("by_group")
    )
    return F.when(F.col("by_group") > 0, F.array(told)).otherwise(_none())


def _unnamed() -> Column:
    told = F.lit("无法落到具体结算, 仅供确定检查重点。")
    is_statistical = (F.col("grade") > "B") & (F.size("setl_ids") == 0)
    return F.when(is_statistical, F.array(told)).otherwise(_none())


def _both(first: str, second: str) -> Column:
    return F.array_distinct(F.concat(F.coalesce(first, _none()), F.coalesce(second, _none())))


def _filled(name: str) -> Column:
    return F.when(F.length(name) > 0, F.col(name))


def _yuan(fen: str) -> Column:
    return F.col(fen) / 100


def _none() -> Column:
    return F.array().cast("array<string>")
