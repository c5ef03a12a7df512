"""Findings that speak of the same wrong by the same party in one connected period are one case."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from fundwatch.clue import LAST
from fundwatch.schema import MONTH
from jobs.pinned import pinned

FINDING: Final = ["finder", "anchor", MONTH]
OWNER: Final = ["scheme", "owner"]
REACH_MONTHS: Final = 2  # one silent month does not end a period
PROVED, STATISTICAL, CONTEXT = 1, 2, 3  # kinds of evidence, never blended


def cases(finding: DataFrame) -> DataFrame:
    """Findings with `owner` (who the case is kept under), `kind` (of evidence) and `case`.

    A case is one scheme, owner, kind of evidence and period: months at most REACH_MONTHS apart.
    """
    sorted_out = finding.withColumn("kind", _kind())
    placed = sorted_out.where(~_is_group()).withColumn("owner", _owner())
    owned = placed.unionByName(_grouped(sorted_out.where(_is_group())))
    return _dated(owned).withColumn(
        "case", F.concat_ws("|", "scheme", F.col("kind").cast("string"), "owner", "since")
    )


def _kind() -> Column:
    """A data error is a data error whoever sees it: its rows go back in one letter."""
    return (
        F.when(F.col("grade").isin("A", "B") | (F.col("scheme") == LAST), PROVED)
        .when(F.col("grade") == "C", STATISTICAL)
        .otherwise(CONTEXT)
    )


def _is_group() -> Column:
    return (F.col("subject_type") != "person") & (F.col("fixmedins_code") == "")


def _owner() -> Column:
    """The person where one is accused, or the list he is told in, else the institution."""
    accused = F.array_intersect("subject_ids", "person_keys")
    person = F.coalesce(F.get(accused, 0), F.get("subject_ids", F.size("subject_ids") - 1))
    return (
        F.when(F.col("listed_by").isNotNull(), _list())
        .when(F.col("subject_type") == "person", F.concat(F.lit("person:"), person))
        .otherwise(F.concat(F.lit("place:"), "fixmedins_code"))
    )


def _list() -> Column:
    """The list of one finder; what two of them say of one row is in the first's."""
    of_row = Window.partitionBy("scheme", "anchor", "listed_by")
    first = F.min("finder").over(of_row)
    return F.concat(F.lit("list:"), F.concat_ws("|", first, "listed_by"))


def _grouped(finding: DataFrame) -> DataFrame:
    """Findings of groups, owned by the first anchor of those that share settlements."""
    anchored = finding.groupBy("scheme", "kind", "finder", "anchor").agg(
        F.array_sort(F.array_distinct(F.flatten(F.collect_list("setl_ids")))).alias("setl_ids")
    )
    node = F.struct(F.concat_ws("|", "finder", "anchor").alias("node"), "setl_ids")
    component = anchored.groupBy("scheme", "kind").agg(
        components(F.array_sort(F.collect_list(node))).alias("components")
    )
    member = component.select("scheme", "kind", F.explode("components").alias("component")).select(
        "scheme",
        "kind",
        F.concat(F.lit("group:"), F.array_min("component.nodes")).alias("owner"),
        F.explode("component.nodes").alias("node"),
    )
    named = finding.withColumn("node", F.concat_ws("|", "finder", "anchor"))
    return named.join(member, on=["scheme", "kind", "node"], how="inner").drop("node")


def components(nodes: Column) -> Column:
    """Nodes (node, setl_ids) joined where they share a settlement: array of (nodes, setl_ids).

    One pass with the components so far in hand; quadratic in the groups of a scheme, which are
    few beside lines and stays.
    """
    kind = "array<struct<nodes:array<string>,setl_ids:array<string>>>"

    def add(known: Column, new: Column) -> Column:
        def meets(one: Column) -> Column:
            return F.arrays_overlap(one["setl_ids"], new["setl_ids"])

        met = F.filter(known, meets)
        joined = F.struct(
            F.concat(F.flatten(met["nodes"]), F.array(new["node"])).alias("nodes"),
            F.array_union(F.flatten(met["setl_ids"]), new["setl_ids"]).alias("setl_ids"),
        )
        return F.concat(F.filter(known, lambda one: ~meets(one)), F.array(joined))

    return F.aggregate(nodes, F.array().cast(kind), add)


