"""numexpr on all cores. Its own reductions run on one core, so sums are NumPy's, of blocks that it evaluated."""
import os

import numexpr
import numpy as np

from .formulas import TEXTS

BLOCK_ROWS = 4096


def open(path, form):
    numexpr.set_num_threads(os.cpu_count() or 1)
    return np.load(path, mmap_mode="r")


def _evaluate(arrays, formula, out):
    # Without a decimal point 1 is an int32, and int32 with float32 makes float64.
    text = TEXTS[formula].replace("+ 1)", "+ one)")
    numexpr.evaluate(text, {**dict(zip("abcd", arrays)), "one": np.float32(1)}, out=out, casting="same_kind")
    return out


def expression(arrays, formula):
    total, height = 0.0, min(BLOCK_ROWS, len(arrays[0]))
    out = np.empty((height, *arrays[0].shape[1:]), arrays[0].dtype)
    for first in range(0, len(arrays[0]), height):
        part = [x[first:first + height] for x in arrays]
        total += _evaluate(part, formula, out[:len(part[0])]).sum(dtype="float64")
    return [total]


def expression_stored(arrays, formula, path):
    out = np.lib.format.open_memmap(path, "w+", arrays[0].dtype, arrays[0].shape)
    _evaluate(arrays, formula, out)
