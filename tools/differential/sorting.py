"""Order along an axis: exact. Of equal elements the first comes first, as in NumPy's stable sort."""
import numpy as np

from compare import Expected
from values import BFLOAT16, kind

SORTS = ["sort", "argsort"]


def sort(step: dict, x: np.ndarray) -> Expected:
    is_short = x.dtype == BFLOAT16
    found = np.asarray(getattr(np, step["op"])(x.astype(np.float32) if is_short else x, axis=step["axis"], kind="stable"))
    # Zeros are equal, whatever their sign.
    return Expected(found.astype(BFLOAT16) if is_short and step["op"] == "sort" else found,
                    zero_sign_is_free=kind(found.dtype) in "fc")


def take_along(step: dict, x: np.ndarray, computed=None) -> np.ndarray:
    """By a list of positions, or by computed ones."""
    indices = np.array(step["indices"], np.int64).reshape(step["indices_shape"]) if computed is None else computed
    return np.take_along_axis(x, indices, axis=step["axis"])


def put_along(step: dict, x: np.ndarray, values: np.ndarray) -> np.ndarray:
    indices = np.array(step["indices"], np.int64).reshape(step["indices_shape"])
    array = x.copy()
    np.put_along_axis(array, indices, values, axis=step["axis"])
    return array
