"""Where rules hold: every rule over a table in one scan of it, without a shuffle."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any, Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from fundwatch.errors import DeclarationError
from fundwatch.knowledge import EXCESS, GAP, Rule, Scheme
from fundwatch.ledger import digest
from fundwatch.schema import MONTH, Table
from fundwatch.tables.gold import CHARGE_FACT, FACTS, RULE_FINDING
from jobs.witnesses import WITNESS

SCORE: Final = {"certain": 0.95, "likely": 0.7, "lead": 0.4}  # an order, not a calibrated chance
NO_LINES: Final = f"cast(array() as {RULE_FINDING['lines'].type})"
RULE: Final = "rule"  # place of the rule among those over the table
HELD: Final = "held"  # places of the rules that hold


def findings(
    *facts: DataFrame,
    rules: tuple[Rule, ...],
    schemes: tuple[Scheme, ...],
    months: tuple[str, ...],
) -> DataFrame:
    """gold.rule_finding: every pair of row and rule where the rule holds.

    `facts` are those of FACTS, in that order. Raises DeclarationError where a rule and its scheme
    disagree on what money is in question.
    """
    whole = {scheme.id for scheme in schemes if scheme.is_whole}
    _refuse_misfits(rules, {scheme.id for scheme in schemes}, whole)
    scans = [
        found(fact.where(F.col(MONTH).isin(*months)), table, over, whole)
        for table, fact in zip(FACTS, facts, strict=True)
        if (over := tuple(rule for rule in rules if rule.over == table.name))
    ]
    nothing = facts[0].sparkSession.createDataFrame([], RULE_FINDING.ddl)
    return reduce(DataFrame.unionByName, scans, nothing)


def found(fact: DataFrame, table: Table, rules: tuple[Rule, ...], whole: set[str]) -> DataFrame:
    """Findings of `rules` over one table; `whole` are the schemes that claim settlements whole.

    The scan only notes which rules hold; sums, sentences and evidence are for the rows left. It
    notes them as text, which Spark compiles: an array of marks it walks through for every row.
    """
    held = F.concat_ws(",", *(F.when(_holds(r), F.lit(str(n))) for n, r in enumerate(rules)))
    hits = fact.withColumn(HELD, held).where(F.col(HELD) != "")
    place = F.explode(F.split(HELD, ",").cast("array<int>")).alias(RULE)
    each = hits.select(*table.names, place)
    columns = _finding(table, rules, whole)
    in_question = f"{EXCESS} IS NULL OR {EXCESS} > 0"
    return (
        each.withColumn(EXCESS, _excess(rules))
        .where(in_question)
        .select([columns[name].alias(name) for name in RULE_FINDING.names])
    )


def definition(rule: Rule) -> str:
    """Sixteen hex digits that change when anything of the rule does."""
    return digest(rule.model_dump(mode="json"))


def _refuse_misfits(rules: tuple[Rule, ...], known: set[str], whole: set[str]) -> None:
    faults = [f"rule {r.id}: no scheme {r.scheme!r}" for r in rules if r.scheme not in known]
    faults += [
        f"rule {r.id}: amount is {r.amount!r}, and {r.scheme} is "
        f"{'paid for whole settlements' if r.scheme in whole else 'a matter of lines'}"
        for r in rules
        if r.amount != "none" and r.is_whole != (r.scheme in whole)
    ]
    if faults:
        raise DeclarationError("\n".join(faults))


def _has_excess(rule: Rule) -> bool:
    return not rule.is_whole and rule.amount != "none"


def _holds(rule: Rule) -> Column:
    """Whether it holds; null is no. A line outside the scope of the insurance cost it nothing."""
    held = F.coalesce(F.expr(rule.when), F.lit(False))
    return (F.col("inscp_fen") > 0) & held if _has_excess(rule) else held


def _excess(rules: tuple[Rule, ...]) -> Column:
    """The excess of the line by the row's rule: 0 to its inscp_fen [fen], half up; else null."""

    def told(amount: str) -> Column:
        if not amount:
            return F.lit(None).cast("bigint")
        fen = F.round(F.expr(amount)).cast("bigint")
        return F.greatest(F.least(fen, F.col("inscp_fen")), F.lit(0).cast("bigint"))

    return _by_rule(rules, lambda rule: rule.amount if _has_excess(rule) else "", told)


