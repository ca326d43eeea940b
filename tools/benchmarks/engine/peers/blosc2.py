"""Blosc2's own reductions and lazy expressions over its LZ4 files, on all cores."""
import blosc2
import numpy as np

import benchmarks.peer_blosc2 as stores

from .formulas import TEXTS
from .masked import masked

BLOCK_ROWS = 4096


def open(path, form):
    return stores.open(path)


def _statistics(x, axis):
    return [x.mean(axis=axis), x.std(axis=axis), x.min(axis=axis), x.max(axis=axis)]


def columns(x):
    return _statistics(x, 0)


def rows(x):
    return _statistics(x, 1)


def overall(x):
    return _statistics(x, None)


def columns_sum(x):
    return [x.sum(axis=0)]


def masked_rows(x, mask):
    return masked(x, lambda first, last: x[first:last], mask)


def _lazy(arrays, formula):
    return blosc2.lazyexpr(TEXTS[formula], dict(zip("abcd", arrays)))


def expression(arrays, formula):
    return [np.asarray(_lazy(arrays, formula).sum(dtype=np.float64))[()]]


def expression_stored(arrays, formula, path):
    # Slice by slice: python-blosc2 4.14.1 aborts ("double free") when it computes the whole of such an expression.
    lazy, shape = _lazy(arrays, formula), arrays[0].shape
    parameters = blosc2.CParams(codec=blosc2.Codec.LZ4, clevel=0, nthreads=stores.THREADS)
    out = blosc2.empty(shape, arrays[0].dtype, urlpath=path, mode="w", chunks=arrays[0].chunks, cparams=parameters)
    for first in range(0, shape[0], BLOCK_ROWS):
        out[first:first + BLOCK_ROWS] = lazy[first:min(first + BLOCK_ROWS, shape[0])]
