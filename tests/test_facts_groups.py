"""gold.group_fact: stays that cost what a lighter group of their family costs."""

from __future__ import annotations

from pyspark.sql import DataFrame, SparkSession

from fundwatch.tables.gold import CHARGE_FACT, GROUP_FACT, STAY_FACT
from fundwatch.tables.silver import PAYMENT_GROUP
from jobs.facts.groups import groups
from tests.rows import assert_rows, rows

MONTHS = ("2024-01", "2024-02")
WEIGHTS = """
    dise_no | hi_paymtd | begndate   | enddate    | weight | rate
    ES23    | 4         | 2023-01-01 | 2023-12-31 | 9      | 5000
    ES23    | 4         | 2024-01-01 |            | 1.2    | 5000
    ES25    | 4         | 2024-01-01 |            | 0.7    | 5000
    ET21    | 4         | 2024-01-01 |            | 0.1    | 5000
"""
# Of each group three houses; H1 bills the heavy one for a stay that costs like a light one.
USUAL = "\n".join(
    f"    {dise_no}{house} | 2024-01 | {dise_no} | 4 | {house} | {fen} | 2024-01-20"
    for dise_no, fen in (("ES23", 600_000), ("ES25", 300_000), ("ET21", 310_000))
    for house in ("H2", "H3", "H4")
)
STAYS = f"""
    mdtrt_id | month   | dise_no | hi_paymtd | fixmedins_code | medfee_fen | discharged_on
    heavy    | 2024-02 | ES23    | 4         | H1             | 590000     | 2024-02-05
    light    | 2024-02 | ES25    | 4         | H1             | 310000     | 2024-02-05
    high     | 2024-02 | ES23    | 4         | H1             | 320000     | 2024-02-05
    by_item  | 2024-02 | ES23    | 1         | H1             | 320000     | 2024-02-05
{USUAL}
"""
LINES = """
    bkkp_sn | setl_id | month   | inscp_fen
    a       | high    | 2024-02 | 100000
    b       | high    | 2024-02 | 60000
    c       | heavy   | 2024-02 | 60000
"""


def found(spark: SparkSession, months: tuple[str, ...] = MONTHS, last: str = "9") -> DataFrame:
    stay = rows(spark, STAY_FACT, STAYS).where(f"month <= '{last}'")
    return groups(
        stay.withColumn("setl_id", stay["mdtrt_id"]),
        rows(spark, CHARGE_FACT, LINES),
        rows(spark, PAYMENT_GROUP, WEIGHTS),
        months=months,
    )


def test_a_stay_that_cost_what_a_lighter_group_costs_is_told(spark: SparkSession) -> None:
    # 0.5 of weight at 5,000 yuan is 2,500 of 3,200 yuan: 78.125 % of every line.
    assert_rows(
        found(spark),
        GROUP_FACT,
        """
        mdtrt_id | month   | fixmedins_code | dise_no | weight | usual_fen | right_no | right_weight | right_fen | houses | house_stays | house_lighter | house_expected | inscp_fen
        high     | 2024-02 | H1             | ES23    | 1.2000 | 600000    | ES25     | 0.7000       | 300000    | 4      | 2          | 1            | 0.00          | 125000
        """,
    )


def test_months_one_by_one_are_as_all_at_once(spark: SparkSession) -> None:
    alone = [repr(r) for m in MONTHS for r in found(spark, (m,), m).collect()]
    assert sorted(alone) == sorted(map(repr, found(spark).collect()))


def test_stays_in_heavy_groups_are_counted_beside_what_others_bill(spark: SparkSession) -> None:
    """H1 bills all twelve in the heavy group, H2 three of twelve."""
    stays = STAYS + "\n".join(
        f"    {house}{n} | 2024-02 | {group} | 4 | {house} | 300000 | 2024-02-05"
        for house, heavy in (("H1", 12), ("H2", 3))
        for n in range(12)
        for group in ["ES23" if n < heavy else "ES25"]
    )
    stay = rows(spark, STAY_FACT, stays)
    told = groups(
        stay.withColumn("setl_id", stay["mdtrt_id"]),
        rows(spark, CHARGE_FACT, LINES),
        rows(spark, PAYMENT_GROUP, WEIGHTS),
        months=MONTHS,
    )
    (one,) = told.where("mdtrt_id = 'high'").collect()
    # Of fifteen stays at H1, fourteen are heavy; of the others' eighteen, six.
    assert (one.house_heavy, str(one.heavy_expected)) == (14, "5.00")
