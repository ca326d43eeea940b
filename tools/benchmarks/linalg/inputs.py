"""Seeded matrices for linear algebra, written in blocks."""
import numpy as np

from .. import data

FACTORS = 48


def gaussian(path, rows, columns, seed):
    random = np.random.default_rng(seed)
    data.write(path, "float32", (rows, columns), lambda _, count: random.standard_normal((count, columns), dtype="float32"))


def factors(path, rows, columns, seed):
    """Features as people have them: means, different scales, and a few factors, each weaker than the one before, under noise."""
    random = np.random.default_rng(seed)
    strength = 4 * 0.88 ** np.arange(FACTORS)
    loadings = (np.linalg.qr(random.standard_normal((columns, min(FACTORS, columns))))[0] * strength[:columns]).T
    loadings = (loadings * np.sqrt(columns) / 8).astype("float32")
    means = (random.standard_normal(columns) * 2).astype("float32")

    def block(_, count):
        part = random.standard_normal((count, len(loadings)), dtype="float32") @ loadings
        part += random.standard_normal(part.shape, dtype="float32") * np.float32(0.5)
        return part + means

    data.write(path, "float32", (rows, columns), block)
