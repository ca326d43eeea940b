"""Blosc2's own reductions and lazy expressions over its LZ4 files, on all cores."""
import blosc2
import numpy as np

import benchmarks.peer_blosc2 as stores

from .formulas import TEXTS


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


def _lazy(arrays, formula):
    return blosc2.lazyexpr(TEXTS[formula], dict(zip("abcd", arrays)))


def expression(arrays, formula):
    return [np.asarray(_lazy(arrays, formula).sum(dtype=np.float64))[()]]


def expression_stored(arrays, formula, path):
    parameters = blosc2.CParams(codec=blosc2.Codec.LZ4, clevel=0, nthreads=stores.THREADS)
    _lazy(arrays, formula).compute(urlpath=path, mode="w", cparams=parameters)
