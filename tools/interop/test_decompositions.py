"""`pca`, `svd` and `lstsq` against NumPy and scikit-learn: values, signs, ranks, ill-conditioned matrices, errors."""
import json
import os
import warnings

import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression, Ridge

from support import SEED, TesseraCase

PCA_KEYS = ["mean", "components", "singular_values", "explained_variance", "explained_variance_ratio"]
LSTSQ_KEYS = ["coefficients", "intercept", "residuals", "rank"]


def decaying(random, rows, columns, ratio=0.6):
    """A matrix of known singular values, far enough apart that their vectors are well determined."""
    rank = min(rows, columns)
    u, v = (np.linalg.qr(random.normal(size=(n, rank)))[0] for n in (rows, columns))
    return u * (100 * ratio ** np.arange(rank)) @ v.T


class Case(TesseraCase):
    def archive(self, command, x, *options):
        sources = [self.save(name, each) for name, each in zip(("x.npy", "y.npy"), x if isinstance(x, tuple) else (x,))]
        self.ok(command, *sources, "-o", self.path("p.npz"), "--overwrite", *options)
        with np.load(self.path("p.npz")) as members:
            return {name: members[name] for name in members.files}

    def same_bits(self, command, x, *options):
        kept = self.archive(command, x, *options)
        for changed in (["--threads", 1], ["--threads", 2, "--memory", "64MiB"], ["--threads", 3]):
            got = self.archive(command, x, *options, *changed)
            self.assertEqual(list(got), list(kept))
            for name in kept:
                with self.subTest(f"{command} {name} {changed} seed {SEED}"):
                    self.assertSame(got[name], kept[name])

    def refuses(self, command, sources, table):
        held = sorted(os.listdir(self.folder))
        for options, code, names in table:
            with self.subTest(f"{command} {' '.join(map(os.path.basename, options))}"):
                self.fails(command, *sources, *options, code=code, names=names)
                self.assertOnlyHolds(*held)
        self.assertIn(f"tessera {command} ", self.ok(command, "--help").out)

    def refuses_what_is_not_finite(self, command, x, *options):
        """An error of one line: NumPy raises LinAlgError or gives NaN, scikit-learn raises ValueError."""
        for value in (np.nan, np.inf, -np.inf):
            with self.subTest(f"{command} {value}"):
                y = x.copy()
                y[len(x) // 2, 1] = value
                sources = [self.save("x.npy", y)] + ([self.save("y.npy", x[:, 0])] if command == "lstsq" else [])
                self.fails(command, *sources, "-o", self.path("bad.npz"), *options, names=["finite", "NaN", "inf"])
                self.assertFalse(os.path.exists(self.path("bad.npz")))


class PrincipalComponents(Case):
    def assertPCA(self, got, x, k, rtol):
        self.assertLessEqual(set(PCA_KEYS), set(got))
        fitted = PCA(k, svd_solver="full").fit(x.astype("f8"))
        scale = fitted.singular_values_[0]
        np.testing.assert_allclose(got["mean"], fitted.mean_, rtol=rtol, atol=rtol * np.abs(x).max())
        np.testing.assert_allclose(got["singular_values"], fitted.singular_values_, rtol=rtol, atol=rtol * scale)
        variance = fitted.explained_variance_
        np.testing.assert_allclose(got["explained_variance"], variance, rtol=rtol, atol=rtol * variance[0])
        np.testing.assert_allclose(got["explained_variance_ratio"], fitted.explained_variance_ratio_, rtol=rtol, atol=rtol)
        self.assertEqual(got["components"].shape, fitted.components_.shape)
        components = got["components"].astype("f8")
        self.assertLess(np.abs(components @ components.T - np.eye(k)).max(), 8 * k * rtol)
        return fitted

    def test_random_shapes(self):
        random = self.random("pca")
        for case, (rows, columns, k, dtype) in enumerate([
            (300, 20, 5, "float64"), (300, 20, 20, "float64"), (40, 12, 3, "float32"), (1000, 7, 1, "float32"),
            (25, 60, 6, "float64"), (5, 3, 3, "float64"), (2, 2, 1, "float64"), (700, 97, 16, "float32"), (400, 11, 4, "int32"),
        ]):
            with self.subTest(f"case {case} of seed {SEED}: {rows, columns, k, dtype}"):
                x = (decaying(random, rows, columns) * (50 if dtype == "int32" else 1) + random.normal(size=columns) * 3).astype(dtype)
                got = self.archive("pca", x, "-k", k)
                rtol = 2e-5 if dtype == "float32" else 1e-10
                fitted = self.assertPCA(got, x, k, rtol)
                # Vectors turn by the error over the gap to their neighbours; beyond a few the gaps are rounding's.
                clear = fitted.singular_values_ > 1e-3 * fitted.singular_values_[0]
                np.testing.assert_allclose(
                    got["components"][clear], fitted.components_[clear], atol=2e-2 if dtype == "float32" else 1e-6)

    def test_signs_are_scikit_learns(self):
        """The largest entry of each component is positive."""
        x = self.random("signs").normal(size=(500, 9)) * np.arange(1, 10)
        components = self.archive("pca", x, "-k", 9)["components"]
        largest = np.abs(components).argmax(1)
        self.assertTrue((components[np.arange(9), largest] > 0).all())
        other = self.archive("pca", -x, "-k", 9)["components"]
        np.testing.assert_allclose(other, components, atol=1e-9)

    def test_large_means(self):
        x = decaying(self.random("means"), 4000, 10)
        for dtype, mean, rtol in [("float64", 1e7, 1e-6), ("float32", 1e3, 1e-3)]:
            with self.subTest(dtype):
                shifted = (x + mean).astype(dtype)
                self.assertPCA(self.archive("pca", shifted, "-k", 3), shifted, 3, rtol)

    def test_transform(self):
        random = self.random("transform")
        for dtype, rtol in (("float64", 1e-9), ("float32", 1e-3)):
            x = (decaying(random, 800, 15) + 2).astype(dtype)
            self.archive("pca", x, "-k", 4, "--transform", self.path("t.npy"))
            got, expected = np.load(self.path("t.npy")), PCA(4, svd_solver="full").fit_transform(x.astype("f8"))
            self.assertEqual((got.shape, got.dtype), ((800, 4), x.dtype))
            np.testing.assert_allclose(got, expected, atol=rtol * 10)
            self.archive("pca", x, "-k", 4, "--transform", self.path("t.zarr"), "--codec", "lz4", "--chunks", "100x4")
            self.ok("convert", self.path("t.zarr"), self.path("back.npy"), "--overwrite")
            self.assertSame(np.load(self.path("back.npy")), got)
            os.remove(self.path("t.npy")), self.archive("pca", x, "-k", 4)
            self.ok("slice", self.path("p.npz/mean"), ":2")

    def test_forms(self):
        x = decaying(self.random("forms"), 500, 13)
        self.save("x.npy", x), self.save("f.npy", np.asfortranarray(x))
        self.ok("convert", self.path("x.npy"), self.path("x.zarr"), "--codec", "lz4", "--chunks", "77x5")
        for name in ("f.npy", "x.zarr"):
            self.ok("pca", self.path(name), "-k", 3, "-o", self.path("p.npz"), "--overwrite")
            with np.load(self.path("p.npz")) as got:
                self.assertPCA(dict(got), x, 3, 1e-10)

    def test_constant_and_repeated_columns(self):
        x = self.random("constant").normal(size=(200, 6))
        x[:, 1], x[:, 4] = 5, x[:, 0]
        self.assertPCA(self.archive("pca", x, "-k", 6), x, 6, 1e-7)

    def test_threads_and_budget_change_no_bit(self):
        x = decaying(self.random("bits"), 30_000, 60).astype("f4") + 1
        self.same_bits("pca", x, "-k", 5)
        self.same_bits("pca", decaying(self.random("wide"), 60, 900, 0.9), "-k", 5)

    def test_mistakes(self):
        x = self.random("mistakes").normal(size=(20, 5))
        source, out = self.save("x.npy", x), ["-o", self.path("p.npz")]
        self.refuses("pca", [source], [
            (["-k", "6", *out], (1, 2), ["5"]), (["-k", "0", *out], (1, 2), ["components"]), (["-k", "-1", *out], (1, 2), ["components"]),
            (["-k", "two", *out], 2, ["components"]), (["-k", "2"], 2, ["-o", "output"]), (out, 2, ["-k"]),
            (["-k", "2", "-o", self.path("p.npy")], 2, [".npz"]), (["-k", "2", "-o", self.path("x.npy")], (1, 2), [".npz", "exists"]),
        ])
        self.fails("pca", self.save("short.npy", x[:3]), "-k", "4", *out, code=(1, 2), names=["3"])
        self.fails("pca", self.save("v.npy", x[0]), "-k", "1", *out, code=(1, 2), names=["2-D", "two", "dimension", "(5,)"])
        self.refuses_what_is_not_finite("pca", x, "-k", 2)
        self.fails("pca", source, "-k", "2", *out, "--transform", source, "--overwrite", code=(1, 2))

    def test_the_plan(self):
        x = np.ones((3000, 20), "f4")
        arguments = ["pca", self.save("x.npy", x), "-k", 2, "-o", self.path("p.npz"), "--explain", "--json"]
        plan = json.loads(self.ok(*arguments).out)
        self.assertGreaterEqual(plan["bytes_read"], x.nbytes)
        self.assertGreater(plan["predicted_peak_bytes"], 0)
        self.assertOnlyHolds("x.npy")


class SingularValues(Case):
    def assertSVD(self, got, x, k, rtol):
        u, s, vt = np.linalg.svd(x.astype("f8"), full_matrices=False)
        self.assertEqual(got["S"].shape, (k,))
        np.testing.assert_allclose(got["S"], s[:k], atol=rtol * s[0])
        self.assertEqual(got["Vt"].shape, (k, x.shape[1]))
        v = got["Vt"].astype("f8")
        self.assertLess(np.abs(v @ v.T - np.eye(k)).max(), 20 * rtol)
        clear = s[:k] > 1e-3 * s[0]
        turned = np.abs(np.sum(v * vt[:k], 1))[clear]
        np.testing.assert_allclose(turned, 1, atol=max(1e-8, 100 * rtol))
        if "U" in got:
            self.assertEqual(got["U"].shape, (len(x), k))
            left = got["U"].astype("f8")
            self.assertLess(np.abs(left.T @ left - np.eye(k))[np.ix_(clear, clear)].max(), 1000 * rtol)
            best, tail = u[:, :k] * s[:k] @ vt[:k], s[k] if k < len(s) else 0
            self.assertLess(np.linalg.norm(left * got["S"] @ v - best, 2), 100 * rtol * s[0] + 1e-3 * tail)

    def test_random_shapes(self):
        random = self.random("svd")
        for case, (rows, columns, k, dtype) in enumerate([
            (500, 20, 6, "float64"), (500, 20, 20, "float64"), (300, 31, 4, "float32"), (20, 20, 5, "float64"), (1, 1, 1, "float64"),
            (30, 200, 5, "float64"), (60, 7, 7, "int16"), (3, 1, 1, "float64"),
        ]):
            for options in ([], ["--with-u"]):
                with self.subTest(f"case {case} of seed {SEED}: {rows, columns, k, dtype} {options}"):
                    x = (decaying(random, rows, columns, 0.5) * (100 if dtype == "int16" else 1)).astype(dtype)
                    got = self.archive("svd", x, "-k", k, *options)
                    self.assertEqual(set(got), {"S", "Vt"} | ({"U"} if options else set()))
                    self.assertSVD(got, x, k, 1e-5 if dtype == "float32" else 1e-11)

    def test_small_singular_values_are_not_squared_away(self):
        """The way by the Gram matrix would lose all below 1e-8."""
        random = self.random("hilbert")
        hilbert = 1 / (np.arange(8)[:, None] + np.arange(8) + 1)
        x = np.linalg.qr(random.normal(size=(400, 8)))[0] @ hilbert
        got, expected = self.archive("svd", x, "-k", 8)["S"], np.linalg.svd(hilbert)[1]
        np.testing.assert_allclose(got, expected, atol=1e-14)
        lauchli = np.vstack([np.ones((1, 4)), 1e-9 * np.eye(4), np.zeros((200, 4))])
        got = self.archive("svd", lauchli, "-k", 4)["S"]
        np.testing.assert_allclose(got, [np.sqrt(4 + 1e-18), 1e-9, 1e-9, 1e-9], rtol=1e-6)

    def test_rank_deficient_and_zero(self):
        random = self.random("deficient")
        x = random.normal(size=(300, 3)) @ random.normal(size=(3, 10))
        got = self.archive("svd", x, "-k", 6, "--with-u")
        np.testing.assert_allclose(got["S"], np.linalg.svd(x)[1][:6], atol=1e-11)
        self.assertTrue(all(np.isfinite(each).all() for each in got.values()))
        zero = self.archive("svd", np.zeros((50, 4)), "-k", 2)
        np.testing.assert_array_equal(zero["S"], [0, 0])
        self.assertTrue(np.isfinite(zero["Vt"]).all())

    def test_threads_and_budget_change_no_bit(self):
        self.same_bits("svd", decaying(self.random("tall"), 30_000, 40), "-k", 5, "--with-u")
        self.same_bits("svd", decaying(self.random("wide"), 50, 800, 0.9).astype("f4"), "-k", 5)

    def test_mistakes(self):
        x = self.random("mistakes").normal(size=(20, 5))
        out = ["-o", self.path("p.npz")]
        self.refuses("svd", [self.save("x.npy", x)], [
            (["-k", "6", *out], (1, 2), ["5"]), (["-k", "0", *out], (1, 2), ["components"]), (["-k", "1.5", *out], 2, ["components"]),
            (["-k", "2"], 2, ["-o", "output"]), (out, 2, ["-k"]), (["-k", "2", "-o", self.path("p.zip")], (1, 2), [".npz"]),
        ])
        self.fails("svd", self.save("v.npy", x[0]), "-k", "1", *out, code=(1, 2), names=["2-D", "two", "dimension", "(5,)"])
        self.refuses_what_is_not_finite("svd", x, "-k", 2)


class LeastSquares(Case):
    def assertFit(self, got, x, y, model, rtol):
        self.assertEqual(set(got), set(LSTSQ_KEYS))
        x, y = x.astype("f8"), y.astype("f8")
        fitted = model.fit(x, y)
        targets = y.shape[1] if y.ndim > 1 else 1
        coefficients = np.reshape(fitted.coef_, (targets, -1)).T
        if y.ndim == 1:
            self.assertEqual(got["coefficients"].shape, (x.shape[1],))
        elif targets > 1:
            self.assertEqual(got["coefficients"].shape, (x.shape[1], targets))
        size = np.abs(coefficients).max() + 1e-300
        np.testing.assert_allclose(np.reshape(got["coefficients"], coefficients.shape), coefficients, rtol=rtol, atol=rtol * size)
        intercept = np.reshape(fitted.intercept_, -1)
        np.testing.assert_allclose(np.reshape(got["intercept"], -1), intercept, rtol=rtol, atol=rtol * (np.abs(y).max() + size * np.abs(x).max()))
        left = np.reshape(y, (-1, targets)) - np.reshape(fitted.predict(x), (-1, targets))
        np.testing.assert_allclose(np.reshape(got["residuals"], -1), (left**2).sum(0), rtol=1e3 * rtol, atol=rtol * (y**2).sum())
        self.assertEqual(int(got["rank"]), np.linalg.matrix_rank(x - x.mean(0)))

    def test_random_shapes(self):
        random = self.random("lstsq")
        for case, (rows, columns, targets, dtype) in enumerate([
            (300, 7, None, "float64"), (300, 7, 1, "float64"), (500, 31, 3, "float64"), (400, 5, 2, "float32"),
            (8, 7, None, "float64"), (100, 1, None, "float64"), (200, 4, None, "int32"), (30, 50, 2, "float64"),
        ]):
            x = random.normal(size=(rows, columns)) * random.uniform(1, 9, columns) + random.normal(size=columns) * 5
            x = x.astype(dtype)
            truth = random.normal(size=(columns, targets or 1))
            y = x @ truth + 3 + random.normal(size=(rows, targets or 1))
            y = (y[:, 0] if targets is None else y).astype("f4" if dtype == "float32" else "f8")
            for ridge in (None, 0.5, 100.0):
                with self.subTest(f"case {case} of seed {SEED}: {rows, columns, targets, dtype} ridge {ridge}"):
                    got = self.archive("lstsq", (x, y), *([] if ridge is None else ["--ridge", ridge]))
                    model = LinearRegression() if ridge is None else Ridge(ridge, solver="svd")
                    self.assertFit(got, x, y, model, 1e-3 if dtype == "float32" else 1e-8)

    def test_rank_deficient_gives_the_shortest_solution(self):
        random = self.random("deficient")
        x = random.normal(size=(200, 3)) @ random.normal(size=(3, 6)) + 4
        y = random.normal(size=200)
        got = self.archive("lstsq", (x, y))
        self.assertEqual(int(got["rank"]), 3)
        shortest = np.linalg.lstsq(x - x.mean(0), y - y.mean(), rcond=1e-12)[0]
        np.testing.assert_allclose(got["coefficients"], shortest, atol=1e-9)
        constant = np.column_stack([x[:, 0], np.full(200, 7.0)])
        got = self.archive("lstsq", (constant, y))
        self.assertEqual((int(got["rank"]), abs(got["coefficients"][1]) < 1e-12), (1, True))

    def test_where_normal_equations_fail(self):
        """Lauchli's matrix, whose Gram matrix is singular in float64, and Hilbert's."""
        epsilon = 1e-8
        x = np.vstack([np.ones((1, 3)), epsilon * np.eye(3)])
        truth = np.array([1.0, 2.0, 3.0])
        got = self.archive("lstsq", (np.vstack([x, -x]), np.concatenate([x @ truth, -x @ truth])))
        self.assertEqual(int(got["rank"]), 3)
        # A condition of 2e8: rounding of the input alone costs half of the digits.
        np.testing.assert_allclose(got["coefficients"], truth, rtol=1e-6)
        rows, columns = np.arange(60)[:, None], np.arange(8)
        hilbert = 1 / (rows + columns + 1)
        y = hilbert @ np.ones(8)
        got = self.archive("lstsq", (hilbert, y))
        fit = hilbert @ got["coefficients"] + got["intercept"]
        self.assertLess(np.abs(fit - y).max(), 1e-13)
        self.assertLess(float(np.reshape(got["residuals"], -1)[0]), 1e-26)

    def test_large_means(self):
        random = self.random("means")
        x = random.normal(size=(5000, 4)) + 1e7
        truth = np.array([1.0, -2.0, 3.0, 0.5])
        y = (x - 1e7) @ truth + 5
        got = self.archive("lstsq", (x, y))
        np.testing.assert_allclose(got["coefficients"], truth, rtol=1e-7)

    def test_perfect_fit_and_constant_target(self):
        x = self.random("perfect").normal(size=(50, 3))
        got = self.archive("lstsq", (x, x @ [1, 2, 3] + 4))
        np.testing.assert_allclose(got["coefficients"], [1, 2, 3], rtol=1e-12)
        np.testing.assert_allclose(got["intercept"], 4, rtol=1e-12)
        got = self.archive("lstsq", (x, np.full(50, 2.5)))
        np.testing.assert_allclose(got["coefficients"], 0, atol=1e-14)
        np.testing.assert_allclose(got["intercept"], 2.5)

    def test_forms(self):
        random = self.random("forms")
        x, y = random.normal(size=(600, 9)), random.normal(size=(600, 2))
        self.save("x.npy", x), self.save("y.npy", y), self.save("f.npy", np.asfortranarray(x))
        self.ok("convert", self.path("x.npy"), self.path("x.zarr"), "--codec", "lz4", "--chunks", "77x4")
        self.ok("convert", self.path("y.npy"), self.path("y.zarr"), "--codec", "lz4", "--chunks", "101x1")
        for left, right in [("f.npy", "y.zarr"), ("x.zarr", "y.npy"), ("x.zarr", "y.zarr")]:
            self.ok("lstsq", self.path(left), self.path(right), "-o", self.path("p.npz"), "--overwrite")
            with np.load(self.path("p.npz")) as got:
                self.assertFit(dict(got), x, y, LinearRegression(), 1e-9)

    def test_threads_and_budget_change_no_bit(self):
        random = self.random("bits")
        x, y = random.normal(size=(30_000, 30)), random.normal(size=(30_000, 2))
        self.same_bits("lstsq", (x, y))
        self.same_bits("lstsq", (x.astype("f4"), y.astype("f4")), "--ridge", 2)

    def test_mistakes(self):
        random = self.random("mistakes")
        x = random.normal(size=(20, 5))
        source, good, long = self.save("x.npy", x), self.save("y.npy", x[:, 0]), self.save("long.npy", np.zeros((21, 2)))
        out = ["-o", self.path("p.npz")]
        self.refuses("lstsq", [], [
            ([source, long, *out], (1, 2), ["(20, 5)"]), ([source, long, *out], (1, 2), ["(21, 2)"]), ([source, *out], 2, []),
            ([source, good], 2, ["-o", "output"]), ([source, good, "--ridge", "-1", *out], (1, 2), ["ridge"]),
            ([source, good, "--ridge", "nan", *out], (1, 2), ["ridge"]), ([source, good, "--ridge", "much", *out], 2, ["ridge"]),
            ([good, good, *out], (1, 2), ["2-D", "two", "dimension", "(20,)"]),
        ])
        self.refuses_what_is_not_finite("lstsq", x)
        self.save("empty.npy", np.zeros((0, 5))), self.save("none.npy", np.zeros(0))
        self.fails("lstsq", self.path("empty.npy"), self.path("none.npy"), *out, code=(1, 2))


def setUpModule():
    warnings.simplefilter("ignore")
