"""Distinct elements: exact, and by NumPy's stable sort, which says of equal elements (zeros, NaNs) that the first one counts."""
import numpy as np

from compare import Expected
from values import BFLOAT16

PARTS = ["values", "index", "inverse", "counts"]


def unique(step: dict, x: np.ndarray) -> Expected:
    is_short = x.dtype == BFLOAT16
    found = np.unique(x.astype(np.float32) if is_short else x, return_index=True, return_inverse=True, return_counts=True,
                      equal_nan=step["equal_nan"])
    array = np.asarray(found[PARTS.index(step["part"])])
    return Expected(array.astype(BFLOAT16) if is_short and step["part"] == "values" else array)
