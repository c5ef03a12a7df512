"""Bronze beyond the delivered rows: which files came, and which rows were refused."""

from typing import Final

from fundwatch.schema import Column, Table
from fundwatch.tables.landing import LANDING

DELIVERY: Final = Table(
    "bronze.delivery",
    grain="one file of one delivered batch, each time it came with other content",
    key=("table", "batch", "file"),
    append_only=True,
    columns=(
        Column("table", "string", "Landing table."),
        Column("batch", "string", "Batch folder."),
        Column("file", "string", "File name within the batch; ~002 … where it came again."),
        Column("sha256", "string", "Digest of the file as delivered."),
        Column("bytes", "bigint", "Size as delivered [bytes].", least=0),
        Column("format", "string", "csv or parquet.", among=("csv", "parquet")),
        Column("encoding", "string", "utf-8, utf-8-sig, gbk or gb18030; empty for Parquet."),
        Column("rows", "bigint", "Rows, counted by the independent reader [rows].", least=0),
        Column("money_fen", "map<string,bigint>", "Sum of every money column it could read [fen]."),
        Column("silver_version", "bigint", "Version of the silver table before it, -1 for none."),
        Column("received_at", "timestamp_ntz", "When the batch was loaded."),
    ),
)

QUARANTINE: Final = Table(
    "bronze.quarantine",
    grain="one refused row, with its first fault",
    key=("table", "batch", "file", "line"),
    append_only=True,
    columns=(
        Column("table", "string", "Landing table."),
        Column("batch", "string", "Batch folder."),
        Column("file", "string", "File name within the batch."),
        Column("line", "bigint", "Record number in the file, the header being 1.", least=1),
        Column("column", "string", "First column at fault; empty where the whole row is."),
        Column(
            "reason",
            "string",
            "Kind of fault.",
            among=("missing", "unreadable", "torn", "out of range", "mangled"),
        ),
        Column("value", "string", "What was found, masked: digits as 9, letters as x.", null=True),
        Column("faults", "array<string>", "Every fault of the row, column: reason."),
        Column("received_at", "timestamp_ntz", "When the batch was loaded."),
    ),
)

BRONZE: Final[dict[str, Table]] = {
    table.name: table for table in (*(t.bronze for t in LANDING.values()), DELIVERY, QUARANTINE)
}
