"""Random matrices of many rows against NumPy, and pairs of rows against plain differences: a part of linear_algebra.py.

References are computed in long doubles. Bounds are relative to the norms of the columns, or of the matrix.
"""
import numpy as np

from matrices import DTYPES, Wrong, adjoint, eps, long, wide

#: Sums of products are added up in blocks: their errors stay below this many roundings of the norms' product.
ROUNDINGS = 64
REAL = [name for name in DTYPES if "complex" not in name]


class Tall:
    def streaming(self):
        checks = [self.gram, self.covariance, self.covariance, self.correlation, self.tall_qr, self.leading_svd, self.pca,
                  self.similarity, self.distances, self.nearest]
        self.turns = True
        checks[self.rng.integers(len(checks))]()

    def table(self, rows, columns, dtypes=DTYPES) -> np.ndarray:
        """Columns of several sizes and means, now and then a constant one."""
        rng = self.rng
        dtype = np.dtype(dtypes[rng.integers(len(dtypes))])
        x = rng.standard_normal((rows, columns)) * 3 if dtype.kind != "b" else rng.random((rows, columns)) < 0.5
        if dtype.kind == "c": x = x + 2j * rng.standard_normal(x.shape)
        if dtype.kind in "fc": x = x * 10.0 ** rng.uniform(-3, 3, columns) + rng.choice([0, 5, -80])
        if columns and rng.random() < 0.3: x[:, rng.integers(columns)] = rng.choice([0.1, 0.7, 98.6])
        return x.astype(dtype)

    def size(self, largest=9) -> tuple[int, int]:
        rows = int(np.exp(self.rng.uniform(0, 7.5))) - (self.rng.random() < 0.04)
        return rows, self.length(largest)

    # Products of columns

    def gram(self):
        x = self.table(*self.size())
        result = x.dtype if x.dtype.kind in "fc" else np.dtype(float)
        chosen = {}
        if self.rng.random() < 0.3:
            chosen["dtype"] = "complex128" if x.dtype.kind == "c" else "float64"
            result = np.dtype(chosen["dtype"])
        self.compare("gram", [x], lambda a: adjoint(a) @ a, ROUNDINGS, result=result, **chosen)

    def variables(self):
        """What cov and corrcoef take: arrays, parameters, and the variables as columns."""
        rng = self.rng
        rows, columns = self.size()
        x = self.table(rows, columns)
        rowvar = bool(rng.random() < 0.5)
        arrays, parameters = [np.ascontiguousarray(x.T) if rowvar else x], {"rowvar": rowvar}
        if rng.random() < 0.1: arrays, x = [x[:, 0] if columns else x.ravel()], x[:, :1] if columns else x.reshape(-1, 1)
        elif columns and rng.random() < 0.25:
            y = self.table(rows, 1 + self.length(3))
            # NumPy takes one row for one variable in any case.
            is_row = rowvar or y.shape[1] == 1 and rng.random() < 0.5
            arrays.append(np.ascontiguousarray(y.T) if is_row else y)
            parameters["y"] = 1
            x = np.concatenate([x, y], axis=1)
        return arrays, parameters, x

    @staticmethod
    def scatter(x, weights):
        """Σ w conj(dx) dy of all columns in long doubles, and the columns' norms; exactly 0 of constant columns."""
        x = long(x)
        total = weights.sum()
        mean = (weights[:, None] * x).sum(axis=0) / total if total else np.zeros(x.shape[1])
        deviations = np.where((x == x[:1]).all(axis=0), 0, x - mean) if len(x) else x
        products = (weights[:, None] * deviations).T @ deviations.conj()
        return products, np.sqrt(np.abs(np.diagonal(products)))

    def covariance(self):
        rng = self.rng
        arrays, parameters, x = self.variables()
        given = {"bias": bool(rng.random() < 0.3)}
        if rng.random() < 0.3: given["ddof"] = int(rng.integers(0, 4))
        weights, own = np.ones(len(x), np.longdouble), {}
        for name in ("fweights", "aweights"):
            # NumPy divides by the sum of the weights, and raises for 0.
            if len(x) == 0 or rng.random() < 0.7: continue
            own[name] = rng.integers(1, 5, len(x)) if name == "fweights" else rng.uniform(0.1, 2, len(x))
            weights = weights * own[name]
            parameters[name] = len(arrays)
            arrays.append(own[name])
        numbers = [arrays[0], arrays[1] if "y" in parameters else None]
        answer = self.both("cov", arrays, [""], lambda: np.cov(*numbers, rowvar=parameters["rowvar"], **given, **own),
                           **parameters, **given)
        if answer is None: return
        (mine,), (theirs,) = answer
        if mine.size == 0: return
        products, norms = self.scatter(x, weights)
        ddof = given.get("ddof", 0 if given["bias"] else 1)
        squares = (weights * own.get("aweights", 1)).sum()
        lost = ddof * squares / weights.sum() if "aweights" in own else ddof
        divisor = max(weights.sum() - lost, 0)
        # Weights make products in float64.
        unit = eps(np.zeros(0)) if own else eps(x)
        if divisor == 0:
            if np.isfinite(mine).any(): raise Wrong(f"{mine.tolist()}, NumPy's {theirs.tolist()}")
            return
        # What rounding alone keeps from 0 may be anything.
        if divisor < 1e-9 * weights.sum(): return
        want, bound = (np.asarray(value / divisor).reshape(mine.shape) for value in (products, norms[:, None] * norms))
        self.near("cov", mine, want, ROUNDINGS * 2 * unit * bound + 1e-30 * np.abs(x).max(initial=0) ** 2)

    def correlation(self):
        arrays, parameters, x = self.variables()
        # Of one variable NumPy divides the variance by itself.
        answer = self.both("corrcoef", arrays, [""], lambda: np.corrcoef(*arrays, rowvar=parameters["rowvar"]), **parameters)
        if answer is None: return
        (mine,), _ = answer
        if mine.size == 0: return
        products, norms = self.scatter(x, np.ones(len(x), np.longdouble))
        with np.errstate(all="ignore"):
            want = (products / (norms[:, None] * norms)).reshape(mine.shape)
        self.near("corrcoef", mine, want, ROUNDINGS * 4 * eps(x))

    # Decompositions

    def full(self, least=1) -> np.ndarray:
        """A matrix of independent columns, or nearly always one."""
        columns = 1 + self.length(12)
        rows = columns + least + self.length(400)
        dtype = np.dtype(DTYPES[self.rng.integers(len(DTYPES))])
        if dtype.kind == "b": return self.rng.random((rows, columns)) < 0.5
        x = self.rng.standard_normal((rows, columns)) * 3
        if dtype.kind == "c": x = x + 3j * self.rng.standard_normal(x.shape)
        return x.astype(dtype)

    def tall_qr(self):
        a = self.full()
        if not np.linalg.cond(wide([a])[0]) < 1e10: return
        answer = self.both("tall_qr", [a], ["Q", "R"], lambda: np.linalg.qr(a))
        if answer is None: return
        q, r = wide(answer[0])
        if (np.tril(r, -1) != 0).any(): raise Wrong("R is not triangular")
        self.product("Q R", q @ r, a, a)
        self.orthogonal(q, a)

    def leading_svd(self):
        a = self.full()
        if self.rng.random() < 0.4: a = np.ascontiguousarray(a.T)
        count = int(self.rng.integers(1, min(a.shape) + 1))

        def numpy():
            u, s, vh = np.linalg.svd(a, full_matrices=False)
            return u[:, :count], s[:count], vh[:count]

        answer = self.both("leading_svd", [a], ["U", "S", "Vh"], numpy, count=count)
        if answer is None: return
        (u, s, vh), values = wide(answer[0]), wide(answer[1])[1]
        self.near("S", s, values, 20 * max(a.shape) * eps(a) * values[0])
        self.orthogonal(vh, a, rows=True)
        if s[-1] > 1e-6 * s[0]: self.near("A Vh^H", wide([a])[0] @ adjoint(vh), u * s, 20 * max(a.shape) * eps(a) * values[0])
        # A left vector loses what its value is smaller than the greatest.
        with np.errstate(all="ignore"):
            bound = 20 * max(a.shape) * eps(a) * s[0] / s
        self.near("U", adjoint(u) @ u, np.eye(count), np.maximum(bound[:, None], bound))

    def pca(self):
        columns = 1 + self.length(40)
        a = self.table(2 + self.length(400), columns, REAL)
        count = int(self.rng.integers(1, min(a.shape) + 1))
        result = a.dtype if a.dtype.kind == "f" else np.dtype(float)
        mean = long(a).mean(axis=0)
        centred = np.where((a == a[:1]).all(axis=0), 0, long(a) - mean).astype(float)
        singular = np.linalg.svd(centred, compute_uv=False)
        if singular[0] == 0: return
        variances = singular ** 2 / (len(a) - 1)
        parts = ["mean", "singular_values", "explained_variance", "explained_variance_ratio", "components", "transform",
                 "inverse_transform"]
        want = [mean, singular[:count], variances[:count], (variances / variances.sum())[:count], np.zeros((count, columns)),
                np.zeros((len(a), count)), np.zeros(a.shape)]
        answer = self.both("pca", [a], parts, lambda: [part.astype(result) for part in want], count=count)
        if answer is None: return
        got = dict(zip(parts, wide(answer[0])))
        # float32 may be multiplied in float32, which leaves the variances that are wanted three digits or more.
        unit = 20 * (max(a.shape) + 8) * eps(a)
        size = np.abs(wide([a])[0]).max()
        self.near("mean", got["mean"], mean, unit * size)
        self.near("singular values", got["singular_values"] ** 2, want[1] ** 2, unit * singular[0] ** 2)
        self.near("variances", got["explained_variance"], want[2], unit * variances[0])
        # The whole may be the columns' own variances, which lose what their deviations are smaller than their means.
        lost = 64 * np.finfo(float).eps * size * len(a) ** 0.5 / singular[0]
        self.near("ratios", got["explained_variance_ratio"], want[3], unit + lost)
        self.orthogonal(got["components"], a, rows=True)
        # Only the leading components, in order, have scores of those lengths.
        self.near("lengths of scores", ((centred @ got["components"].T) ** 2).sum(axis=0), want[1] ** 2, unit * singular[0] ** 2)
        scores = (wide([a])[0] - got["mean"]) @ got["components"].T
        self.near("transform", got["transform"], scores, unit * columns * size)
        back = got["transform"] @ got["components"] + got["mean"]
        self.near("inverse transform", got["inverse_transform"], back, unit * columns * size)

    # Pairs of rows

    def rows(self, least=0):
        """Two matrices of rows of one length, some of them in common, some of zeros."""
        rng = self.rng
        width = self.length(40)
        a, b = (self.table(max(least, self.length(40)), width, REAL) for _ in range(2))
        if rng.random() < 0.6: b = b.astype(a.dtype)
        if len(a) and len(b) and a.dtype == b.dtype: b[0] = a[-1]
        if len(a) and rng.random() < 0.3: a[0] = 0
        return a, b

    @staticmethod
    def result(a, b): return np.dtype("float32" if a.dtype == b.dtype == np.float32 else "float64")

    @staticmethod
    def cosines(a, b):
        norms = [np.sqrt((long(rows) ** 2).sum(axis=1)) for rows in (a, b)]
        first, second = (long(rows) / np.where(own == 0, 1, own)[:, None] for rows, own in zip((a, b), norms))
        return first @ second.T

    @staticmethod
    def differences(a, b): return np.sqrt(((long(a)[:, None] - long(b)) ** 2).sum(axis=2))

    def similarity(self):
        a, b = self.rows()
        result, want = self.result(a, b), self.cosines(a, b)
        answer = self.both("cosine_similarity", [a, b], [""], lambda: want.astype(result))
        self.near("cosine", answer[0][0], want, 2 * (a.shape[1] + 4) * float(np.finfo(result).eps))
        if (np.abs(answer[0][0]) > 1).any(): raise Wrong("a cosine beyond 1")

    def distances(self):
        a, b = self.rows()
        result, want = self.result(a, b), self.differences(a, b)
        answer = self.both("euclidean_distances", [a, b], [""], lambda: want.astype(result))
        # See DistanceDriver: 4.4e-8 at worst for rows of 1000.
        relative = 2.4e-7 if result == np.float32 else (a.shape[1] + 1) * 4.4e-11
        self.near("distance", answer[0][0], want, relative * want)

    def nearest(self):
        a, b = self.rows(least=1)
        count = int(self.rng.integers(1, len(a) + 1))
        metric = str(self.rng.choice(["euclidean", "cosine"]))
        result = self.result(a, b)
        all = (self.differences(a, b) if metric == "euclidean" else 1 - self.cosines(a, b)).T
        order = np.argsort(all, axis=1, kind="stable")[:, :count]
        want = np.take_along_axis(all, order, axis=1)
        answer = self.both("nearest_rows", [a, b], ["indices", "distances"],
                           lambda: (order.astype(np.int64), want.astype(result)), count=count, metric=metric)
        indices, found = answer[0]
        # Rows of distances that rounding cannot tell apart may come in another order.
        bound = (a.shape[1] + 8) * float(np.finfo(result).eps) * want + (1e-14 if metric == "cosine" else 0)
        self.near("distances", found, want, bound)
        self.near("distances of the rows named", np.take_along_axis(all, indices, axis=1), want, bound)
        if any(len(set(row)) < count for row in indices.tolist()): raise Wrong("a row named twice")
