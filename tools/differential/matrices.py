"""What the parts of linear_algebra.py share."""
import numpy as np


#: What matrices are made of, float64 twice as often as the others.
DTYPES = ["float64", "float64", "float32", "complex128", "complex64", "int32", "bool"]


class Wrong(Exception):
    """What is wrong with an answer."""


def adjoint(x): return np.swapaxes(x, -1, -2).conj()
def wide(arrays): return [np.asarray(a, np.complex128 if a.dtype.kind == "c" else np.float64) for a in arrays]
def eps(a): return float(np.finfo(a.dtype).eps) if a.dtype.kind in "fc" else float(np.finfo(float).eps)
def long(a): return np.asarray(a).astype(np.clongdouble if a.dtype.kind == "c" else np.longdouble)
