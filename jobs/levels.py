"""Which of the four levels of institutions a code of hosp_lv means."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column
from pyspark.sql import functions as F

# hosp_lv → 3, 2, 1 级, or 0 for none; 12 to 14 have a level without a grade.
CODES: Final[dict[int, tuple[str, ...]]] = {
    3: ("01", "02", "03", "04", "12"),
    2: ("05", "06", "07", "13"),
    1: ("08", "09", "10", "14"),
    0: ("11",),
}
NAMES: Final = {3: "三级", 2: "二级", 1: "一级", 0: "无等级"}


def level(hosp_lv: str) -> Column:
    """3, 2, 1 or 0 by the column of that name; null where the code is unknown."""
    code, found = F.col(hosp_lv), F.lit(None).cast("int")
    for band, codes in CODES.items():
        found = F.when(code.isin(*codes), band).otherwise(found)
    return found


def level_name(band: Column) -> Column:
    """The band in Chinese; 等级不明 where it is null."""
    name = F.lit("等级不明")
    for value, chinese in NAMES.items():
        name = F.when(band == value, chinese).otherwise(name)
    return name
