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
# # Real claims through the same flow
#
# 22,996 real, anonymised inpatient claims of 1,254 US providers, each labelled as fraud or not.
# They land through `conf/sources/us_claims.yml`; the flow is the one that screens a Chinese bureau,
# and what these data cannot answer is reported as not evaluable. Then: do our indicators rank the
# labelled providers better than billing size alone does?
#
# Needs the folder `us_inpatient_claims` under `FUNDWATCH_SHARED`.

# %%
import os
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer

from fundwatch.reader import open_lake
from jobs.screen import screen
from jobs.workplace import workplace
from models.evaluation import ranking_quality

home = next(folder for folder in (Path("."), Path("..")) if (folder / "conf").is_dir()).resolve()
claims = (
    Path(os.environ.get("FUNDWATCH_SHARED", home.parent / "shared")) / "data/us_inpatient_claims"
)
if not claims.is_dir():
    raise SystemExit(f"no real claims in {claims}: name their folder with FUNDWATCH_SHARED")
root = Path(os.environ.get("FUNDWATCH_REAL_LAKE", home / "build/real/lake"))

# %% [markdown]
# ## Screen
#
# A second run changes nothing and takes seconds.

# %%
with workplace(str(root), conf=home / "conf") as place:
    screen(place, str(claims), root.parent / "out", source="us_claims")
    unanswered = place.offered().not_evaluable()
lake = open_lake(root)
print(len(unanswered), "entries are not evaluable, for example:")
for name in sorted(unanswered)[:5]:
    print(" ", name, "·", unanswered[name]["reason"])

# %% [markdown]
# ## A year of indicators per provider
#
# Providers have two claims a month, too few for a monthly value, so numerators and denominators are
# added up over the year.

# %%
year = lake.sql("""
    SELECT entity AS provider, indicator_id, sum(numerator) / sum(denominator) AS value
    FROM gold.indicator_value WHERE entity_type = 'institution'
    GROUP BY entity, indicator_id HAVING sum(denominator) > 0
""").pivot(index="provider", columns="indicator_id", values="value")
size = lake.sql("""
    SELECT fixmedins_code AS provider, sum(fund_fen) / 100.0 AS reimbursed, count(*) AS stays
    FROM gold.stay_fact GROUP BY fixmedins_code
""").set_index("provider")
labels = (
    pd.read_csv(claims / "provider_labels.csv", index_col="Provider")["PotentialFraud"] == "Yes"
)
year = year.loc[:, year.nunique() > 1]
ours = size.index.intersection(year.index).intersection(labels.index).sort_values()
year, size, labels = year.loc[ours], size.loc[ours], labels.loc[ours]
print(f"{len(ours)} providers, {labels.mean():.1%} labelled fraud, {year.shape[1]} indicators")

# %% [markdown]
# ## Ranking, beside size alone
#
# Repeated cross-validation that never splits a state (where most of a provider's patients live,
# which only the delivered files tell), so that no model learns a neighbourhood.
# Size alone is the total reimbursed. Intervals hold 90 % of the repeats.

# %%
homes = pd.read_csv(claims / "beneficiaries.csv.gz", usecols=["BeneID", "State"])
stays = pd.read_csv(claims / "inpatient_claims.csv.gz", usecols=["BeneID", "Provider"])
state = stays.merge(homes, on="BeneID").groupby("Provider")["State"].agg(lambda own: own.mode()[0])
distance = (year - year.median()) / (1.4826 * (year - year.median()).abs().median()).replace(
    0, float("nan")
)
odd = distance.clip(-10, 10).abs().mean(axis=1).fillna(0)
with_size = year.join(size[["reimbursed", "stays"]])
trees = HistGradientBoostingClassifier(max_depth=3, learning_rate=0.05, random_state=0)
asked = {
    "oddness over all indicators, unlearned": (odd, None),
    "learned on indicators": (year, trees),
    "learned on indicators and size": (with_size, trees),
    "learned on size only": (
        size[["reimbursed", "stays"]],
        make_pipeline(QuantileTransformer(n_quantiles=100), LogisticRegression()),
    ),
}
found = {
    name: ranking_quality(scores, labels, state.loc[ours], size["reimbursed"], model=model)
    for name, (scores, model) in asked.items()
}
table = pd.DataFrame(
    {
        name: {
            "AUC": q.auc,
            "AUC 90 %": "{:.3f} to {:.3f}".format(*q.auc_interval),
            "AP": q.ap,
            "AP 90 %": "{:.3f} to {:.3f}".format(*q.ap_interval),
            "size AUC": q.size_auc,
            "size AP": q.size_ap,
            "verdict": q.verdict,
        }
        for name, q in found.items()
    }
).T
table

# %%
figure, axes = plt.subplots(figsize=(8, 3.2), layout="constrained")
for height, q in enumerate(found.values()):
    axes.plot(q.ap_interval, [height, height], color="crimson")
    axes.plot(q.ap, height, "o", color="crimson")
axes.axvline(next(iter(found.values())).size_ap, color="0.4", linestyle="--", label="size alone")
axes.axvline(labels.mean(), color="0.8", label="at random")
axes.set_yticks(range(len(found)), list(found))
axes.set_xlabel("average precision on held-out states")
axes.legend(loc="lower right")
plt.show()
