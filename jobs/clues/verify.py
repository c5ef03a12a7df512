"""Does a clue come out of its own evidence again? Asked of silver, at the recorded versions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from fundwatch.clue import ABSENT
from fundwatch.errors import UsageError
from fundwatch.lake import Lake
from fundwatch.ledger import ALL, Ledger
from fundwatch.schema import Table
from fundwatch.tables.gold import CLUE
from fundwatch.tables.silver import FEE_LINE, PERSON, SETTLEMENT, SILVER, VISIT
from jobs.clues.asked import Row, asked_of
from jobs.clues.build import evidence_tables
from jobs.clues.proof import contents
from jobs.clues.replay import Question, as_of, replay, unknown_finders
from jobs.offered import Offered

# Of the whole list and of what is usual in it, not of the claim; or told apart below.
NOT_COMPARED: Final = (
    *("clue_id", "rank", "related", "probability", "innocent"),
    *("evidence", "contents", "definition", "proof"),
)
TOLD: Final = 5  # differences of one kind that are spelled out
OWNED: Final = (SETTLEMENT, VISIT, FEE_LINE)  # evidence that leads to a person

Progress = Callable[[str], None]


@dataclass(frozen=True)
class AsOf:
    """The Delta version of every silver table, and the months that every step had computed."""

    versions: Mapping[str, int]
    months: Mapping[str, tuple[str, ...]]

    def read(self, lake: Lake, table: Table) -> DataFrame:
        return as_of(lake, table, self.versions)


@dataclass(frozen=True)
class Asked:
    """Clues of equal versions, and their evidence as rows (clue_id, table, key)."""

    clues: list[Row]
    rows: DataFrame
    at: AsOf


@dataclass(frozen=True)
class Verdict:
    """What came of asking a clue again; no differences: the same to the last digit."""

    clue_id: str
    differences: tuple[str, ...]

    @property
    def is_identical(self) -> bool:
        return not self.differences


def verify(
    lake: Lake,
    offered: Offered,
    clue_ids: Iterable[str] | None,
    progress: Progress = lambda text: None,
) -> list[Verdict]:
    """Verdicts on these clues (None: all of the lake), in rank order.

    The claims are recomputed from silver as of the versions they cite, by today's knowledge, for
    all clues of equal versions at once; finding and clue tables only say what was claimed. Raises
    UsageError naming every id that is no clue.
    """
    claimed = _claimed(lake, clue_ids)
    logged, months = recorded(lake)
    by_versions: dict[tuple[tuple[str, int], ...], list[Row]] = {}
    for clue in claimed:
        cited = {row["table"]: row["version"] for row in clue["evidence"]}
        by_versions.setdefault(tuple(sorted((logged | cited).items())), []).append(clue)
    found: dict[str, tuple[str, ...]] = {}
    for versions, clues in by_versions.items():
        found |= _verified(lake, offered, clues, AsOf(dict(versions), months), progress)
    return [Verdict(clue["clue_id"], found[clue["clue_id"]]) for clue in claimed]


def _claimed(lake: Lake, clue_ids: Iterable[str] | None) -> list[Row]:
    clues = lake.read(CLUE)
    if clue_ids is not None:
        wanted = sorted(set(clue_ids))
        clues = clues.where(F.col("clue_id").isin(wanted))
    rows: list[Row] = clues.orderBy("rank").toArrow().to_pylist()
    if clue_ids is not None and (missing := set(wanted) - {row["clue_id"] for row in rows}):
        raise UsageError(f"no such clue: {', '.join(sorted(missing))}")
    return rows


def _verified(
    lake: Lake, offered: Offered, clues: list[Row], at: AsOf, progress: Progress
) -> dict[str, tuple[str, ...]]:
    """Differences by clue_id, of clues that cite the same versions."""
    rows = lake.spark.createDataFrame(
        [(c["clue_id"], r["table"], r["key"]) for c in clues for r in c["evidence"]],
        "clue_id string, `table` string, key string",
    )
    cited = {row["table"] for clue in clues for row in clue["evidence"]}
    silver = {table: at.read(lake, table) for table in evidence_tables() if table.name in cited}
    told = contents(rows, silver).toArrow().to_pylist()
    now = {(row["table"], row["key"]): row["content"] for row in told}
    again = _again(lake, offered, Asked(clues, rows, at), progress)
    gone = unknown_finders((finder for clue in clues for finder in clue["finders"]), offered)
    schemes = {rule.id: rule.scheme for rule in offered.rules}
    return {
        clue["clue_id"]: (
            *_evidence_differences(clue, now),
            *_claim_differences(clue, again.get(clue["clue_id"]), gone, schemes),
        )
        for clue in clues
    }


def _again(lake: Lake, offered: Offered, asked: Asked, progress: Progress) -> dict[str, Row]:
    """What comes out now, by clue_id."""
    question = Question(
        persons=_persons(lake, asked),
        finders=frozenset(asked_of(lake, offered, asked.clues)),
        versions=asked.at.versions,
        months=asked.at.months,
        previous=lake.read(CLUE),
    )
    wanted = [clue["clue_id"] for clue in asked.clues]
    with replay(lake, offered, question, progress) as again:
        made = again.clues().where(F.col("clue_id").isin(wanted)).toArrow().to_pylist()
    return {clue["clue_id"]: clue for clue in made}


def recorded(lake: Lake) -> tuple[dict[str, int], dict[str, tuple[str, ...]]]:
    """Silver versions and months behind the clues as they stand, from the run log.

    What a step read when it last ran stands for later versions of the same table, for a step runs
    again when what it reads has changed. Without a log: the versions of now.
    """
    versions: dict[str, int] = {}
    seen, written = [], lake.content_version(CLUE)
    for run in lake.runs():
        if run["outcome"] != "done":
            continue
        seen.append(run)
        versions |= {t: v for t, v in run["versions_in"].items() if t in SILVER}
        if run["versions_out"].get(CLUE.name) == written:
            break
    months: dict[str, set[str]] = {}
    for step, month in Ledger.of(seen).computed:
        if month != ALL:
            months.setdefault(step, set()).add(month)
    return versions, {step: tuple(sorted(known)) for step, known in months.items()}


def _persons(lake: Lake, asked: Asked) -> DataFrame:
    """(person_key) of everybody in the evidence."""
    silver = {table: asked.at.read(lake, table) for table in (*OWNED, PERSON)}

    def keys(table: Table, name: str) -> DataFrame:
        own = asked.rows.where(F.col("table") == table.name)
        return own.select(F.col("key").alias(name)).distinct()

    def of(table: Table, known: DataFrame) -> DataFrame:
        return silver[table].join(F.broadcast(known), on=known.columns, how="inner")

    charged = of(FEE_LINE, keys(FEE_LINE, "bkkp_sn")).where("setl_id IS NOT NULL")
    settled = keys(SETTLEMENT, "setl_id").union(charged.select("setl_id")).distinct()
    number = ["insu_admdvs", "psn_key"]
    numbers = (
        of(SETTLEMENT, settled)
        .select(number)
        .union(of(VISIT, keys(VISIT, "mdtrt_id")).select(number))
        .distinct()
    )
    told = [(key,) for clue in asked.clues for key in clue["person_keys"]]
    return (
        silver[PERSON]
        .join(numbers, on=number, how="inner")
        .select("person_key")
        .union(lake.spark.createDataFrame(told, "person_key string"))
        .distinct()
    )


def _evidence_differences(clue: Row, now: Mapping[tuple[str, str], str]) -> Iterator[str]:
    """Rows that are gone or say something else than they did."""
    changed = [
        f"{row['table']} {row['key']} {'is missing' if content == ABSENT else 'has changed'}"
        for row, before in zip(clue["evidence"], clue["contents"], strict=True)
        if (content := now.get((row["table"], row["key"]), ABSENT)) != before
    ]
    yield from _some(changed)


def _claim_differences(
    clue: Row, again: Row | None, gone: set[str], schemes: Mapping[str, str]
) -> Iterator[str]:
    for finder in sorted(gone & set(clue["finders"])):
        yield f"finder {finder} no longer exists"
    if again is None:
        moved = [f for f in clue["finders"] if schemes.get(f, clue["scheme"]) != clue["scheme"]]
        if moved:  # its claim is another case now, under another id
            yield from (f"rule changed: {finder} speaks of {schemes[finder]}" for finder in moved)
            return
        yield f"no claim comes out: {', '.join(clue['finders'])} say nothing of it"
        return
    if clue["definition"] != again["definition"]:
        yield f"rule changed: {', '.join(clue['finders'])}"
    keys, new = ({(row["table"], row["key"]) for row in told["evidence"]} for told in (clue, again))
    yield from _some([f"{table} {key} is no longer evidence" for table, key in sorted(keys - new)])
    yield from _some([f"{table} {key} is evidence too" for table, key in sorted(new - keys)])
    for name in CLUE.names:
        if name not in NOT_COMPARED and clue[name] != again[name]:
            yield f"{name}: recorded {_short(clue[name])}, recomputed {_short(again[name])}"
    if clue["proof"] != again["proof"]:
        yield f"proof: recorded {clue['proof'][:12]}…, recomputed {again['proof'][:12]}…"


def _some(told: list[str]) -> Iterator[str]:
    yield from told[:TOLD]
    if len(told) > TOLD:
        yield f"and {len(told) - TOLD} more rows"


def _short(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= 80 else f"{text[:80]}…"
