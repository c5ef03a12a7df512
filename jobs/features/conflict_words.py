"""How a contradiction is told to a supervisor, with its figures, and the silver rows behind it."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column
from pyspark.sql import functions as F

FAR_KM: Final = 1.0  # nearer places are not worth a figure


def overlap() -> Column:
    """Two stays at once."""
    return F.format_string(
        "%s至%s在机构%s住院,同一人又于%s至%s在机构%s住院,重叠%d夜",
        _day("admitted_on"),
        _day("discharged_on"),
        "fixmedins_code",
        _day("other_admitted_on"),
        _day("other_discharged_on"),
        "other_fixmedins_code",
        "nights",
    )


def elsewhere() -> Column:
    """A visit or a purchase during the stay."""
    return F.format_string(
        "%s至%s在机构%s住院,同一人于%s到机构%s%s,基金支付%s元、个人账户支付%s元",
        _day("admitted_on"),
        _day("discharged_on"),
        "fixmedins_code",
        F.date_format("visited_at", "yyyy-MM-dd HH:mm"),
        "other_fixmedins_code",
        F.when(F.col("other_care") == "pharmacy", "购药").otherwise("就诊"),
        _yuan("visit_fund_fen"),
        _yuan("visit_acct_fen"),
    )


def after_death() -> Column:
    """In hospital after the registered death."""
    is_new = F.col("admitted_on") > F.col("other_on")
    return F.format_string(
        "登记死亡日期为%s,此后仍%s:%s入院,%s出院",
        _day("other_on"),
        F.when(is_new, "入院").otherwise("在院"),
        _day("admitted_on"),
        _day("discharged_on"),
    )


def idle() -> Column:
    """Charged day by day, treated on few."""
    told = "住院%d夜,%d天有收费,其中仅%d天有用药、检查、治疗或手术记录"
    return F.format_string(told, "stay_days", "charged_days", "active_days")


def overfull() -> Column:
    """More people in the house than beds, this one among the last to come."""
    told = "住院期间有%d天在院人数超过核定床位一成以上(最多%d人,核定%d张),此次住院排在核定床位之外"
    return F.format_string(told, "full_days", "most", "approved_beds")


def _day(name: str) -> Column:
    return F.col(name).cast("string")  # a date itself would be told as its number


def _yuan(fen: str) -> Column:
    return (F.col(fen).cast("decimal(20,2)") / 100).cast("decimal(18,2)").cast("string")


def with_distance(says: str, km: str) -> Column:
    """The sentence, with the distance of the two places where it matters."""
    told = F.concat(F.col(says), F.format_string(",两地相距%.1f公里", km))
    return F.when(F.col(km) >= FAR_KM, told).otherwise(F.col(says))


def rows_of(table: str, keys: Column) -> Column:
    """Array of (table, key) of an array of keys of that silver table."""
    return F.transform(
        keys, lambda key: F.struct(F.lit(f"silver.{table}").alias("table"), key.alias("key"))
    )


def evidence(*rows: Column) -> Column:
    """All these (table, key) arrays as one, sorted, each row once."""
    return F.array_sort(F.array_distinct(F.concat(*rows)))
