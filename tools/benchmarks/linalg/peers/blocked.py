"""NumPy by hand within a memory: what an expert writes in an hour. OpenBLAS works on all cores; reading waits for it."""
import numpy as np


def open(path):
    return np.load(path, mmap_mode="r")


def matmul_square(a, b, path, memory):
    """Square tiles of the result, as large as half of the memory gives, the operands in panels of the other half."""
    (m, k), n = a.shape, b.shape[1]
    side = max(256, int(np.sqrt(memory / 2 / a.itemsize)) // 256 * 256)
    depth = max(256, memory // 4 // a.itemsize // (2 * side) // 256 * 256)
    out = np.lib.format.open_memmap(path, "w+", a.dtype, (m, n))
    for top in range(0, m, side):
        for left in range(0, n, side):
            tile = np.zeros((min(side, m - top), min(side, n - left)), a.dtype)
            for first in range(0, k, depth):
                panel = np.ascontiguousarray(b[first:first + depth, left:left + side])
                tile += np.ascontiguousarray(a[top:top + side, first:first + depth]) @ panel
            out[top:top + side, left:left + side] = tile


def matmul_tall(x, w, path, memory):
    out = np.lib.format.open_memmap(path, "w+", x.dtype, (len(x), w.shape[1]))
    w = np.array(w)
    for first, block in _blocks(x):
        np.matmul(block, w, out=out[first:first + len(block)])


def _blocks(x, size=16 << 20):
    height = max(1, size // (x.itemsize * x.shape[1]))
    return ((first, x[first:first + height]) for first in range(0, len(x), height))


def gram(x, memory):
    total = np.zeros((x.shape[1], x.shape[1]))
    for _, block in _blocks(x):
        total += block.T @ block
    return total


def cov(x, memory):
    """Deviations from the mean of the first block, whose own mean is taken off at the end: one pass, and sound."""
    pivot = x[:4096].mean(axis=0, dtype="f8").astype(x.dtype)
    total, sums = np.zeros((x.shape[1], x.shape[1])), np.zeros(x.shape[1])
    for _, block in _blocks(x):
        moved = block - pivot
        total += moved.T @ moved
        sums += moved.sum(axis=0, dtype="f8")
    return (total - np.outer(sums, sums) / len(x)) / (len(x) - 1)


def corr(x, memory):
    matrix = cov(x, memory)
    deviations = np.sqrt(np.diag(matrix))
    return matrix / deviations / deviations[:, None]


def pca(x, components, memory):
    variances, vectors = np.linalg.eigh(cov(x, memory))
    return vectors[:, ::-1][:, :components].T, variances[::-1][:components]
