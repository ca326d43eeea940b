"""scikit-learn's incremental estimators, fed block by block."""
import numpy as np
from sklearn import config_context
from sklearn.preprocessing import MinMaxScaler, StandardScaler

BLOCK_ROWS = 4096


def open(path, form):
    return np.load(path, mmap_mode="r")


def _blocks(x):
    return ((first, np.asarray(x[first:first + BLOCK_ROWS])) for first in range(0, len(x), BLOCK_ROWS))


def columns(x):
    standard, extremes = StandardScaler(), MinMaxScaler()
    with config_context(assume_finite=True):
        for _, block in _blocks(x):
            standard.partial_fit(block)
            extremes.partial_fit(block)
    return [standard.mean_, np.sqrt(standard.var_), extremes.data_min_, extremes.data_max_]


def normalize(x, path, form):
    scaler = StandardScaler()
    out = np.lib.format.open_memmap(path, "w+", x.dtype, x.shape)
    with config_context(assume_finite=True):
        for _, block in _blocks(x):
            scaler.partial_fit(block)
        for first, block in _blocks(x):
            out[first:first + len(block)] = scaler.transform(block)
