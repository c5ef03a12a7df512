"""Knowledge points: how items are written, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from fundwatch.errors import DeclarationError
from fundwatch.points import Exclusion, label, load_points, split_item

POINTS: Final = load_points(Path(__file__).parents[1] / "conf" / "points")
ENTRY: Final = """
- id: some_pairs
  title: 重复收费
  basis: local
  window: {window}
  source: a price list
  innocent: two sessions
  needs: [fee_list_d.hilist_code]
  pairs:
    "{main}": ["001202000020000 中抢救"]
"""


@pytest.mark.parametrize(
    ("written", "code", "name", "pattern"),
    [
        ("001202000020000 中抢救", "001202000020000", "中抢救", None),
        ("001202000020000", "001202000020000", None, None),
        ("中抢救", None, "中抢救", None),
        ("001201000030000 ~^(Ⅰ|I)级护理", "001201000030000", None, "^(Ⅰ|I)级护理"),
    ],
)
def test_an_item_is_a_code_a_name_or_both(
    written: str, code: str | None, name: str | None, pattern: str | None
) -> None:
    assert split_item(written) == (code, name, pattern)


def test_a_supervisor_reads_names_where_there_are_names() -> None:
    assert label("001202000020000 中抢救") == "中抢救"
    assert label("001202000020000") == "001202000020000"


@pytest.mark.parametrize(
    ("window", "main", "fault"),
    [("day", "~((", "unterminated"), ("week", "大抢救", "'day' or 'visit'")],
)
def test_what_cannot_be_read_is_refused(tmp_path: Path, window: str, main: str, fault: str) -> None:
    (tmp_path / "exclusions.yml").write_text(
        ENTRY.format(window=window, main=main), encoding="utf-8"
    )
    with pytest.raises(DeclarationError, match=fault):
        load_points(tmp_path)


def test_no_point_contains_its_own_main_item() -> None:
    pairs = [
        pair for point in POINTS if isinstance(point, Exclusion) for pair in point.pairs.items()
    ]
    assert not [main for main, contained in pairs if main in contained]
    assert not [main for main, contained in pairs if len(set(contained)) < len(contained)]
