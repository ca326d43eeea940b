"""Rows that a mask chooses, as one has them of a store that knows no masks: block by block."""
import numpy as np

BLOCK_ROWS = 4096


def masked(x, read, mask):
    """`read(first, last)` gives rows of a block; those without a chosen row are left out."""
    parts = [np.empty((0, *x.shape[1:]), "float32")]
    for first in range(0, x.shape[0], BLOCK_ROWS):
        own = mask[first:first + BLOCK_ROWS]
        if own.any():
            parts.append(read(first, first + len(own))[own])
    return np.concatenate(parts)
