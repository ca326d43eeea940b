"""NumPy on a memmap, as one writes it first."""
import numpy as np

from . import formulas


def open(path, form):
    if form.startswith("npz"):
        archive, _, name = path.rpartition("/")
        return np.load(archive)[name]
    return np.load(path, mmap_mode="r")


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


def columns_median(x):
    return [np.median(x, axis=0)]


def overall_median(x):
    return [np.median(x)]


def columns_nan(x):
    return [np.nanmean(x, axis=0), np.nanstd(x, axis=0), np.nanmin(x, axis=0), np.nanmax(x, axis=0)]


def columns_argmax(x):
    return [x.argmax(axis=0)]


def histogram(x):
    count, least, greatest = formulas.HISTOGRAM
    return [np.histogram(x, count, (least, greatest))[0]]


def unique_counts(x):
    return np.unique(x, return_counts=True)


unique_codes = unique_counts


def unique_gaussian(x):
    return formulas.sample(np.unique(x))


def masked_rows(x, mask):
    return x[mask]


def expression(arrays, formula):
    return [formulas.compute(formula, *arrays).sum(dtype="float64")]


def expression_stored(arrays, formula, path):
    np.save(path, formulas.compute(formula, *arrays))


def normalize(x, path, form):
    # In float64 where it matters: the float32 mean of a column is too far off to be an answer.
    np.save(path, (x - x.mean(axis=0, dtype="float64").astype("float32")) / x.std(axis=0, dtype="float64").astype("float32"))
