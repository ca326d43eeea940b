"""Reductions: NumPy's dtypes and refusals, and the exact values in wider numbers.

Bounds: a sum is accumulated in float64 (compensated for float64 input) and rounded once, so its error is one unit
in the last place plus what n additions in float64 can lose of Σ|x|; NumPy's own float32 sums are less exact, so it is not
asked for values. A mean and a norm add one rounding each. Merged moments lose a few roundings of the variance and of
|mean| · deviation. A product loses a rounding per factor. Positions, extrema, counts and truth values are exact.
"""
import warnings

import numpy as np

from compare import Expected
from operations import widen
from values import BFLOAT16, BOOL, kind

EPS = np.finfo(np.float64).eps
SIMPLE = ["sum", "prod", "mean", "var", "std", "min", "max", "any", "all", "count_nonzero", "ptp", "argmin", "argmax"]
WITH_NAN = ["nansum", "nanprod", "nanmean", "nanvar", "nanstd", "nanmin", "nanmax", "nanargmin", "nanargmax"]
SHARES = ["softmax", "log_softmax"]
OTHERS = ["norm", "average", "logsumexp", *SHARES]


def reduce(step: dict, x: np.ndarray, mask=None, weights=None, initial=None) -> Expected:
    name = step["op"]
    axis = tuple(step["axis"]) if isinstance(step.get("axis"), list) else step.get("axis")
    keep = {"axis": axis, "keepdims": step.get("keepdims", False)}
    if name in OTHERS:
        return other(name, step, x, keep, weights)
    options = dict(keep)
    if mask is not None:
        options["where"] = mask
    if initial is not None:
        options["initial"] = initial
    if "dtype" in step:
        options["dtype"] = np.dtype(step["dtype"])
    if "ddof" in step:
        options["ddof"] = step["ddof"]
    if x.dtype == BFLOAT16:
        return bfloat16(name, step, x, options)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        array = np.asarray(getattr(np, name)(x, **options))
    plain = name.removeprefix("nan")
    if plain in ("argmin", "argmax", "any", "all", "count_nonzero"):
        return Expected(array)
    if plain in ("min", "max", "ptp"):
        return Expected(array, zero_sign_is_free=True)
    if kind(array.dtype) not in "fc":
        return Expected(array)
    return inexact(name, step, x, mask, array, keep, initial if plain in ("sum", "prod") else None)


def bfloat16(name, step, x, options) -> Expected:
    """As of float32, whose values these are, rounded to bfloat16 where NumPy keeps a float's dtype."""
    expected = reduce({**step}, x.astype(np.float32), options.get("where"), None, options.get("initial"))
    if expected.array.dtype == np.float32 and "dtype" not in step:
        expected.array = expected.array.astype(BFLOAT16) if expected.wide is None else expected.wide.astype(
            np.float64).astype(BFLOAT16)
    return expected


def inexact(name, step, x, mask, array, keep, initial=None) -> Expected:
    # Told of the elements as they are: a NaN in an imaginary part is none of the real one.
    is_number = ~np.isnan(x) if name.startswith("nan") else True
    original = x.dtype  # without NaN, nanvar is var, infinite where no degrees of freedom are left
    plain = name.removeprefix("nan")
    # Deviations are those of the elements as they are, whatever dtype their squares add up in.
    if "dtype" in step and plain not in ("var", "std"):
        x = x.astype(array.dtype)
    elif kind(x.dtype) not in "fc":
        # NumPy casts integers to float64 before it adds them up.
        x = x.astype(np.float64)
    wide, used = widen(x), np.ones(x.shape, bool)
    if mask is not None:
        used &= np.broadcast_to(mask, x.shape)
    used &= is_number
    count = np.sum(used, **keep)
    zeroed = np.where(used, wide, 0)
    with np.errstate(all="ignore"):
        total = np.sum(np.abs(zeroed), **keep)
        lost = lost_by_sums(x.dtype, count) * total
        # An initial value is one addition, or multiplication, more, in the dtype of the accumulators.
        first = None if initial is None else widen(np.asarray(initial).astype(array.dtype))
        if plain == "prod":
            result = np.prod(np.where(used, wide, 1), **keep) * (1 if first is None else first)
            factors = np.where(used, np.abs(np.where(used, wide, 1)), 1)
            logs = np.sum(np.abs(np.log2(np.where(factors > 0, factors, 1))), **keep)
            # Partial products in float64 that leave its range say nothing of the whole.
            free = ~np.isfinite(np.abs(result)) | (logs > 900) | ~np.isfinite(logs)
            free &= ~np.isnan(np.real(result)) | (kind(array.dtype) == "c")
            slack = (8 if kind(array.dtype) == "c" else 2) * EPS * np.maximum(count, 1) * np.abs(result)
            return Expected(finish(result, array), wide=np.asarray(result), ulps=1, slack=slack, free=np.asarray(free))
        if plain == "sum":
            result = np.sum(zeroed, **keep)
            if first is not None:
                result, lost = result + first, lost + 2 * EPS * total
            return Expected(finish(result, array), wide=np.asarray(result), ulps=1 if first is None else 2, slack=lost,
                            free=overflows(total, result, x.dtype))
        mean = np.sum(zeroed, **keep) / count
        if plain == "mean":
            return Expected(finish(mean, array), wide=np.asarray(mean), ulps=2, slack=lost / np.maximum(count, 1),
                            free=overflows(total, mean, x.dtype))
        return variance(plain, step, x, zeroed, used, count, array, keep,
                        is_nan=name.startswith("nan") and kind(original) in "fc")


