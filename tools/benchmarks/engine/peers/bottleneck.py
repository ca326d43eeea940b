"""bottleneck on a memmap."""
import bottleneck as bn
import numpy as np


def open(path, form):
    return np.load(path, mmap_mode="r")


def _statistics(x, axis):
    return [bn.nanmean(x, axis=axis), bn.nanstd(x, axis=axis), bn.nanmin(x, axis=axis), bn.nanmax(x, axis=axis)]


def columns(x):
    return _statistics(x, 0)


# They always leave NaNs out.
columns_nan = columns


def columns_argmax(x):
    return [bn.nanargmax(x, axis=0)]


def rows(x):
    return _statistics(x, 1)


def overall(x):
    return _statistics(x, None)


def columns_sum(x):
    return [bn.nansum(x, axis=0)]


def columns_median(x):
    return [bn.median(x, axis=0)]


def overall_median(x):
    return [bn.median(x)]
