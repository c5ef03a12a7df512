"""The catalogue, written from the declarations: `python -m fundwatch.catalogue [--check]`."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from fundwatch import pages
from fundwatch.errors import DeclarationError, FundwatchError
from fundwatch.flow import FLOW, Step, upstream
from fundwatch.knowledge import DetectorEntry, Indicator, Rule, Scheme, load
from fundwatch.points import load_points
from fundwatch.settings import conf_dir
from fundwatch.tables import TABLES
from fundwatch.tables.bronze import DELIVERY, QUARANTINE
from fundwatch.tables.landing import LANDING

FOLDER: Final = Path("docs/catalogue")
# A README and how it names a step.
READMES: Final[dict[str, Callable[[Step], str]]] = {
    "README.md": lambda step: step.name.replace("_", " "),
    "README.zh-CN.md": lambda step: step.title,
}
ENDS: Final[dict[str, tuple[str, str, str]]] = {  # delivered, ingest, what leaves
    "README.md": ("landing tables", "ingest", "clues: xlsx, Parquet, JSON"),
    "README.zh-CN.md": ("落地表", "入湖与去标识", "线索: 工作簿, Parquet, JSON"),
}
MARKED: Final = re.compile(r"(<!-- flow -->\n).*?(<!-- /flow -->)", re.DOTALL)
HOLDS: Final = {
    "bronze": "Rows as delivered, with the file and line they came from, and what was refused.",
    "silver": "Typed, latest row wins, persons only as keyed pseudonyms, money in whole fen.",
    "gold": "Facts at one grain each, and what indicators, rules and detectors say of them.",
    "ops": "What the system writes about its own work.",
}


def catalogue(conf: Path) -> dict[str, str]:
    """Page name → Markdown, every page of docs/catalogue. The same declarations, the same bytes."""
    written = {
        **{f"tables-{layer}.md": _layer_page(layer) for layer in HOLDS},
        "landing.md": _landing_page(),
        "flow.md": _flow_page(),
        **_knowledge_pages(conf),
    }
    return {"README.md": _index(written), **written}


def flow_picture(readme: str) -> str:
    """FLOW as a Mermaid graph of its steps, in the language of that README."""
    named, (delivered, ingest, leaves) = READMES[readme], ENDS[readme]
    lines = ["```mermaid", "flowchart LR", f"  landing[({delivered})] --> ingest([{ingest}])"]
    lines += [f'  {step.name}(["{named(step)}"])' for step in FLOW]
    lines += [f"  {before} --> {after}" for before, after in _edges()]
    lines += [f"  {step.name} --> export[/{leaves}/]" for step in FLOW if _is_last(step)]
    return "\n".join([*lines, "```", ""])


def stale(root: Path, conf: Path) -> list[str]:
    """Files under `root` that differ from what the declarations say, leftovers included."""
    wanted = _files(root, conf)
    differing = [
        path
        for path, text in wanted.items()
        if not (root / path).is_file() or (root / path).read_text(encoding="utf-8") != text
    ]
    return sorted(map(str, [*differing, *_leftovers(root, wanted)]))


def write(root: Path, conf: Path) -> list[str]:
    """Bring every generated file under `root` up to date; returns those that changed."""
    changed, wanted = stale(root, conf), _files(root, conf)
    for path in _leftovers(root, wanted):
        (root / path).unlink()
    for path, text in wanted.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return changed


def main(arguments: list[str] | None = None) -> int:
    """Write, or with --check exit 1 naming what is stale."""
    parser = argparse.ArgumentParser(prog="python -m fundwatch.catalogue", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if stale")
    parser.add_argument("--conf-dir", type=Path, help="default $FUNDWATCH_HOME/conf, then ./conf")
    given = parser.parse_args(arguments)
    root, conf = Path(), conf_dir(given.conf_dir)
    found = stale(root, conf) if given.check else write(root, conf)
    for path in found:
        print(f"{path} is stale: run make docs" if given.check else f"wrote {path}")
    return 1 if given.check and found else 0


def _files(root: Path, conf: Path) -> dict[Path, str]:
    files = {FOLDER / name: text for name, text in catalogue(conf).items()}
    return files | {Path(name): _with_picture(root / name) for name in READMES}


def _with_picture(readme: Path) -> str:
    text = readme.read_text(encoding="utf-8")
    if len(MARKED.findall(text)) != 1:
        raise DeclarationError(f"{readme} needs one pair of <!-- flow --> and <!-- /flow -->")
    picture = flow_picture(readme.name)
    return MARKED.sub(lambda found: found[1] + picture + found[2], text)


def _leftovers(root: Path, wanted: dict[Path, str]) -> list[Path]:
    there = (path.relative_to(root) for path in (root / FOLDER).glob("*.md"))
    return sorted(path for path in there if path not in wanted)


def _edges() -> Iterator[tuple[str, str]]:
    """Step before → step after, less what a longer way already says."""
    for step in FLOW:
        direct = list(upstream(step))
        if not direct:
            yield "ingest", step.name
        reached = {far.name for near in direct for far in _ancestors(near)}
        yield from ((near.name, step.name) for near in direct if near.name not in reached)


def _ancestors(step: Step) -> Iterator[Step]:
    for near in upstream(step):
        yield near
        yield from _ancestors(near)


def _is_last(step: Step) -> bool:
    return not any(step in upstream(other) for other in FLOW)


def _layer_page(layer: str) -> str:
    listed = [table for table in TABLES.values() if table.layer == layer]
    if layer != "bronze":
        return pages.page(f"Tables: {layer}", HOLDS[layer], *map(pages.table_section, listed))
    own = map(pages.table_section, (DELIVERY, QUARANTINE))
    delivered = pages.delivered_section(LANDING.values())
    return pages.page("Tables: bronze", HOLDS[layer], delivered, *own)


def _landing_page() -> str:
    intro = (
        "What a bureau hands over: `<table>/<batch>/part-*`, CSV (UTF-8, GBK or GB18030; may be "
        "`.gz`) or Parquet. What may be repaired in a cell is said in "
        "[decision 044](../decisions/044-repairs.md). Need: `key` and "
        "`must` cannot be empty; without `may` columns, entries that need them are not evaluable. "
        "Personal columns leave bronze only as keyed pseudonyms."
    )
    return pages.page("Landing dictionary", intro, *map(pages.landing_section, LANDING.values()))


def _flow_page() -> str:
    intro = (
        "The steps of `fundwatch/flow.py`, in order. A step computes any set of months; "
        "`n back` and `n ahead` are the months around them that it reads."
    )
    head = ("step", "title", "reads", "writes", "function")
    picture = flow_picture("README.md").splitlines()
    return pages.page("Flow", intro, picture, pages.grid(head, pages.step_rows()))


def _knowledge_pages(conf: Path) -> dict[str, str]:
    indicators = map(pages.indicator_section, load(Indicator, conf / "indicators"))
    rules = map(pages.rule_section, load(Rule, conf / "rules"))
    schemes = map(pages.scheme_section, load(Scheme, conf / "schemes.yml"))
    detectors = map(pages.detector_section, load(DetectorEntry, conf / "detectors.yml"))
    anomalies = map(pages.detector_section, load(DetectorEntry, conf / "anomalies.yml"))
    points = map(pages.point_section, load_points(conf / "points"))
    return {
        "indicators.md": pages.page("Indicators", "From `conf/indicators`.", *indicators),
        "rules.md": pages.page("Rules", "From `conf/rules`.", *rules),
        "points.md": pages.page("Knowledge points", "From `conf/points`.", *points),
        "schemes.md": pages.page("Schemes", "From `conf/schemes.yml`.", *schemes),
        "detectors.md": pages.page("Detectors", "From `conf/detectors.yml`.", *detectors),
        "anomalies.md": pages.page("Anomalies", "From `conf/anomalies.yml`.", *anomalies),
    }


def _index(written: dict[str, str]) -> str:
    intro = (
        "Written from the declarations by `make docs`; do not edit. `make check` tells when a "
        "page is stale."
    )
    rows = (
        (f"[{text.splitlines()[0].removeprefix('# ')}]({name})", str(text.count("\n## ") or ""))
        for name, text in written.items()
    )
    return pages.page("Catalogue", intro, pages.grid(("page", "entries"), rows))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except FundwatchError as refusal:
        print(f"fundwatch: {refusal}", file=sys.stderr)
        sys.exit(refusal.exit_code)
