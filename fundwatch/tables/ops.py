"""What the system writes about itself: runs, reconciliation, how full the columns are."""

from typing import Final

from fundwatch.schema import Column, Table

RUN: Final = Table(
    "ops.run",
    grain="one step in one run, each time it was tried",
    key=("run_id", "step", "started_at"),
    append_only=True,
    columns=(
        Column("run_id", "string", "The run."),
        Column("step", "string", "Step of FLOW, ingest, recheck or migrate."),
        Column("outcome", "string", "What came of it.", among=("done", "failed", "skipped")),
        Column("months", "map<string,string>", "Month computed → fingerprint of its inputs."),
        Column("touched", "map<string,array<string>>", "Table → months whose rows changed."),
        Column("versions_in", "map<string,bigint>", "Delta version of each table read."),
        Column("versions_out", "map<string,bigint>", "Delta version of each table written."),
        Column("rows", "bigint", "Rows written [rows].", least=0),
        Column("seconds", "double", "Wall-clock time [seconds].", least=0),
        Column("peak_mb", "double", "Peak memory of driver and JVM so far [MiB].", least=0),
        Column("started_at", "timestamp_ntz", "When the step began."),
        Column("note", "string", "Why it was skipped or failed; empty otherwise."),
    ),
)

RECONCILIATION: Final = Table(
    "ops.reconciliation",
    grain="one identity of one table, each time a run checks it",
    key=("run_id", "table", "identity", "batch", "month"),
    append_only=True,
    columns=(
        Column("run_id", "string", "The run."),
        Column("table", "string", "Landing table."),
        Column(
            "identity",
            "string",
            "rows or a money column; before it what is asked: nothing (files and silver), batch, "
            "recount (row by row), net, lines (of a settlement), gold.",
        ),
        Column("batch", "string", "Batch folder; empty for all, or where none is told.", null=True),
        Column("month", "string", "YYYY-MM, none where it cannot be read; empty for all."),
        Column("delivered", "bigint", "From the files, or the layer before [rows or fen]."),
        Column("current", "bigint", "Standing in silver [rows or fen]."),
        Column("superseded", "bigint", "Overtaken by a later row; of nets void [rows or fen]."),
        Column(
            "quarantined", "bigint", "Refused; of nets what waits for its original [rows or fen]."
        ),
        Column("gold", "bigint", "Arrived in gold, where it must [fen].", null=True),
        Column("holds", "boolean", "The two sides are equal."),
    ),
)

DIFFERENCE: Final = Table(
    "ops.difference",
    grain="one standing settlement whose fee lines do not sum to it, each time they are compared",
    key=("run_id", "setl_id"),
    append_only=True,
    columns=(
        Column("run_id", "string", "The run."),
        Column("setl_id", "string", "The original settlement."),
        Column("month", "string", "Month of the settlement, YYYY-MM."),
        Column("fixmedins_code", "string", "Institution."),
        Column("medfee_fen", "bigint", "Its charges, net of reversals [fen]."),
        Column("lines_fen", "bigint", "Sum of its lines and those of its reversals [fen]."),
        Column("lines", "bigint", "How many lines it has [count].", least=0),
    ),
)

FILL: Final = Table(
    "ops.fill",
    grain="one column of one landing table in one batch",
    key=("table", "column", "batch"),
    append_only=True,
    columns=(
        Column("table", "string", "Landing table."),
        Column("column", "string", "Landing column."),
        Column("batch", "string", "Batch folder."),
        Column("rows", "bigint", "Rows delivered [rows].", least=0),
        Column("filled", "bigint", "Rows with a value [rows].", least=0),
        Column("odd", "bigint", "Values outside the vocabulary, kept [rows].", least=0),
    ),
)