def variance(plain, step, x, zeroed, used, count, array, keep, is_nan) -> Expected:
    axis = keep["axis"]
    mean = np.sum(zeroed, axis=axis, keepdims=True) / np.sum(used, axis=axis, keepdims=True)
    squares = np.sum(np.where(used, np.abs(zeroed - mean) ** 2, 0), **keep)
    degrees = np.maximum(count - step.get("ddof", 0), 0)
    result = squares / degrees
    if is_nan:
        result = np.where(degrees > 0, result, np.nan)
    middle = np.abs(np.sum(zeroed, **keep) / count)
    deviation = np.sqrt(squares / np.maximum(count, 1))
    slack = 64 * EPS * (result + (middle * deviation + EPS * middle ** 2) * count / np.maximum(degrees, 1))
    largest = np.max(np.where(used, np.abs(zeroed), 0), initial=0, **keep)
    free = np.isfinite(largest) & (largest > 1e150)
    if plain == "std":
        root = np.sqrt(result)
        slack = np.maximum(slack, 1e-300)  # squares of less underflow
        slack = np.where(root > 0, np.minimum(slack / np.where(root > 0, root, 1), np.sqrt(slack)), np.sqrt(slack))
        result = root
    return Expected(finish(result, array), wide=np.asarray(result), ulps=2, slack=np.where(np.isfinite(slack), slack, 0),
                    free=np.asarray(free))


def lost_by_sums(dtype, count):
    if dtype in (np.float64, np.complex128):
        # Compensated; what the reference loses in long doubles counts too.
        return np.maximum(count, 1) * np.finfo(np.longdouble).eps
    return np.maximum(count, 1) * EPS


def has_whole_mean(x: np.ndarray, dtype) -> bool:
    """Whether NumPy's sum of the elements as these integers is exact, wherever it begins and ends; it wraps, Tessera's does not."""
    total = np.sum(np.abs(np.real(x).astype(dtype).astype(np.float64)))
    return bool(x.size > 0 and total < min(np.iinfo(dtype).max, 2 ** 53))


def overflows(total, result, dtype):
    """Whether a partial sum may be infinite where the whole is not."""
    total = np.asarray(total)
    return np.isfinite(total) & (total > np.finfo(np.float64).max / 2) & np.isfinite(np.asarray(total))


def finish(wide, array) -> np.ndarray:
    return np.asarray(np.asarray(wide).astype(array.dtype))


