"""Where people go: for each class of care, which kinds of places, how far, how loyally."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from province.items import groups
from province.places import Places
from province.world import Floats, Ints, unit_hash

# weight of each kind of place (order of places.KINDS, 14) and of places in other cities
_T, _S, _M, _P, _R, _C, _V, _D, _E, _H, _Y, _B, _F, _X = range(14)
CLASSES: Final[dict[str, tuple[dict[int, float], float]]] = {
    "common": ({_T: 0.5, _S: 0.7, _M: 0.5, _P: 0.9, _R: 1.6, _C: 1.6, _V: 2.5, _D: 1.5}, 0.002),
    "tcm": ({_M: 2, _P: 1, _R: 1, _C: 1, _D: 1}, 0.0),
    "exercise": ({_T: 1, _S: 1, _M: 1, _B: 2}, 0.0),
    "chronic": ({_T: 0.5, _S: 1, _M: 0.7, _P: 0.5, _R: 1.8, _C: 2.2, _V: 0.8}, 0.002),
    "workup": ({_T: 1, _S: 1.2, _M: 0.5, _P: 0.4, _R: 0.3, _C: 0.3}, 0.002),
    "special": ({_T: 1.5, _S: 1}, 0.01),
    "child": ({_T: 0.6, _S: 1, _C: 0.8, _R: 0.8, _V: 0.8, _F: 2}, 0.002),
    "obs": ({_T: 0.6, _S: 0.8, _F: 3}, 0.005),
    "eye": ({_T: 0.3, _S: 0.3, _E: 3}, 0.005),
    "dental": ({_T: 0.4, _S: 0.5, _C: 1, _D: 2}, 0.0),
    "emergency": ({_T: 1, _S: 1, _M: 0.4}, 0.004),
    "dialysis": ({_T: 0.3, _S: 0.5, _H: 5}, 0.0),
    "psych": ({_Y: 1}, 0.01),
    "rehab": ({_T: 0.1, _S: 0.3, _M: 0.6, _B: 4}, 0.005),
    "ward": ({_T: 1, _S: 1.2, _M: 0.8, _P: 1.1, _R: 1.0}, 0.03),
    "severe": ({_T: 2, _S: 1.6, _M: 0.7, _P: 0.35, _R: 0.3}, 0.06),
    "light": ({_T: 0.15, _S: 0.5, _M: 1, _P: 1.8, _R: 1.5}, 0.005),
    "surgery": ({_T: 1.2, _S: 1, _M: 0.3, _P: 0.4}, 0.04),
    "heavy": ({_T: 1.5, _S: 1}, 0.08),
    "home": ({_C: 1, _R: 1}, 0.0),
    "pharmacy": ({_X: 1}, 0.001),
}
_CLASS_OF: Final = {
    "common": "op_cold op_bronch op_gastric op_back op_joint op_skin op_gyn op_check op_flu",
    "tcm": "op_tcm op_physio ip_neck",
    "exercise": "op_exercise",
    "chronic": "chr_htn chr_dm chr_chd chr_stroke chr_copd op_screen",
    "workup": "op_heart op_neuro op_sugar op_press op_lung op_kidney op_liver",
    "special": "chr_ckd chr_hepb chr_tx chr_tumor",
    "child": "op_child ip_child",
    "obs": "op_prenatal ip_birth ip_csec",
    "eye": "op_eye op_amd ip_cat",
    "dental": "op_dental",
    "emergency": "er_abd er_wound",
    "dialysis": "hd",
    "psych": "chr_psy ip_psych",
    "rehab": "ip_rehab",
    "ward": "ip_pneu ip_copd ip_stroke ip_chd ip_chf ip_htn ip_dm ip_gastro ip_ckd ip_liver",
    "severe": "ip_pneu_m ip_stroke_m ip_chd_m ip_dm_m ip_gastro_m ip_htn_m ip_gall_m",
    "light": "ip_vertigo ip_back ip_weak",
    "surgery": "ip_gall ip_append ip_hernia ip_stone ip_hemor ip_frac ip_kypho",
    "heavy": "ip_chemo ip_tumor ip_icu ip_hip ip_knee ip_spine ip_pci",
    "home": "ip_family",
    "pharmacy": "rx_cold rx_home rx_tonic rx_htn rx_dm rx_chd",
}
LOYAL: Final = 0.72  # share of visits that go to a person's usual place


def class_of_group() -> Ints:
    """Position in CLASSES of each group."""
    names = list(CLASSES)
    of = {group: names.index(c) for c, line in _CLASS_OF.items() for group in line.split()}
    return np.array([of[g.name] for g in groups()], dtype=np.int64)


@dataclass(frozen=True)
class Choice:
    """Cumulated weights of places per class and town, searchable in one step."""

    edges: tuple[Floats, ...]
    count: int
    group_class: Ints

    def usual(self, person: Ints, town: Ints, group: Ints) -> Ints:
        """The place these people go to for this class of care, fixed for life."""
        kinds = self.group_class[group]
        return self._at(kinds, town, unit_hash(person, kinds + 1000))

    def draw(self, rng: np.random.Generator, person: Ints, town: Ints, group: Ints) -> Ints:
        """Where they go this time: mostly the usual place."""
        fresh = self._at(self.group_class[group], town, rng.random(len(person)))
        loyal = rng.random(len(person)) < LOYAL
        return np.where(loyal, self.usual(person, town, group), fresh)

    def _at(self, kinds: Ints, town: Ints, unit: Floats) -> Ints:
        found = np.zeros(len(town), dtype=np.int64)
        for kind in np.unique(kinds):
            mine = kinds == kind
            at = np.searchsorted(self.edges[kind], town[mine] + unit[mine], side="right")
            found[mine] = np.minimum(at - town[mine] * self.count, self.count - 1)
        return found


def choice(places: Places) -> Choice:
    """The choice of places, prepared for every class of care and town."""
    towns = np.arange(len(places.town_area))
    same_town = places.town[None, :] == towns[:, None]
    same_area = places.area[None, :] == places.town_area[:, None]
    near = np.where(same_town, 8.0, np.where(same_area, 2.0, 0.4))
    far_hospitals = np.isin(places.kind, [0, 1, 2])
    near = np.where(far_hospitals[None, :], np.sqrt(near), near)
    edges = []
    for kinds, abroad in CLASSES.values():
        base = np.zeros(len(places))
        for kind, weight in kinds.items():
            base[(places.kind == kind) & ~places.abroad] = weight
        weights = near * (base * places.weight)[None, :]
        if not weights.any():
            weights = np.where(places.abroad, 0.0, 1.0)[None, :] * near
        outside = weights.sum(1, keepdims=True) * abroad / max(1, int(places.abroad.sum()))
        weights = np.where(places.abroad[None, :], outside, weights)
        shares = np.cumsum(weights, 1) / weights.sum(1, keepdims=True)
        shares[:, -1] = 1.0
        edges.append((shares + towns[:, None]).ravel())
    return Choice(tuple(edges), len(places), class_of_group())
