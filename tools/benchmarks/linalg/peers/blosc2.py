"""Blosc2's own products of its files, on all cores, with the chunks that it chooses itself."""
import os

import blosc2
import numpy as np

THREADS = os.cpu_count() or 1


def convert(source, path):
    """The `.b2nd` file of a `.npy`: not compressed, as Gaussian numbers do not compress."""
    values = np.load(source, mmap_mode="r")
    blosc2.asarray(np.asarray(values), urlpath=str(path), mode="w", cparams=_parameters())


def _parameters():
    return blosc2.CParams(codec=blosc2.Codec.LZ4, clevel=0, nthreads=THREADS)


def open(path):
    return blosc2.open(path, mode="r", dparams=blosc2.DParams(nthreads=THREADS))


def _matmul(a, b, path, memory):
    blosc2.matmul(a, b, urlpath=path, mode="w", cparams=_parameters())


matmul_square = matmul_tall = _matmul