REPAIR: Final = Table(
    "ops.repair",
    grain="one rule that mended cells of one column in one batch, in one intake",
    key=("received_at", "table", "batch", "column", "rule"),
    append_only=True,
    columns=(
        Column("received_at", "timestamp_ntz", "The intake: when its files were taken in."),
        Column("table", "string", "Landing table."),
        Column("batch", "string", "Batch folder."),
        Column("column", "string", "Landing column; empty where the whole record was mended."),
        Column(
            "rule",
            "string",
            "Declared repair: see decision 044.",
            among=(
                "invisible",
                "full_width",
                "sheet_text",
                "decimal",
                "zeros",
                "date",
                "day",
                "trailing",
                "padded",
            ),
        ),
        Column("rows", "bigint", "Rows whose cell it mended, and that are kept [rows].", least=1),
    ),
)

INTAKE: Final = Table(
    "ops.intake",
    grain="one landing table in one intake; written last, so an intake without it was cut short",
    key=("received_at", "table"),
    append_only=True,
    columns=(
        Column("received_at", "timestamp_ntz", "The intake: when its files were taken in."),
        Column("table", "string", "Landing table."),
        Column("run_id", "string", "The run."),
        Column("key_id", "string", "Digest that tells pseudonym keys apart."),
        Column("rows", "bigint", "Rows delivered [rows].", least=0),
        Column("keys", "bigint", "Different keys among the good rows [count].", least=0),
        Column("inserted", "bigint", "Rows new to silver, less those that left it [rows]."),
        Column("updated", "bigint", "Rows of silver overtaken [rows].", least=0),
        Column("superseded", "bigint", "Rows overtaken, new and old [rows]."),
        Column(
            "quarantined", "bigint", "Rows refused, less those of files delivered again [rows]."
        ),
        Column("superseded_fen", "map<string,bigint>", "Their money by column [fen]."),
        Column("quarantined_fen", "map<string,bigint>", "Their money by column [fen]."),
    ),
)

QUALITY: Final = Table(
    "ops.quality",
    grain="one measure of one landing table from one source in one month, each time it is reported",
    key=("run_id", "source", "table", "month", "measure", "column"),
    append_only=True,
    columns=(
        Column("run_id", "string", "The run that reported it."),
        Column("source", "string", "Mapping in conf/sources; contract for the contract's layout."),
        Column("table", "string", "Landing table."),
        Column("month", "string", "Month of its period, YYYY-MM; empty for rows that have none."),
        Column(
            "aspect",
            "string",
            "What is asked.",
            among=("completeness", "validity", "timeliness", "consistency"),
        ),
        Column(
            "measure",
            "string",
            "rows; mean (money a row, fen); filled, refused, odd, late, midnight (shares); lag "
            "(mean days from the event to updt_time).",
            among=("rows", "mean", "filled", "refused", "odd", "lag", "late", "midnight"),
        ),
        Column("column", "string", "Landing column; empty where it is of whole rows."),
        Column("rows", "bigint", "Rows that it rests on [rows].", least=0),
        Column("value", "double", "What was measured [rows, fen, days or 0 to 1]."),
        Column("before", "double", "The same in the month before, where compared.", null=True),
        Column(
            "flag",
            "string",
            "What is strange: empty, fell or rose against the month before, too late, too many.",
            among=("", "empty", "drop", "jump", "late", "bad"),
        ),
        Column("entries", "array<string>", "Ids of knowledge that then cannot be relied on."),
    ),
)

SCHEMA: Final = Table(
    "ops.schema",
    grain="the beginning or the end of one upgrade of the lake's tables",
    key=("at",),
    append_only=True,
    columns=(
        Column("version", "int", "Schema version of the lake from then on.", least=1),
        Column("release", "string", "Release that made or upgraded it; while it does: begun."),
        Column("at", "timestamp_ntz", "When."),
    ),
)

OPS: Final[dict[str, Table]] = {
    table.name: table
    for table in (RUN, RECONCILIATION, DIFFERENCE, FILL, REPAIR, INTAKE, QUALITY, SCHEMA)
}
