# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A first look into the lake
#
# Reads a lake without a JVM: `FUNDWATCH_LAKE=demo/lake` (what `make demo` leaves), or any other.
# If it is the made-up province, everything below is planted data.

# %%
from pathlib import Path

import matplotlib.pyplot as plt
import networkx as nx
from matplotlib import font_manager

from fundwatch.knowledge import Indicator, load
from fundwatch.reader import open_lake

conf = next(folder for folder in (Path("conf"), Path("../conf")) if folder.is_dir())
lake = open_lake()
lake.sql(
    "SELECT count(*) AS lines, sum(inscp_fen) / 100.0 AS yuan_within_scope FROM gold.charge_fact"
)

# %% [markdown]
# Chinese labels where the machine has a font for them, else the English ids.

# %%
HAN = ("Noto Sans CJK", "Noto Sans SC", "Source Han Sans", "WenQuanYi", "SimHei", "Noto Serif CJK")
known = sorted({font.name for font in font_manager.fontManager.ttflist})
han = next((name for start in HAN for name in known if name.startswith(start)), "")
plt.rcParams["font.family"] = [name for name in (han, "DejaVu Sans") if name]
plt.rcParams["axes.unicode_minus"] = False
titles = {entry.id: entry.title for entry in load(Indicator, conf / "indicators")}


def label(indicator_id: str) -> str:
    return titles.get(indicator_id, indicator_id) if han else indicator_id


# %% [markdown]
# ## The first clues

# %%
clues = lake.pandas(
    "gold.clue",
    columns=["rank", "clue_id", "grade", "scheme", "title", "amount", "setl_ids"],
).sort_values("rank", ignore_index=True)
clues.drop(columns="setl_ids").head(10)

# %% [markdown]
# From the first clue to the fee lines of its settlements (`lines_of` takes a person or an
# institution as well).

# %%
lake.lines_of(setl_id=[settlement for ids in clues["setl_ids"].head(1) for settlement in ids])[
    ["charged_at", "item_name", "cnt", "pric", "det_fen", "inscp_fen"]
].head(10)

# %% [markdown]
# ## Indicators against peers
#
# Each dot is an institution in its worst month, at its robust distance from the peers' median
# (right is worse). Red: the institution that stands out most.

# %%
scores = lake.sql("""
    SELECT indicator_id, entity, max(distance) AS distance FROM gold.peer_score
    WHERE entity_type = 'institution' GROUP BY indicator_id, entity
""")
scores["distance"] = scores["distance"].clip(-10, 10)
odd = scores.groupby("entity")["distance"].mean().idxmax()
order = scores[scores["entity"] == odd].sort_values("distance")["indicator_id"].tolist()
shown = scores[scores["indicator_id"].isin(order)]

figure, axes = plt.subplots(figsize=(9, 0.45 * len(order) + 1.2), layout="constrained")
height = shown["indicator_id"].map(order.index)
is_odd = shown["entity"] == odd
axes.scatter(shown["distance"][~is_odd], height[~is_odd], s=14, color="0.6", alpha=0.6)
axes.scatter(shown["distance"][is_odd], height[is_odd], s=46, color="crimson", label=odd)
axes.axvline(0, color="0.8", zorder=0)
axes.axvline(3, color="0.8", linestyle="--", zorder=0)
axes.set_yticks(range(len(order)), [label(name) for name in order])
axes.set_xlabel(
    "偏离度(右为更差, 截至 ±10)" if han else "robust distance (right is worse, cut at ±10)"
)
axes.legend(loc="lower right")
plt.show()

# %% [markdown]
# ## One anomaly as a curve
#
# Spending on one high-cost item per patient of the institution and month, over the three months to
# each, beside its peers' median.

# %%
worst = lake.sql("""
    SELECT fixmedins_code, ingredient FROM gold.item_anomaly
    ORDER BY is_anomaly DESC, excess_share * fund_fen DESC, fixmedins_code, ingredient LIMIT 1
""")
if worst.empty:
    print("No institution uses a high-cost item in this lake.")
else:
    place, item = worst.iloc[0]
    curve = lake.pandas(
        "gold.item_anomaly", where=f"fixmedins_code = '{place}' AND ingredient = '{item}'"
    ).sort_values("month")
    figure, axes = plt.subplots(figsize=(8, 3.6), layout="constrained")
    axes.plot(curve["month"], curve["rate"] / 100, "o-", color="crimson", label=place)
    axes.plot(
        curve["month"],
        curve["peer_median"] / 100,
        "o--",
        color="0.5",
        label="同类中位数" if han else "peers' median",
    )
    flagged = curve[curve["is_anomaly"]]
    axes.scatter(
        flagged["month"], flagged["rate"] / 100, s=140, facecolors="none", edgecolors="crimson"
    )
    axes.set_ylim(bottom=0)
    axes.set_ylabel("三个月人均月费用(元)" if han else "yuan per patient and month")
    axes.set_title(item if han or item.isascii() else "")
    axes.legend()
    plt.show()

# %% [markdown]
# ## One group as a picture
#
# People who keep being admitted to one place on one day: an edge is a pair, its width how often.
# Dashed pairs share an address, a phone or a contact: families, the innocent twin.

# %%
groups = lake.pandas(
    "gold.clue",
    columns=["clue_id", "rank", "person_keys"],
    where="scheme = 'induced_co_admission'",
).sort_values("rank")
if groups.empty:
    print("No group of people admitted together in this lake.")
else:
    people = set(groups["person_keys"].iloc[0])
    pairs = lake.sql("""
        SELECT person_a, person_b, max(times) AS times, bool_or(is_household) AS is_household
        FROM gold.shared_admission GROUP BY person_a, person_b ORDER BY person_a, person_b
    """)
    pairs = pairs[pairs["person_a"].isin(people) | pairs["person_b"].isin(people)]
    graph = nx.from_pandas_edgelist(pairs, "person_a", "person_b", ["times", "is_household"])
    at = nx.spring_layout(graph, weight="times", seed=1)
    figure, axes = plt.subplots(figsize=(7, 5.4), layout="constrained")
    for is_household, style in ((False, "solid"), (True, "dashed")):
        edges = [(a, b) for a, b, d in graph.edges(data=True) if d["is_household"] == is_household]
        widths = [0.6 * graph[a][b]["times"] for a, b in edges]
        nx.draw_networkx_edges(
            graph, at, edges, width=widths, style=style, edge_color="0.5", ax=axes
        )
    colours = ["crimson" if person in people else "0.45" for person in graph]
    nx.draw_networkx_nodes(graph, at, node_color=colours, node_size=560, ax=axes)
    short = {person: person[:4] for person in graph}
    nx.draw_networkx_labels(graph, at, short, font_size=7, font_color="white", ax=axes)
    axes.set_axis_off()
    plt.show()
