"""Looks at every answer: references in float64 by NumPy, and the errors against them.

Of a product's elements errors are relative to the norms of the row and the column: of some rows and columns each element,
of the whole its product with a random vector (Freivalds 1979). Of Gram matrices and covariances they are relative to the
norms of both columns. Of PCA it is the sine of the largest angle between the subspaces.
"""
import numpy as np

from ..measure import Failed

BLOCK_ROWS = 8192
# float32 sums of random signs; who answers in float64 is far below.
STRICT, PCA = 2e-5, 0.3


class Product:
    """A product of two files: what its answer must be where that is looked at."""

    def __init__(self, a, b, seed):
        self.a, self.b = (np.load(path, mmap_mode="r") for path in (a, b))
        random = np.random.default_rng(seed)
        m, n = self.a.shape[0], self.b.shape[1]
        self.rows, self.columns = (np.sort(random.choice(length, min(length, 48), False)) for length in (m, n))
        left, right = self.a[self.rows].astype("f8"), np.array(self.b[:, self.columns], "f8")
        self.exact = left @ right
        self.scale = np.outer(np.linalg.norm(left, axis=1), np.linalg.norm(right, axis=0))
        self.vector = random.standard_normal(n)
        inner = np.concatenate([part @ self.vector for part in _blocks(self.b)])
        self.image = np.concatenate([part @ inner for part in _blocks(self.a)])

    def error(self, path):
        got = _open(path)
        if got.shape != (self.a.shape[0], self.b.shape[1]):
            raise Failed(f"wrong answer: shape {got.shape}")
        some = np.abs(np.asarray(got[self.rows], "f8")[:, self.columns] - self.exact) / self.scale
        image = np.concatenate([part @ self.vector for part in _blocks(got)])
        whole = np.abs(image - self.image) / np.sqrt(np.mean(self.image**2))
        return _within(max(np.max(some), np.max(whole) / 10), STRICT)


class Symmetric:
    """Gram matrix, covariance, correlation and principal components of a file, in float64 and two passes."""

    def __init__(self, path):
        x = np.load(path, mmap_mode="r")
        mean = sum(part.sum(0) for part in _blocks(x)) / len(x)
        self.mean, self.count = mean, len(x)
        self.scatter = sum((part - mean).T @ (part - mean) for part in _blocks(x))

    def of(self, job):
        if job == "gram":
            return self.scatter + self.count * np.outer(self.mean, self.mean)
        covariance = self.scatter / (self.count - 1)
        if job == "cov":
            return covariance
        deviations = np.sqrt(np.diag(covariance))
        return covariance / np.outer(deviations, deviations)

    def error(self, job, path):
        expected, got = self.of(job), np.load(path)
        if got.shape != expected.shape:
            raise Failed(f"wrong answer: shape {got.shape}, expected {expected.shape}")
        scale = np.sqrt(np.diag(expected))
        return _within(np.max(np.abs(got - expected) / np.outer(scale, scale)), STRICT)

    def components_error(self, path, components):
        values, vectors = np.linalg.eigh(self.of("cov"))
        known = vectors[:, ::-1][:, :components]
        with np.load(path) as answer:
            got = answer["components"].astype("f8")
            variances = answer["explained_variance"].astype("f8")
        if got.shape != known.T.shape:
            raise Failed(f"wrong answer: shape {got.shape}, expected {known.T.shape}")
        _within(np.max(np.abs(variances - values[::-1][:components])) / values[-1], 1e-2)
        away = got.T - known @ (known.T @ got.T)
        return _within(np.linalg.norm(away, 2), PCA)


def _open(path):
    if path.suffix == ".npy":
        return np.load(path, mmap_mode="r")
    from .peers import blosc2

    return blosc2.open(str(path))[...]


def _blocks(x):
    return (np.asarray(x[first:first + BLOCK_ROWS], "f8") for first in range(0, len(x), BLOCK_ROWS))


def _within(error, tolerance):
    # NaN is no answer here.
    if not error <= tolerance:
        raise Failed(f"wrong answer: an error of {error:.1e}, at most {tolerance:.0e} is allowed")
    return float(error)
