"""Foreign rows as landing rows: rename, constant, expression, codes, cells that become rows."""

from __future__ import annotations

from collections.abc import Mapping

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from fundwatch.tables.landing import LandingTable
from jobs.ingest.source import Mapped, Source


def mapped(
    rows: DataFrame, source: Source, table: LandingTable, cells: Mapping[str, Column]
) -> DataFrame:
    """`rows` of foreign columns (c0, c1 … named by `cells`) as cells of a landing table.

    Columns that nothing fills are null. An unpivoted row's file is followed by # and the column.
    """
    how = source.tables[table.name]
    foreign = rows.select(
        "_path", "line", "_torn", *(_clean(cell).alias(name) for name, cell in cells.items())
    )
    if how.unpivot:
        foreign = foreign.select("*", F.inline(_filled(how.unpivot)))
    filled = {name: _cell(how, name) for name in how.columns}
    nothing = F.lit(None).cast("string")
    return foreign.select(
        *(filled.get(c.name, nothing).alias(c.name) for c in table.columns),
        F.lit(None).cast("map<string,string>").alias("extra"),
        _batch(source, how).alias("batch"),
        _file(how).alias("file"),
        "line",
        F.col("_torn").alias("torn"),
    )


def _cell(how: Mapped, name: str) -> Column:
    if name in how.rename:
        cell = F.col(f"`{how.rename[name]}`")
    elif name in how.constant:
        cell = F.lit(how.constant[name])
    else:
        cell = F.expr(how.expression[name])
    text = _clean(cell)
    if name in how.codes:
        pairs = [F.lit(part) for pair in how.codes[name].items() for part in pair]
        text = F.coalesce(F.element_at(F.create_map(*pairs), text), text)
    return text


def _clean(cell: Column) -> Column:
    return F.nullif(F.trim(cell.cast("string")), F.lit(""))


def _filled(names: tuple[str, ...]) -> Column:
    made = [
        F.struct(
            F.lit(n).alias("position"),
            F.lit(name).alias("column"),
            F.col(f"`{name}`").alias("value"),
        )
        for n, name in enumerate(names, start=1)
    ]
    return F.filter(F.array(*made), lambda cell: cell["value"].isNotNull())


def _batch(source: Source, how: Mapped) -> Column:
    folder = F.element_at("_path", -2) if "/" in how.files else F.lit(".")
    return F.concat(folder, F.lit(source.mark))


def _file(how: Mapped) -> Column:
    file = F.element_at("_path", -1)
    return F.concat(file, F.lit("#"), F.col("column")) if how.unpivot else file
