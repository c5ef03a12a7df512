"""clues.xlsx: the ranked list, its reasons, its evidence and how to read it, for supervisors."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from jobs.exports.words import COLOURS, EXPLAINED, ROUTES, SCHEMES, SUBJECTS, TABLES, TIERS

Row = Mapping[str, Any]
MADE_AT: Final = dt.datetime(2024, 1, 1)  # the same for all: equal clues give equal bytes
LONGEST: Final = 32_000  # characters a cell can hold
LINE_POINTS: Final = 15
MOST_LINES: Final = 12
FONT: Final = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}


@dataclass(frozen=True)
class Pages:
    """What goes into the workbook; clues and evidence in rank order."""

    clues: Sequence[Row]
    evidence: Sequence[Row]
    not_evaluable: Mapping[str, Mapping[str, str]]  # id → title, reason


@dataclass(frozen=True)
class Head:
    """A column of a sheet: its title, its width [characters], the cell it shows of a row."""

    title: str
    width: int
    cell: Callable[[Row], Any]
    kind: str = "text"  # text, long, money, share, count, date


def _places(clue: Row) -> str:
    """The accused institutions; where none is, those of the evidence."""
    accused = [code for code in clue["fixmedins_codes"] if code in clue["subject_ids"]]
    codes = accused or clue["fixmedins_codes"]
    return "、".join((*codes[:3], *(["…"] if codes[3:] else [])))


PRINTED: Final = 7  # columns of the list that go on paper
LIST: Final = (
    Head("序号", 6, lambda c: c["rank"], "count"),
    Head("等级", 6, lambda c: c["grade"], "grade"),
    Head("手法", 20, lambda c: SCHEMES.get(c["scheme"], c["scheme"])),
    Head("线索", 52, lambda c: c["title"], "long"),
    Head("首要理由", 56, lambda c: c["says"][0] if c["says"] else "", "long"),
    Head("涉及基金(元)", 15, lambda c: c["amount"], "money"),
    Head("核实可能性", 11, lambda c: c["probability"], "share"),
    Head("金额下限(元)", 15, lambda c: c["amount_low"], "money"),
    Head("金额上限(元)", 15, lambda c: c["amount_high"], "money"),
    Head("个人账户(元)", 14, lambda c: c["amount_acct"], "money"),
    Head("对象", 8, lambda c: SUBJECTS.get(c["subject_type"], c["subject_type"])),
    Head("机构编码", 22, _places),
    Head("区划", 9, lambda c: c["area"]),
    Head("起", 11, lambda c: c["period_begn"], "date"),
    Head("止", 11, lambda c: c["period_end"], "date"),
    Head("结算笔数", 9, lambda c: len(c["setl_ids"]), "count"),
    Head("人数", 8, lambda c: len(c["person_keys"]), "count"),
    Head("处理层级", 10, lambda c: TIERS.get(c["tier"], c["tier"])),
    Head("主办与移送", 30, lambda c: "、".join(ROUTES.get(r, r) for r in c["route_to"]), "long"),
    Head("以往线索与案件", 20, lambda c: "、".join(c["related"][:5]), "long"),
    Head("线索编号", 18, lambda c: c["clue_id"]),
)
REASON: Final = (
    Head("序号", 6, lambda r: r["rank"], "count"),
    Head("类别", 14, lambda r: r["kind"]),
    Head("内容", 110, lambda r: r["text"], "long"),
    Head("线索编号", 18, lambda r: r["clue_id"]),
)
EVIDENCE: Final = (
    Head("序号", 6, lambda e: e["rank"], "count"),
    Head("表", 10, lambda e: TABLES.get(e["table"], e["table"])),
    Head("记录主键", 30, lambda e: e["key"]),
    Head("机构", 28, lambda e: e.get("place_name") or e.get("place") or ""),
    Head("时间", 17, lambda e: e.get("happened") or ""),
    Head("内容", 48, lambda e: e.get("what") or "", "long"),
    Head("数量", 10, lambda e: e.get("quantity"), "number"),
    Head("金额(元)", 14, lambda e: e.get("yuan"), "money"),
    Head("数据版本", 9, lambda e: e["version"], "count"),
)
KINDS: Final = (
    ("理由", "says"),
    ("可能的正当解释", "innocent"),
    ("何以排除", "cleared_if"),
    ("检查步骤", "check_steps"),
    ("依据", "legal_basis"),
)


def workbook(pages: Pages) -> bytes:
    """The workbook; text is always written as text, so that no cell is a formula or a link.

    Cells are marked as text besides: one that begins with = stays what it is when it is edited.
    """
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book: Workbook = xlsxwriter.Workbook(file, options)
    book.set_properties({"title": "医保基金监管线索", "created": MADE_AT})
    styles = _styles(book)
    _sheet(book, "线索清单", LIST, pages.clues, styles)
    _sheet(book, "理由", REASON, list(_reasons(pages.clues)), styles)
    _sheet(book, "证据", EVIDENCE, pages.evidence, styles)
    _explain(book, pages.not_evaluable, styles)
    book.close()
    return file.getvalue()


def _reasons(clues: Iterable[Row]) -> Iterator[Row]:
    for clue in clues:
        for kind, name in KINDS:
            told = [clue[name]] if isinstance(clue[name], str) else clue[name]
            for text in told:
                yield {"rank": clue["rank"], "kind": kind, "text": text, "clue_id": clue["clue_id"]}


def _styles(book: Workbook) -> dict[str, Format]:
    shapes: dict[str, dict[str, Any]] = {
        "text": {"quote_prefix": True},
        "long": {"text_wrap": True, "quote_prefix": True},
        "money": {"num_format": "#,##0.00"},
        "number": {"num_format": "#,##0.####"},
        "share": {"num_format": "0%", "align": "center"},
        "count": {"num_format": "0", "align": "center"},
        "date": {"num_format": "yyyy-mm-dd", "align": "center"},
        "head": {"bold": True, "bg_color": "#1F4E78", "font_color": "white", "align": "center"},
        "section": {"bold": True, "font_size": 12},
        **{f"grade {g}": {"bg_color": c, "align": "center"} for g, c in COLOURS.items()},
    }
    lined = {"border": 1, "border_color": "#D9D9D9"}
    return {
        name: book.add_format(FONT | (lined if name != "section" else {}) | shape)
        for name, shape in shapes.items()
    }


def _sheet(
    book: Workbook, name: str, heads: Sequence[Head], rows: Sequence[Row], styles: Any
) -> None:
    sheet = book.add_worksheet(name)
    for at, head in enumerate(heads):
        sheet.set_column(at, at, head.width)
        sheet.write_string(0, at, head.title, styles["head"])
    for line, row in enumerate(rows, start=1):
        for at, head in enumerate(heads):
            _cell(sheet, (line, at), head.cell(row), _style(head, row, styles))
        sheet.set_row(line, LINE_POINTS * max(_lines(head, row) for head in heads))
    sheet.autofilter(0, 0, max(len(rows), 1), len(heads) - 1)
    sheet.freeze_panes(1, 4 if name == "线索清单" else 1)
    if name == "线索清单":
        sheet.print_area(0, 0, max(len(rows), 1), PRINTED - 1)
    _printed(sheet, name)


def _style(head: Head, row: Row, styles: Mapping[str, Format]) -> Format:
    return styles[f"grade {row['grade']}" if head.kind == "grade" else head.kind]


def _lines(head: Head, row: Row) -> int:
    """Lines that a wrapped text fills; a Chinese character is as wide as two letters."""
    if head.kind != "long":
        return 1
    text = str(head.cell(row))[:LONGEST]
    wide = sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)
    return min(MOST_LINES, max(1, -(-wide // head.width)))


def _cell(sheet: Worksheet, at: tuple[int, int], value: Any, style: Format) -> None:
    if value is None:
        sheet.write_blank(*at, None, style)
    elif isinstance(value, dt.date):
        sheet.write_datetime(*at, dt.datetime(value.year, value.month, value.day), style)
    elif isinstance(value, str):
        sheet.write_string(*at, value[:LONGEST], style)
    else:
        sheet.write_number(*at, float(value), style)


def _printed(sheet: Worksheet, name: str) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer(f"&L{name}&R第 &P 页,共 &N 页")


def _explain(
    book: Workbook, not_evaluable: Mapping[str, Mapping[str, str]], styles: Mapping[str, Format]
) -> None:
    sheet = book.add_worksheet("说明")
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, 1, 100)
    unasked = [(told["title"], told["reason"]) for _, told in sorted(not_evaluable.items())]
    lines = [
        *EXPLAINED,
        ("无法评估", ""),
        ("", "下列规则、指标与模型因缺少数据未能运行;未运行不等于没有问题。"),
        *(unasked or [("", "无。")]),
    ]
    for at, (term, text) in enumerate(lines):
        is_section = bool(term) and not text
        sheet.write_string(at, 0, term, styles["section" if is_section else "text"])
        if not is_section:
            sheet.write_string(at, 1, text, styles["long"])
            sheet.set_row(at, LINE_POINTS)
    _printed(sheet, "说明")