def other(name, step, x, keep, weights) -> Expected:
    if name == "norm":
        return norm(float(step.get("ord", "2")), x, keep)
    if name == "average":
        found = np.average(x, axis=keep["axis"], weights=weights, keepdims=keep["keepdims"], returned=True)
        if step.get("part") == "weights":
            # Counts, and sums of quarters: exact.
            return Expected(np.asarray(found[1]))
        array = np.asarray(found[0])
        if weights is None:
            return inexact("mean", {}, x, None, array, keep)
        axis = keep["axis"]
        if weights.shape != x.shape and axis is not None:
            axes = np.lib.array_utils.normalize_axis_tuple(axis, x.ndim)
            shape = [length if place in axes else 1 for place, length in enumerate(x.shape)]
            weights = weights.transpose(np.argsort(axes)).reshape(shape)
        weights = np.broadcast_to(weights, x.shape)
        products = widen(x) * widen(weights)
        divisor = np.sum(widen(weights), **keep)
        result = np.sum(products, **keep) / divisor
        slack = 4 * EPS * x.size * np.sum(np.abs(products), **keep) / np.abs(divisor)
        # Products and partial sums that leave float64 meet infinities of the other sign, or stay where the whole is finite.
        total = np.sum(np.where(np.isfinite(products), np.abs(products), 0), **keep)
        free = np.asarray(total > np.finfo(np.float64).max)
        return Expected(finish(result, array), wide=np.asarray(result), ulps=2, slack=slack, free=free)
    if kind(x.dtype) == "c":
        raise TypeError(f"{name} of complex numbers")
    if name in SHARES:
        return shares(name, x, keep["axis"])
    dtype = x.dtype if kind(x.dtype) == "f" else np.dtype(np.float64)
    wide = widen(x.astype(dtype))
    largest = np.max(wide, axis=keep["axis"], keepdims=True, initial=-np.inf)
    finite = np.where(np.isfinite(largest), largest, 0)
    total = np.log(np.sum(np.exp(wide - finite), axis=keep["axis"], keepdims=True)) + finite
    result = total if keep["keepdims"] else np.reshape(total, np.sum(wide, **keep).shape)
    # Exponentials are added eight at a time.
    count = x.size / max(1, result.size)
    slack = EPS * (64 + count / 8 + np.minimum(np.abs(np.reshape(finite, result.shape)), 1e4))
    return Expected(np.asarray(result.astype(np.float64).astype(dtype)), wide=np.asarray(result), ulps=4, slack=slack)


def shares(name, x, axis) -> Expected:
    """Exponentials as shares of their sum: differences from the greatest are rounded in the dtype, of halves in float32."""
    dtype = x.dtype if kind(x.dtype) == "f" else np.dtype(np.float64)
    wide = widen(x.astype(dtype))
    largest = np.max(wide, axis=axis, keepdims=True)
    count = x.size / max(1, largest.size)
    if name == "log_softmax":
        largest = np.where(np.isfinite(largest), largest, 0)
    below = wide - largest
    total = np.sum(np.exp(below), axis=axis, keepdims=True)
    eps = EPS if dtype == np.float64 else np.finfo(np.float32).eps
    distance = np.where(np.isfinite(below), np.abs(below), 0)
    if name == "softmax":
        result = np.exp(below) / total
        slack = (eps * (distance + 4) + EPS * (64 + count / 8)) * np.where(np.isfinite(result), result, 0)
    else:
        result = below - np.log(total)
        slack = eps * (distance + 4 * np.log(max(2, count))) + EPS * (64 + count / 8)
    return Expected(np.asarray(result.astype(np.float64).astype(dtype)), wide=np.asarray(result), ulps=4,
                    slack=np.broadcast_to(slack, result.shape))


def norm(order, x, keep) -> Expected:
    dtype = x.dtype if kind(x.dtype) in "fc" else np.dtype(np.float64)
    wide = np.abs(widen(x.astype(dtype)))
    result_dtype = {np.dtype("complex64"): np.dtype("float32"), np.dtype("complex128"): np.dtype("float64")}.get(dtype, dtype)
    count = max(1, x.size)
    if order == 0:
        result = np.sum(wide != 0, **keep).astype(np.longdouble)
    elif np.isinf(order):
        # NumPy 2.4: the largest of nothing is 0; the least of nothing is an error.
        result = np.max(wide, initial=0, **keep) if order > 0 else np.min(wide, **keep)
    else:
        result = np.sum(wide ** order, **keep) ** (1 / np.longdouble(order))
    largest = np.max(wide, initial=0, **keep)
    smallest = np.min(np.where(wide > 0, wide, np.inf), initial=np.inf, **keep)
    free = np.asarray((np.isfinite(largest) & (largest > 1e100)) | (smallest < 1e-100))
    slack = 8 * EPS * count * np.where(np.isfinite(result), result, 0)
    if kind(dtype) == "c":
        slack = slack + 4 * np.finfo(result_dtype).eps * np.where(np.isfinite(result), result, 0)
    array = np.asarray(np.asarray(result).astype(np.float64).astype(result_dtype))
    return Expected(array, wide=np.asarray(result), ulps=2, slack=slack, free=free)
