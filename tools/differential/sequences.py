"""Running totals and quantiles: exact for integers and for elements of the array, else in wider numbers.

Bounds: running totals lose what float64 additions lose, and are rounded once. An interpolated quantile lies between two
elements; NumPy interpolates in the array's own dtype, which loses a few units of the larger of the two.
"""
import ml_dtypes
import numpy as np

from compare import Expected
from operations import widen
from values import BFLOAT16, kind

SCANS = ["cumsum", "cumprod", "nancumsum", "nancumprod"]
EXTREMES = {"cummax": np.maximum, "cummin": np.minimum}
QUANTILES = ["median", "nanmedian", "quantile", "nanquantile", "percentile", "nanpercentile"]
METHODS = ["linear", "lower", "higher", "nearest", "midpoint", "inverted_cdf", "averaged_inverted_cdf", "closest_observation",
           "interpolated_inverted_cdf", "hazen", "weibull", "median_unbiased", "normal_unbiased"]


def scan(step: dict, x: np.ndarray) -> Expected:
    name, axis = step["op"], step.get("axis")
    options = {"dtype": np.dtype(step["dtype"])} if "dtype" in step else {}
    array = np.asarray(getattr(np, name)(x, axis=axis, **options))
    if kind(array.dtype) not in "fc":
        return Expected(array)
    if options:
        # The elements themselves become the dtype, but for NaNs that are left out.
        if name.startswith("nan"):
            x = np.where(np.isnan(x), x.dtype.type(name == "nancumprod"), x)
        x = x.astype(array.dtype)
    wide = np.asarray(getattr(np, name)(widen(x), axis=axis))
    count, eps = max(1, x.size), np.finfo(np.float64).eps
    if name.endswith("sum"):
        # Of what is finite: it may add up to an infinity that meets another one later.
        total = np.cumsum(np.where(np.isfinite(x), np.abs(widen(x)), 0), axis=axis)
        free = total > 1e307
        slack = count * eps * total
    else:
        magnitude = np.abs(wide)
        factors = np.abs(np.where(np.isnan(x), 1, widen(x)))
        logs = np.cumsum(np.abs(np.log2(np.where(factors > 0, factors, 1))), axis=axis)
        free = ~(logs < 900) & ~np.isnan(magnitude) | (kind(array.dtype) == "c")
        slack = 2 * count * eps * np.where(np.isfinite(magnitude), magnitude, 0)
    return Expected(wide.astype(array.dtype), wide=wide, ulps=1, slack=slack, free=free)


def extreme(step: dict, x: np.ndarray) -> Expected:
    """Without an axis over everything, and of a scalar along one, as the other scans."""
    axis = step.get("axis")
    array = EXTREMES[step["op"]].accumulate(np.ravel(x) if axis is None else np.atleast_1d(x), axis=axis or 0)
    return Expected(array, zero_sign_is_free=kind(array.dtype) in "fc")


def quantile(step: dict, x: np.ndarray) -> Expected:
    name = step["op"]
    axis = tuple(step["axis"]) if isinstance(step.get("axis"), list) else step.get("axis")
    keep = {"axis": axis, "keepdims": step["keepdims"]}
    if kind(x.dtype) == "c" or x.dtype == bool:
        raise TypeError("no order, or no interpolation")
    if not x.size:
        raise ValueError("nothing to order; NumPy's dtypes and errors vary")
    ranks = step.get("q", [0.5])
    method = step.get("method", "linear")
    if name.endswith("median"):
        array = np.asarray(getattr(np, name)(x, **keep))
        method = "midpoint"
        wide = np.asarray(getattr(np, name)(widen(x), **keep))
        name = name.replace("median", "quantile")
        ranks = 0.5
    else:
        array = np.asarray(getattr(np, name)(x, ranks, method=method, **keep))
        # Whatever nanquantile does along an axis, the dtype is quantile's, and likewise for percentages.
        array = array.astype(getattr(np, name.removeprefix("nan"))(np.zeros(1, x.dtype), ranks, method=method).dtype)
        # Ranks are rounded to float64 by both: at 1/3 of 25 elements that decides which ones are meant.
        wide = widen(np.asarray(getattr(np, name)(x.astype(np.float64), ranks, method=method, **keep)))
    if kind(x.dtype) in "iu" and "median" not in step["op"]:
        # As NumPy's, operation by operation: differences of neighbours wrap.
        return Expected(array)
    below, above = (np.asarray(getattr(np, name)(widen(x), ranks, method=side, **keep)) for side in ("lower", "higher"))
    if method in ("lower", "higher", "nearest", "inverted_cdf", "closest_observation") or kind(array.dtype) not in "f":
        # At a half the nearest is a matter of the last bit of the rank.
        return Expected(array, zero_sign_is_free=True)
    if method != "linear" and method != "midpoint":
        # These may lie one element further away.
        finite = np.where(np.isfinite(widen(x)), np.abs(widen(x)), 0)
        below, above = finite.max(initial=0), finite.max(initial=0)
    eps = float(ml_dtypes.finfo(array.dtype).eps)
    magnitude = np.maximum(np.abs(below), np.abs(above))
    free = np.broadcast_to(~np.isfinite(magnitude) & ~np.isnan(wide), array.shape)
    free = free | (np.isinf(widen(x)).any() & np.isnan(wide))
    # The middle one of an odd number is an element, however large; NumPy's nanmedian adds it to itself along axes.
    if step["op"] != "median" or x.size // array.size % 2 == 0:
        free = free | (magnitude > float(ml_dtypes.finfo(array.dtype).max) / 4)
    return Expected(wide.astype(array.dtype), wide=wide, ulps=2,
                    slack=(4 * eps + x.size * np.finfo(np.float64).eps) * np.where(np.isfinite(magnitude), magnitude, 0),
                    free=free)
