"""What OpenBLAS does with operands and result in memory, NumPy's own copy of it or the system's: the limit."""
import ctypes
import ctypes.util
import functools

import numpy as np

from ..competitors import thread_count

ROW_MAJOR, PLAIN, TRANSPOSED, UPPER = 101, 111, 112, 121
library = "numpy"


def use(variant):
    global library
    library = variant


def prepare(path):
    """In memory, and touched; the library is loaded."""
    if library == "system":
        _system()
    return np.array(np.load(path, mmap_mode="r"))


@functools.cache
def _system():
    found = ctypes.CDLL(ctypes.util.find_library("openblas") or "libopenblas.so.0")
    found.openblas_set_num_threads(thread_count())
    return found


def _pointer(array):
    return array.ctypes.data_as(ctypes.c_void_p)


def _matmul(a, b, path, memory):
    (m, k), n = a.shape, b.shape[1]
    out = np.empty((m, n), a.dtype)
    if library == "numpy":
        return np.matmul(a, b, out=out)
    one, zero = ctypes.c_float(1), ctypes.c_float(0)
    _system().cblas_sgemm(
        ROW_MAJOR, PLAIN, PLAIN, m, n, k, one, _pointer(a), k, _pointer(b), n, zero, _pointer(out), n)
    return out


matmul_square = matmul_tall = _matmul


def gram(x, memory):
    if library == "numpy":
        return x.T @ x
    rows, columns = x.shape
    out = np.zeros((columns, columns), x.dtype)
    one, zero = ctypes.c_float(1), ctypes.c_float(0)
    _system().cblas_ssyrk(
        ROW_MAJOR, UPPER, TRANSPOSED, columns, rows, one, _pointer(x), columns, zero, _pointer(out), columns)
    return np.triu(out) + np.triu(out, 1).T


# The product of the matrix with itself is the work that is no less for covariances.
cov = corr = gram


def finish(result, path):
    np.save(path, result)