def _finding(table: Table, rules: tuple[Rule, ...], whole: set[str]) -> dict[str, Column]:
    witness = WITNESS[table.name]
    key = [F.col(name).cast("string") for name in table.key if name != MONTH]
    accused = _by_rule(rules, lambda rule: rule.subject, witness.accused)
    silent = [r.amount == "none" and r.scheme in whole for r in rules]
    spoken_of = [_of_rule([o.prefix in rule.when for rule in rules]) for o in witness.others]
    nothing = F.expr("cast(array() as array<string>)")
    return {
        "finder": _of_rule([rule.id for rule in rules]),
        "anchor": F.concat_ws("|", *key),
        MONTH: F.col(MONTH),
        "scheme": _of_rule([rule.scheme for rule in rules]),
        "grade": _of_rule([rule.grade for rule in rules]),
        "subject_type": accused["subject_type"],
        "subject_ids": accused["subject_ids"],
        "listed_by": _by_rule(rules, lambda rule: rule.listed_by, _list),
        "is_whole": _of_rule([rule.is_whole for rule in rules]),
        "setl_ids": F.when(_of_rule(silent), nothing).otherwise(F.expr(witness.settlements)),
        "lines": _lines(table),
        "fixmedins_codes": witness.found_at(spoken_of),
        "score": _of_rule([SCORE[rule.severity] for rule in rules]),
        "says": _by_rule(rules, lambda rule: rule.says, lambda says: sentence(table, says)),
        "definition": _of_rule([definition(rule) for rule in rules]),
        "evidence": witness.evidence(spoken_of),
        **witness.common(),
    }


def _lines(table: Table) -> Column:
    """The line with its excess; of a fact that gathers lines, those it names."""
    line = F.array(F.struct("bkkp_sn", "setl_id", F.col(EXCESS).alias("inscp_fen")))
    of_table = line if table is CHARGE_FACT else F.expr(NO_LINES)
    if "excess_lines" in table.names:
        of_table = F.col("excess_lines")
    return F.when(F.col(EXCESS) > 0, of_table).otherwise(F.expr(NO_LINES))


def _list(name: str) -> Column:
    return F.col(name) if name else F.lit(None).cast("string")


def _of_rule(values: list[Any]) -> Column:
    """The value of the row's rule."""
    return F.get(F.array(*map(F.lit, values)), F.col(RULE))


def _by_rule(
    rules: tuple[Rule, ...], says: Callable[[Rule], str], told: Callable[[str], Column]
) -> Column:
    """What is told of the row's rule, each different thing once."""
    column: Column | None = None
    for said in dict.fromkeys(map(says, rules)):
        places = [n for n, rule in enumerate(rules) if says(rule) == said]
        here = F.col(RULE).isin(*places)
        column = F.when(here, told(said)) if column is None else column.when(here, told(said))
    assert column is not None
    return column


def sentence(table: Table, template: str) -> Column:
    """The template with its {column} gaps filled: fen told in yuan, numbers short, null as 空."""
    parts = GAP.split(template)
    return F.concat(
        *(_told(table, part) if i % 2 else F.lit(part) for i, part in enumerate(parts) if part)
    )


def _told(table: Table, name: str) -> Column:
    kind = "bigint" if name == EXCESS else table[name].type
    cell = F.col(name)
    if name.endswith("_fen"):
        told = (cell.cast("decimal(18,0)") / 100).cast("decimal(18,2)").cast("string")
    elif kind.startswith("decimal"):
        told = F.regexp_replace(cell.cast("string"), r"\.?0+$", "")
    elif kind == "double":
        told = F.format_string("%.1f", cell)
        told = F.when(cell.isNotNull(), told)
    elif kind.startswith("array"):
        told = F.concat_ws("、", cell)
    else:
        told = cell.cast("string")
    return F.coalesce(told, F.lit("空"))
