"""NumPy on memmaps, as one writes it first: OpenBLAS reads and writes the mapped pages."""
import numpy as np


def open(path):
    return np.load(path, mmap_mode="r")


def _matmul(a, b, path, memory):
    np.matmul(a, b, out=np.lib.format.open_memmap(path, "w+", a.dtype, (a.shape[0], b.shape[1])))


matmul_square = matmul_tall = _matmul


def gram(x, memory):
    return x.T @ x


def cov(x, memory):
    return np.cov(x, rowvar=False)


def corr(x, memory):
    return np.corrcoef(x, rowvar=False)
