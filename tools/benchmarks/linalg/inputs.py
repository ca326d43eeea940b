"""Seeded matrices for linear algebra, written in blocks."""
import numpy as np

BLOCK_ROWS = 8192
FACTORS = 48


def gaussian(path, rows, columns, seed):
    random = np.random.default_rng(seed)
    out = np.lib.format.open_memmap(path, "w+", "float32", (rows, columns))
    for first in range(0, rows, BLOCK_ROWS):
        part = out[first:first + BLOCK_ROWS]
        part[...] = random.standard_normal(part.shape, dtype="float32")
    out.flush()


def factors(path, rows, columns, seed):
    """Features as people have them: means, different scales, and a few factors, each weaker than the one before, under noise."""
    random = np.random.default_rng(seed)
    strength = 4 * 0.88 ** np.arange(FACTORS)
    loadings = (np.linalg.qr(random.standard_normal((columns, min(FACTORS, columns))))[0] * strength[:columns]).T
    loadings = (loadings * np.sqrt(columns) / 8).astype("float32")
    means = (random.standard_normal(columns) * 2).astype("float32")
    out = np.lib.format.open_memmap(path, "w+", "float32", (rows, columns))
    for first in range(0, rows, BLOCK_ROWS):
        part = out[first:first + BLOCK_ROWS]
        np.matmul(random.standard_normal((len(part), len(loadings)), dtype="float32"), loadings, out=part)
        part += random.standard_normal(part.shape, dtype="float32") * np.float32(0.5)
        part += means
    out.flush()
