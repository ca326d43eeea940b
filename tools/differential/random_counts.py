"""Random histograms and occurrences: a part of generate.py."""
import numpy as np

import histograms
from compare import Expected
from sources import random_form, store
from values import BFLOAT16, BOOL, INTEGERS, kind


class Counts:
    def counted(self, number, is_wild=False) -> dict | None:
        """A histogram, or occurrences of whole numbers."""
        rng, x = self.rng, self.array(number)
        if self.maybe(0.35): return self.occurrences(number, is_wild)
        # Where elements decide the edges, nothing before them may be inexact.
        if kind(x.dtype) == "c" or x.dtype == BFLOAT16 or not self.is_all_exact(number): return None
        if x.ndim == 1 and not is_wild and self.maybe(0.4): return self.pairs(number)
        step = {"op": "histogram", "args": [number], "bins": histograms.random_bins(rng, x, is_wild),
                "part": str(rng.choice(histograms.PARTS)), "density": self.maybe(0.3)}
        if isinstance(step["bins"], int):
            if self.maybe(0.5):
                step["range"] = histograms.random_range(rng, x)
            elif not histograms.has_extent(x):
                return None
        if self.maybe(0.35):
            dtype = rng.choice(["float64", "float32", "int32"]) if x.size < 1e5 else "float64"
            step["weights"] = self.weights(x.shape[1:] if is_wild else x.shape, str(dtype))
        return step

    def pairs(self, number) -> dict | None:
        """A histogram of two variables, of dtypes that NumPy brings together without loss, and whose edges are float64."""
        rng, x = self.rng, self.array(number)
        if x.dtype != np.float64 and not (kind(x.dtype) in "iu" and x.dtype.itemsize < 8): return None
        other = self.source(x.dtype, x.shape)
        y = self.array(other)
        step = {"op": "histogram2d", "args": [number, other], "bins": [histograms.random_bins(rng, own, False) for own in (x, y)],
                "part": str(rng.choice(["counts", "counts", "x", "y"]))}
        if self.maybe(0.5):
            step["range"] = histograms.random_range(rng, x)
        elif not (histograms.has_extent(x) and histograms.has_extent(y)):
            return None
        if self.maybe(0.35): step["weights"] = self.weights(x.shape)
        return step

    def occurrences(self, number, is_wild) -> dict:
        rng, x = self.rng, self.array(number)
        is_small = kind(x.dtype) in "iub" and x.ndim == 1 and np.max(x, initial=0) < 10_000
        if is_wild or not is_small or not self.is_all_exact(number):
            dtype = [BOOL, *INTEGERS][rng.integers(len(INTEGERS) + 1)]
            x = histograms.occurrences(rng, dtype, int(rng.integers(0, 20_000 if self.maybe(0.1) else 300)))
            if is_wild and self.maybe(0.3): x = x.reshape(-1, 1)
            number = self.append(store(x, random_form(rng), self.folder / f"source-{len(self.steps)}", rng),
                                 Expected(x, is_view=True))
        step = {"op": "bincount", "args": [number], "minlength": int(rng.integers(-5 if is_wild else 0, 60))}
        # Of nothing NumPy's are no sums of weights but counts.
        if x.size and self.maybe(0.4):
            step["weights"] = self.weights(x.shape[1:] if is_wild and self.maybe(0.5) else x.shape)
        return step
