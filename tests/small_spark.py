"""How Spark runs on a dozen rows: for the session of the tests, and for processes they start."""

from __future__ import annotations

from typing import Final

# Plans are interpreted: on few rows, compiling them is a quarter of all the time, and nearly half
# of the processor's. The demo, the cluster test and the proofs run the compiled form.
INTERPRETED: Final = {
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}
QUICK: Final = "-XX:TieredStopAtLevel=1"  # code runs once: compile it fast
MEMORY: Final = "2g"
PARTITIONS: Final = 2
