"""Random sets, orders and lookups, in what is exact: a part of generate.py."""
import numpy as np

from compare import Expected
from sets import LOOKUPS, PARTS, SETS
from sorting import SORTS
from sources import random_form, store
from values import BFLOAT16, DTYPES, kind, random_elements


class Sets:
    def distinct(self, number) -> dict | None:
        # How many there are decides a shape, so nothing before it may be inexact.
        if not self.is_all_exact(number): return None
        if self.maybe(0.3): return {"op": "argwhere", "args": [number]}
        step = {"op": "unique", "args": [number], "part": str(self.rng.choice(PARTS)), "equal_nan": self.maybe(0.7)}
        x = self.array(number)
        if x.ndim and self.maybe(0.4):
            axis = int(self.rng.integers(-x.ndim, x.ndim))
            # NumPy has a field for each element of a row.
            if x.size <= 500 * x.shape[axis]: step["axis"] = axis
        return step

    def in_order(self, number, is_wild=False) -> dict | None:
        if not self.is_all_exact(number): return None
        room = self.array(number).ndim + is_wild
        axis = int(self.rng.integers(-room, room)) if room and self.maybe(0.85) else None
        return {"op": str(self.rng.choice(SORTS)), "args": [number], "axis": axis}

    def lookup(self, number) -> dict | None:
        """In a list that is computed where it is asked for, so that nothing of it may be inexact."""
        rng, x = self.rng, self.array(number)
        if x.dtype == BFLOAT16 or not self.is_all_exact(number): return None
        name = str(rng.choice([*SETS, *LOOKUPS, *LOOKUPS, "interp"]))
        dtype = x.dtype if self.maybe(0.5) else [d for d in DTYPES if d != BFLOAT16][rng.integers(len(DTYPES) - 1)]
        values = random_elements(rng, dtype, (int(rng.choice([0, 1, 2, 7, 300])),))
        if x.size and x.dtype == dtype and self.maybe(0.7):
            # Some that are to be found.
            values = np.concatenate([values, rng.choice(x.ravel(), min(x.size, 40))])
        if name in SETS and kind(np.result_type(x, values)) in "fc" and any(kind(d) in "iu" and d.itemsize == 8 for d in (x.dtype, dtype)):
            return None  # distinct integers become equal floats, which NumPy then finds in both
        if name == "interp":
            return {"op": name, "args": [number], **self.points()} if kind(x.dtype) != "c" else None
        if name in ("searchsorted", "digitize"): values = np.sort(values)
        if name == "digitize":
            # In float64 NumPy decides whether they ascend, and NaN is no edge.
            if kind(dtype) == "c" or np.isnan(values.astype(np.float64)).any(): return None
            if self.maybe(0.5) and (dtype.itemsize < 8 or kind(dtype) == "f"): values = values[::-1]
        other = self.append(store(values, random_form(rng), self.folder / f"source-{len(self.steps)}", rng),
                            Expected(values, is_view=True))
        options = {"searchsorted": {"side": str(rng.choice(["left", "right"]))}, "digitize": {"right": self.maybe(0.5)},
                   "isin": {"invert": self.maybe(0.3)}}
        return {"op": name, "args": [other, number] if name == "searchsorted" else [number, other], **options.get(name, {})}

    def points(self) -> dict:
        rng = self.rng
        count = int(rng.integers(1, 9))
        xp = np.round(rng.standard_normal(count) * 3, 1)
        step = {"xp": np.sort(xp).tolist(), "fp": rng.standard_normal(count).tolist()}
        if self.maybe(0.3):
            # Of equal points NumPy's order is that of an unstable sort.
            step |= {"period": 50.0, "xp": (rng.permutation(60)[:count] / 2).tolist()}
        else:
            step |= {side: float(rng.integers(-9, 9)) for side in ("left", "right") if self.maybe(0.3)}
        return step
