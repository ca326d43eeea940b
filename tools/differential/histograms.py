"""Histograms and occurrences: counts are exact, and so are sums of weights that are small multiples of a quarter.

NumPy gives edges in the elements' dtype, and counts in that of the weights; Tessera gives both as float64. A density is two
divisions, of widths that NumPy rounds to the elements' dtype.
"""
import numpy as np

from compare import Expected
from values import BOOL, kind

PARTS = ["counts", "counts", "edges"]


def histogram(step: dict, x: np.ndarray, weights) -> Expected:
    if kind(x.dtype) == "c":
        raise TypeError("no order")
    bins = step["bins"]
    ends = tuple(step["range"]) if "range" in step else None
    counts, edges = np.histogram(x, bins, range=ends, weights=weights)
    edges = np.asarray(edges, np.float64)
    if step["part"] == "edges":
        # The least element may be a zero of either sign.
        return Expected(edges, zero_sign_is_free=True)
    if not step["density"]:
        return Expected(counts.astype(np.int64 if weights is None else np.float64))
    wide = counts.astype(np.longdouble) / np.diff(edges.astype(np.longdouble)) / counts.sum()
    return Expected(wide.astype(np.float64), wide=wide, ulps=4)


def histogram2d(step: dict, x: np.ndarray, y: np.ndarray, weights) -> Expected:
    """Of both the same range, if there is one."""
    ends = [step["range"]] * 2 if "range" in step else None
    found = np.histogram2d(x, y, step["bins"], range=ends, weights=weights)
    array = np.asarray(found[["counts", "x", "y"].index(step["part"])], np.float64)
    return Expected(array, zero_sign_is_free=step["part"] != "counts")


def bincount(step: dict, x: np.ndarray, weights) -> Expected:
    return Expected(np.bincount(x, weights=weights, minlength=step["minlength"]))


def random_bins(rng, x: np.ndarray, is_wild: bool):
    """So many bins, or edges of which many are elements."""
    values = x.ravel().astype(np.float64)
    values = values[np.isfinite(values) & (np.abs(values) < 1e15)]
    if rng.random() < 0.5 or not values.size:
        return int(rng.integers(-is_wild, 60))
    edges = rng.choice(values, int(rng.integers(1, 12)))
    edges = np.where(rng.random(edges.size) < 0.3, edges + rng.integers(-2, 3, edges.size) / 2, edges)
    return [float(edge) for edge in (edges[::-1] if is_wild else np.sort(edges))]


def random_range(rng, x: np.ndarray) -> list[float]:
    """Ends that elements may lie at and beyond."""
    near = x.ravel()[:50].astype(np.float64)
    near = near[np.abs(near) < 1e3]
    ends = [float(end) for end in (*near[:2], *(rng.integers(-8, 9, 2) / 2), 0.1)]
    return sorted(float(end) for end in rng.choice(ends, 2))


def has_extent(x: np.ndarray) -> bool:
    """Whether the difference of the extremes is a number of the dtype, and not next to nothing."""
    if kind(x.dtype) != "f" or not x.size:
        return True
    with np.errstate(all="ignore"):
        extent = x.max() - x.min()
    return not np.isfinite(extent) and not np.isfinite(x).all() or bool(
        np.isfinite(extent) and (extent == 0 or extent > np.finfo(x.dtype).tiny * 1e3))


def occurrences(rng, dtype, length) -> np.ndarray:
    """Small numbers, now and then a negative one."""
    if dtype == BOOL:
        return rng.random(length) < 0.5
    values = rng.integers(0, int(rng.choice([1, 5, 40, 100])), length).astype(dtype)
    if dtype.kind == "i" and length and rng.random() < 0.05:
        values[rng.integers(length)] = -1
    return values