def _dated(owned: DataFrame) -> DataFrame:
    """With `since`: the first month of the connected period; groups and lists have one period."""
    of_kind = Window.partitionBy(*OWNER, "kind").orderBy(MONTH)
    silent = month_number(F.col(MONTH)) - F.lag(month_number(F.col(MONTH))).over(of_kind)
    begins = F.when(F.coalesce(silent > REACH_MONTHS, F.lit(True)), F.col(MONTH))
    since = F.max("begins").over(of_kind)
    group = F.col("owner").rlike("^(group|list):")
    return (
        owned.withColumn("begins", begins)
        .withColumn("since", F.when(group, F.lit("")).otherwise(since))
        .drop("begins")
    )


def month_number(month: Column) -> Column:
    """Months since year 0 of a YYYY-MM."""
    return F.substring(month, 1, 4).cast("int") * 12 + F.substring(month, 6, 2).cast("int")


def settled(owned: DataFrame, scheme_card: DataFrame) -> tuple[DataFrame, DataFrame]:
    """Findings with their final `case` and `is_claimed`, and the claims those leave standing.

    A claim is (case, setl_id, bkkp_sn or null, inscp_fen, is_whole, sure). What a contradiction or
    a breach of the same owner and scheme claims already is not claimed again by statistics or
    context, nor a line that is a mistake of data, nor of one person or house what a group is said
    to have done. A finding with nothing else to claim, or with most of its claims in a group's
    case, joins that case as words.
    """
    claim = pinned(_judged(_claims(owned, scheme_card)))
    left = claim.groupBy(FINDING).agg(
        F.count_if(~F.col("is_taken")).alias("standing"),
        F.count_if("is_groups").alias("grouped"),
        F.count("*").alias("claims"),
        F.min("taker").alias("taker"),
        F.min(F.when(F.col("is_groups"), F.col("taker"))).alias("group"),
    )
    is_groups = F.col("grouped") * 2 > F.col("claims")
    hosted = left.where(is_groups | (F.col("standing") == 0)).select(
        *FINDING, F.when(is_groups, F.col("group")).otherwise(F.col("taker")).alias("host")
    )
    final = pinned(
        owned.join(hosted, on=FINDING, how="left")
        .withColumn("is_claimed", F.col("host").isNull())
        .withColumn("case", F.coalesce("host", "case"))
        .drop("host")
    )
    return final, claim.where("not is_taken").join(hosted, on=FINDING, how="left_anti")


def _claims(owned: DataFrame, scheme_card: DataFrame) -> DataFrame:
    whole = F.col("is_whole") | F.coalesce("scheme_is_whole", F.lit(False))
    carried = owned.join(
        F.broadcast(scheme_card.select("scheme", "scheme_is_whole")), on="scheme", how="left"
    ).withColumn("is_whole", whole)
    known = [*FINDING, *OWNER, "kind", "case", "grade", "sure", "is_whole"]
    settlements = carried.where("is_whole or size(lines) = 0").select(
        *known,
        F.explode("setl_ids").alias("setl_id"),
        F.lit(None).cast("string").alias("bkkp_sn"),
        F.lit(0).cast("bigint").alias("inscp_fen"),
    )
    lines = (
        carried.where("not is_whole")
        .select(*known, F.explode("lines").alias("line"))
        .select(*known, "line.setl_id", "line.bkkp_sn", "line.inscp_fen")
    )
    return settlements.unionByName(lines)


def _judged(claim: DataFrame) -> DataFrame:
    """With `is_taken` and the `taker`: the proved, the mistaken or the group's case that has it."""
    anybodys = Window.partitionBy("scheme", "setl_id")
    same_settlement = Window.partitionBy(*OWNER, "setl_id")
    same_line = Window.partitionBy(*OWNER, "setl_id", "bkkp_sn")
    proved = F.col("kind") == PROVED
    whole = F.min(F.when(proved & F.col("is_whole"), F.col("case"))).over(same_settlement)
    line = F.min(F.when(proved, F.col("case"))).over(same_line)
    slip = F.min(F.when(F.col("scheme") == LAST, F.col("case"))).over(
        Window.partitionBy("setl_id", "bkkp_sn")
    )
    of_slip = F.when(F.col("bkkp_sn").isNotNull(), slip)
    by_group = F.col("owner").startswith("group:") & (F.col("kind") <= STATISTICAL)
    group = F.min(F.when(by_group, F.col("case"))).over(anybodys)
    of_group = F.when(~F.col("owner").startswith("group:"), group)
    taker = F.when(~proved, F.coalesce(whole, line, of_slip, of_group))
    return claim.withColumns(
        {
            "taker": taker,
            "is_taken": taker.isNotNull(),
            "is_groups": taker.isNotNull() & (taker == of_group),
        }
    )
