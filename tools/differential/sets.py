"""Distinct elements: exact, and by NumPy's stable sort, which says of equal elements (zeros, NaNs) that the first one counts."""
import numpy as np

from compare import Expected
from values import BFLOAT16, kind

PARTS = ["values", "index", "inverse", "counts"]
SETS = ["union1d", "intersect1d", "setdiff1d", "setxor1d"]
LOOKUPS = ["isin", "searchsorted", "digitize"]


def unique(step: dict, x: np.ndarray) -> Expected:
    is_short = x.dtype == BFLOAT16
    found = np.unique(x.astype(np.float32) if is_short else x, return_index=True, return_inverse=True, return_counts=True,
                      equal_nan=step["equal_nan"], axis=step.get("axis"))
    array = np.asarray(found[PARTS.index(step["part"])])
    return Expected(array.astype(BFLOAT16) if is_short and step["part"] == "values" else array)


def combined(step: dict, a: np.ndarray, b: np.ndarray) -> Expected:
    """Two sets; which of two zeros stands for both is not said."""
    array = np.asarray(getattr(np, step["op"])(a, b))
    return Expected(array, zero_sign_is_free=kind(array.dtype) in "fc")


def lookup(step: dict, a: np.ndarray, b: np.ndarray) -> Expected:
    """The list is the second operand, but of searchsorted."""
    match step["op"]:
        case "searchsorted": return Expected(np.asarray(np.searchsorted(a, b, side=step["side"])))
        case "digitize": return Expected(np.asarray(np.digitize(a, b, right=step["right"])))
    if {a.dtype.name, b.dtype.name} == {"int64", "uint64"}:
        # Now as float64 and now as the numbers they are; they are told apart as Python's.
        known = set(b.ravel().tolist())
        found = np.array([value in known for value in a.ravel().tolist()], bool).reshape(a.shape)
        return Expected(np.asarray(found != step["invert"]))
    # Brought together first: otherwise distinct integers that are one float would find one another.
    common = np.result_type(a, b)
    return Expected(np.asarray(np.isin(a.astype(common), b.astype(common), invert=step["invert"])))
