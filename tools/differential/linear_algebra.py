"""Random differential tests of Linalg against numpy.linalg, of products, and of what streams over rows; see run.

Factorizations are not unique, so they are checked by what defines them: products, orthogonality, triangles. What is
unique is compared with NumPy's answer, within a bound that grows with the condition of the matrix.
"""
import argparse
import os
import pathlib
import shutil
import sys
import tempfile
import warnings

import numpy as np

from engine import Engine
from matrices import DTYPES, Wrong, adjoint, eps, wide
from products import Products
from tall import Tall

MIB = 1 << 20
#: What NumPy raises.
MISTAKES = (np.linalg.LinAlgError, ValueError, TypeError)


class Case(Products, Tall):
    #: Whether arrays are stored transposed or in Fortran order, too.
    turns = False

    def __init__(self, seed: int, number: int, engine: Engine, folder: pathlib.Path):
        self.rng = np.random.default_rng([seed, number])
        self.engine, self.folder, self.runs = engine, folder, 0

    def matrix(self, square=False, lead=None) -> np.ndarray:
        """A stack of matrices: mostly small, now and then empty, singular, badly conditioned, or not finite."""
        rng = self.rng
        m, n = (int(np.exp(rng.uniform(0, 3.7))) - (rng.random() < 0.06) for _ in range(2))
        if square: n = m
        lead = tuple(int(rng.integers(0, 4)) for _ in range(int(rng.integers(0, 3)))) if lead is None else lead
        if rng.random() < 0.5: lead = ()
        dtype = np.dtype(DTYPES[rng.integers(len(DTYPES))])
        x = rng.standard_normal((*lead, m, n))
        if dtype.kind == "c": x = x + 1j * rng.standard_normal(x.shape)
        if dtype.kind == "b": x = np.where(x > 0, 1.0, 0.0)
        kind = rng.random()
        if kind < 0.08 and n > 1: x[..., -1] = 0
        elif kind < 0.16: x = x * 10.0 ** rng.uniform(-8, 0, n)
        elif kind < 0.2 and x.size: x[..., 0, 0] = rng.choice([np.nan, np.inf])
        if dtype.kind in "ib": x = np.where(np.isfinite(x), x * 3, 1)
        return x.astype(dtype)

    def ask(self, name, arrays, parts, **parameters) -> list[np.ndarray]:
        self.runs += 1
        folder = self.folder / str(self.runs)
        folder.mkdir()
        steps = []
        for number, array in enumerate(arrays):
            steps += self.stored(number, array, folder)
        outputs = [len(arrays) + number for number in range(len(parts))]
        for output, part in zip(outputs, parts):
            steps.append({"id": output, "op": "linalg." + name, "args": list(range(len(arrays))), "part": part, **parameters})
        answer = self.engine.ask({
            "steps": steps, "outputs": outputs, "how": "evaluate", "folder": str(folder),
            "threads": int(self.rng.integers(1, 4)), "memory": int(self.rng.choice([64 * MIB, 512 * MIB]))})
        if not answer["ok"]:
            raise RuntimeError(answer["kind"], answer["message"])
        return [np.load(output["path"]) for output in answer["outputs"]]

    def stored(self, number, array, folder) -> list[dict]:
        """Steps of which the one with this number is the array."""
        path = str(folder / f"in-{number}.npy")
        form = self.rng.integers(4) if self.turns and array.ndim > 1 else 0
        if form == 1:
            np.save(path, np.ascontiguousarray(array.T))
            return [{"id": -1 - number, "op": "open", "path": path}, {"id": number, "op": "transpose", "args": [-1 - number]}]
        np.save(path, np.asfortranarray(array) if form == 2 else array)
        return [{"id": number, "op": "open", "path": path}]

    # What is checked

    def run(self):
        checks = [self.qr, self.svd, self.eigh, self.eig, self.cholesky, self.solve, self.unary, self.lstsq, self.norm,
                  self.measure, *[self.products] * 7, *[self.streaming] * 7]
        checks[self.rng.integers(len(checks))]()

    def both(self, name, arrays, parts, numpy, **parameters):
        """NumPy's answer and ours; nil where both refuse."""
        self.described = f"{name}({', '.join(f'{a.dtype}{a.shape}' for a in arrays)}, {parameters})"
        if self.may_hang(name, arrays, parameters):
            try:
                self.ask(name, arrays, parts, **parameters)
            except RuntimeError as refusal:
                if refusal.args[0] in ("unsolvable", "usage"): return None
                raise Wrong(f"{refusal}, of what is not finite")
            raise Wrong("an answer, of what is not finite")
        try:
            want = numpy()
        except MISTAKES as mistake:
            try:
                self.ask(name, arrays, parts, **parameters)
            except RuntimeError as refusal:
                wanted = {"unsolvable", "usage"} if isinstance(mistake, np.linalg.LinAlgError) else {"usage", "unsupported"}
                if refusal.args[0] in wanted: return None
                raise Wrong(f"{refusal}, where NumPy says {mistake}")
            raise Wrong(f"an answer, where NumPy says {mistake}")
        want = [np.asarray(value) for value in want] if isinstance(want, (tuple, list)) else [np.asarray(want)]
        try:
            got = self.ask(name, arrays, parts, **parameters)
        except RuntimeError as refusal:
            # NumPy's eigh may give numbers that mean nothing.
            if refusal.args[0] == "unsolvable" and not all(np.isfinite(a).all() for a in arrays): return None
            raise Wrong(f"{refusal}, where NumPy answers")
        for part, mine, theirs in zip(parts, got, want):
            # NumPy's rank is an int32, ours an Int.
            if mine.dtype != theirs.dtype and part != "rank": raise Wrong(f"dtype {mine.dtype}, NumPy's {theirs.dtype}")
            if mine.shape != theirs.shape: raise Wrong(f"shape {mine.shape}, NumPy's {theirs.shape}")
        return got, want

    @staticmethod
    def may_hang(name, arrays, parameters) -> bool:
        """Whether NumPy may not come back: it gives LAPACK infinities and NaNs, which we refuse."""
        by_values = name in ("norm", "cond") and parameters.get("ord") in ("2", "-2", "nuc") + (None,) * (name == "cond")
        by_values &= not isinstance(parameters.get("axis"), int)
        by_values |= name in ("svd", "svdvals", "pinv", "matrix_rank", "lstsq", "eigh", "eigvalsh")
        return by_values and not all(np.isfinite(array).all() for array in arrays)

    def near(self, what, mine, theirs, bound):
        """Bound: an absolute one, per matrix or number."""
        mine, theirs = np.asarray(mine, np.complex128), np.asarray(theirs, np.complex128)
        with np.errstate(all="ignore"):
            # Where anything goes, the bound is infinity times nothing.
            is_near = np.abs(mine - theirs) <= np.nan_to_num(bound, nan=np.inf, posinf=np.inf)
        both = (mine == theirs) | (~np.isfinite(mine) & ~np.isfinite(theirs))
        if not (is_near | both).all():
            place = np.argwhere(~(is_near | both))[0]
            raise Wrong(f"{what} at {tuple(map(int, place))}: {mine[tuple(place)]}, expected {theirs[tuple(place)]}")

    def product(self, what, mine, theirs, a):
        """Equal up to the rounding of a stable algorithm on A, where A is finite."""
        finite = np.isfinite(a).all(axis=(-2, -1)) if a.ndim > 1 else np.isfinite(a).all()
        scale = np.linalg.norm(np.nan_to_num(np.asarray(a, np.complex128), posinf=0, neginf=0), axis=(-2, -1))
        bound = 20 * max(*a.shape[-2:], 1) * eps(a) * scale
        self.near(what, np.where(finite[..., None, None], mine, 0), np.where(finite[..., None, None], theirs, 0),
                  bound[..., None, None] + 1e-300)

    def qr(self):
        a = self.matrix()
        mode = str(self.rng.choice(["reduced", "complete", "r"]))
        answer = self.both("qr", [a], ["Q", "R"][mode == "r":], lambda: np.linalg.qr(a, mode), mode=mode)
        if answer is None: return
        *q, r = wide(answer[0])
        # A reflection spreads what is not finite over all columns.
        if not np.isfinite(a).all(): return
        if (np.tril(r, -1) != 0).any(): raise Wrong("R is not triangular")
        if mode == "r":
            # Q is orthogonal, so it leaves the products of columns as they are.
            x = wide([a])[0]
            bound = 20 * max(*a.shape[-2:], 1) * eps(a) * np.linalg.norm(x, axis=(-2, -1)) ** 2
            return self.near("R^H R", adjoint(r) @ r, adjoint(x) @ x, np.asarray(bound)[..., None, None] + 1e-300)
        self.product("Q R", q[0] @ r, a, a)
        self.orthogonal(q[0], a)

    def orthogonal(self, q, a, rows=False):
        if rows: q = adjoint(q)
        finite = np.isfinite(a).all(axis=(-2, -1))[..., None, None]
        unit = adjoint(q) @ q
        self.near("orthogonality", np.where(finite, unit, 0), np.where(finite, np.eye(q.shape[-1]), 0),
                  20 * max(*a.shape[-2:], 1) * eps(a))

    def svd(self):
        full = bool(self.rng.random() < 0.5)
        a = self.matrix()
        answer = self.both("svd", [a], ["U", "S", "Vh"], lambda: np.linalg.svd(a, full), full_matrices=full)
        if answer is None: return
        u, s, vh = wide(answer[0])
        k = s.shape[-1]
        self.product("U S Vh", (u[..., :k] * s[..., None, :]) @ vh[..., :k, :], a, a)
        self.orthogonal(u, a)
        self.orthogonal(vh, a, rows=True)
        self.near("S", s, answer[1][1], 20 * max(*a.shape[-2:], 1) * eps(a) * s.max(axis=-1, keepdims=True, initial=0))

    def eigh(self):
        a = self.matrix(square=True)
        upper = bool(self.rng.random() < 0.5)
        answer = self.both("eigh", [a], ["eigenvalues", "eigenvectors"],
                           lambda: np.linalg.eigh(a, "U" if upper else "L"), upper=upper)
        if answer is None: return
        w, v = wide(answer[0])
        half = np.triu(a, 1) if upper else np.tril(a, -1)
        h = (half + adjoint(half) + np.real(np.eye(a.shape[-1]) * a)).astype(a.dtype if a.dtype.kind in "fc" else float)
        self.product("A V", wide([h])[0] @ v, v * w[..., None, :], h)
        self.orthogonal(v, a)

    def eig(self):
        a = self.matrix(square=True)
        answer = self.both("eig", [a], ["eigenvalues", "eigenvectors"], lambda: np.linalg.eig(a))
        if answer is None: return
        w, v = wide(answer[0])
        # LAPACK balances, so the residual may be larger than rounding on A would make it: NumPy's is as large.
        own, theirs = (np.linalg.norm(wide([a])[0] @ vectors - vectors * values[..., None, :], axis=(-2, -1))
                       for values, vectors in (wide([w, v]), wide(answer[1])))
        scale = np.linalg.norm(wide([a])[0], axis=(-2, -1))
        self.near("residual", own, 0, 20 * max(a.shape[-1], 1) * eps(a) * scale + 10 * theirs + 1e-300)
        self.near("lengths", np.linalg.norm(v, axis=-2), np.ones(w.shape), 20 * max(a.shape[-1], 1) * eps(a))

    def cholesky(self):
        a = self.matrix(square=True)
        upper = bool(self.rng.random() < 0.5)
        if self.rng.random() < 0.8: a = (wide([a])[0] @ adjoint(wide([a])[0])).astype(a.dtype if a.dtype.kind in "fc" else float)
        half = np.triu(a, 1) if upper else np.tril(a, -1)
        h = half + adjoint(half) + np.real(np.eye(a.shape[-1]) * a)
        try:
            answer = self.both("cholesky", [a], [""], lambda: np.linalg.cholesky(a, upper=upper), upper=upper)
        except Wrong:
            if self.rounding_decides(h): return
            raise
        if answer is None: return
        l = adjoint(wide(answer[0])[0]) if upper else wide(answer[0])[0]
        self.product("L L^H", l @ adjoint(l), h, a)

    @staticmethod
    def rounding_decides(h) -> bool:
        """Whether a Hermitian matrix is so nearly singular that rounding says if it is positive definite."""
        if h.size == 0 or not np.isfinite(h).all(): return True
        values = np.linalg.eigvalsh(wide([h])[0])
        return bool((np.abs(values[..., 0]) <= 20 * h.shape[-1] * eps(h) * np.abs(values).max(axis=-1)).any())

    def solve(self):
        a = self.matrix(square=True)
        n = a.shape[-1]
        b = self.matrix(lead=a.shape[:-2])
        columns = int(self.rng.integers(0, 5))
        if self.rng.random() < 0.9:
            b = self.rng.standard_normal((*(a.shape[:-2] if self.rng.random() < 0.5 else ()), n, columns)).astype(b.dtype)
        if self.rng.random() < 0.3: b = b[..., 0] if b.shape[-1] else b
        answer = self.both("solve", [a, b], [""], lambda: np.linalg.solve(a, b))
        # What becomes of an infinite pivot is the library's choice.
        if answer is None or not np.isfinite(a).all(): return
        x, (y,) = wide(answer[0])[0], answer[1]
        self.near("x", x, y, self.sensitivity(a, b) * np.abs(np.nan_to_num(y)).max(initial=0) + 1e-300)

    def sensitivity(self, a, *others) -> float:
        """How much rounding the operand changes an answer, for the worst of a stack."""
        if a.size == 0 or not np.isfinite(a).all(): return np.inf
        condition = np.max(np.linalg.cond(wide([a])[0]))
        precision = max(eps(array) for array in (a, *others))
        return 50 * max(a.shape[-2:]) * (precision + np.finfo(float).eps * condition) if np.isfinite(condition) else np.inf

    def unary(self):
        a = self.matrix(square=self.rng.random() < 0.9)
        name = str(self.rng.choice(["inv", "det", "slogdet", "pinv"]))
        parts = ["sign", "logabsdet"] if name == "slogdet" else [""]
        answer = self.both(name, [a], parts, lambda: getattr(np.linalg, name)(a))
        if answer is None or not np.isfinite(a).all(): return
        got, want = answer
        if name == "pinv" and not np.isfinite(self.sensitivity(a)): return
        for mine, theirs in zip(got, want):
            if name in ("inv", "pinv"):
                size = np.abs(np.nan_to_num(np.asarray(theirs, np.complex128))).max(initial=0)
            elif parts[0] and mine is got[1]:
                size = 1 + np.abs(np.nan_to_num(theirs))
            else:
                size = np.abs(np.nan_to_num(theirs))
            self.near(name, mine, theirs, self.sensitivity(a) * size + 1e-300)

    def lstsq(self):
        a = self.matrix(lead=())
        b = self.rng.standard_normal((a.shape[0], int(self.rng.integers(0, 4)))).astype(np.float32)
        if self.rng.random() < 0.4: b = self.rng.standard_normal(a.shape[0])
        # NumPy may not come back from what is not finite.
        if not np.isfinite(a).all(): a = np.where(np.isfinite(a), a, 1).astype(a.dtype)
        answer = self.both("lstsq", [a, b], ["x", "residuals", "rank", "s"], lambda: np.linalg.lstsq(a, b))
        if answer is None: return
        (x, residuals, rank, s), (y, squares, _, values) = answer
        if int(rank) != int(answer[1][2]): raise Wrong(f"rank {rank}")
        self.near("s", s, values, 20 * max(*a.shape, 1) * eps(a) * values.max(initial=0) + 1e-300)
        bound = self.sensitivity(a, b) * np.abs(y).max(initial=0)
        self.near("x", x, y, max(bound, bound * np.linalg.cond(wide([a])[0]) if a.size else 0) + 1e-300)
        self.near("residuals", residuals, squares, 1e-3 * (np.abs(squares) + eps(a)))

    def norm(self):
        rng = self.rng
        a = self.matrix()
        axis = [None, *range(-a.ndim, a.ndim), [-2, -1], [-1, -2], [0, -1]][rng.integers(4 + 2 * a.ndim)]
        order = [None, "fro", "nuc", "inf", "-inf", "0", "1", "-1", "2", "-2", "3"][rng.integers(11)]
        keepdims = bool(rng.random() < 0.4)
        value = order if order in (None, "fro", "nuc") else float(order)
        numpy_axis = tuple(axis) if isinstance(axis, list) else axis
        answer = self.both("norm", [a], [""], lambda: np.linalg.norm(a, value, numpy_axis, keepdims),
                           ord=order, axis=axis, keepdims=keepdims)
        if answer is None: return
        (mine,), (theirs,) = answer
        # NumPy adds up float32 in float32.
        self.near("norm", mine, theirs, 100 * max(*a.shape[-2:], 1) * max(eps(theirs), eps(a)) * np.abs(np.nan_to_num(theirs)) + 1e-30)

    def measure(self):
        rng = self.rng
        a = self.matrix(square=rng.random() < 0.7)
        name = str(rng.choice(["matrix_rank", "cond", "diagonal", "trace", "svdvals", "eigvalsh", "eigvals"]))
        offset = int(rng.integers(-3, 4))
        order = [None, "fro", "1", "inf", "2", "-2"][rng.integers(6)]
        match name:
            case "matrix_rank": answer = self.both(name, [a], [""], lambda: np.linalg.matrix_rank(a))
            case "cond":
                value = order if order in (None, "fro") else float(order)
                answer = self.both(name, [a], [""], lambda: np.linalg.cond(a, value), ord=order)
            case "diagonal" | "trace":
                answer = self.both(name, [a], [""], lambda: getattr(np.linalg, name)(a, offset=offset), offset=offset)
            case _: answer = self.both(name, [a], [""], lambda: getattr(np.linalg, name)(a))
        if answer is None: return
        (mine,), (theirs,) = answer
        if name in ("matrix_rank", "diagonal"):
            if not np.array_equal(mine, theirs, equal_nan=mine.dtype.kind in "fc"): raise Wrong(f"{mine.tolist()}, NumPy's {theirs.tolist()}")
        elif name == "cond":
            with np.errstate(all="ignore"):
                # Above 1e12 it is made of rounding.
                is_large = (mine > 1e6 if eps(a) > 1e-10 else mine > 1e12) & (theirs > 1e6)
                self.near(name, np.where(is_large, 0, mine), np.where(is_large, 0, theirs),
                          np.abs(np.nan_to_num(theirs)) * (1e-3 if eps(a) > 1e-10 else 1e-4))
        elif name in ("svdvals", "eigvalsh", "trace"):
            scale = np.linalg.norm(np.nan_to_num(np.asarray(a, np.complex128)), axis=(-2, -1))
            self.near(name, mine, theirs, (20 * max(*a.shape[-2:], 1) * eps(a) * scale)[(..., *[None] * (name != "trace"))] + 1e-300)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--case", type=int)
    parser.add_argument("--cases", type=int, default=500)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    base = os.environ.get("TESSERA_TMP") or ("/dev/shm" if os.path.isdir("/dev/shm") else None)
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="tessera-linalg-", dir=base))
    engine = Engine(arguments.binary)
    passed = failed = 0
    print(f"seed {arguments.seed}", flush=True)
    try:
        for number in [arguments.case] if arguments.case is not None else range(arguments.cases):
            folder = scratch / str(number)
            folder.mkdir()
            case = Case(arguments.seed, number, engine, folder)
            case.described = ""
            try:
                case.run()
                passed += 1
            except Exception as problem:  # a mistake of the test itself fails it too
                failed += 1
                print(f"FAIL: --seed {arguments.seed} --case {number}: {case.described}: {type(problem).__name__}: {problem}",
                      flush=True)
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        engine.close()
        shutil.rmtree(scratch, ignore_errors=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
