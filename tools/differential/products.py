"""Random products against NumPy: a part of linear_algebra.py.

Integers and bools are exact. Floats are compared with the same function of long doubles, within as many roundings as there are
products in a sum, of the sum of their magnitudes |a| |b|: what holds for any order of summation.
"""
import math

import numpy as np

from matrices import Wrong, eps, long
from values import BFLOAT16, DTYPES

#: Of einsum; letters stand for lengths, which may be 1 in one operand where they broadcast.
SUBSCRIPTS = ["ij,jk->ik", "ij,jk", "ij,kj->ik", "ji,jk->ki", "ij,jk->k", "ij,jk->", "bij,bjk->bik", "bij,jk->bik",
              "bij,bkj->bki", "...ij,...jk->...ik", "...ij,j->...i", "ijk,jl->ikl", "ijk,kji->", "i,i", "i,i->i", "i,j->ij",
              "i,j->ji", "ij,ij->", "ij,ij->j", "ij,ji", "ij,j", "ii,i->i", "iij,j->i", "ij,k->jk", "ab,cd->dcba", "i,->i", "ii", "ii->i", "ij->ji", "ij->", "ij->j",
              "ijk->kji", "iij->j", "iji->ij", "...i->...", "...i->i...", "ijk"]


def einsum(subscripts, *operands):
    """NumPy 2.4 writes an element behind a result that has none: of bytes, where there is room for one. What is made of
    nothing is 0."""
    if all(operand.size for operand in operands): return np.einsum(subscripts, *operands)
    zeros = [np.zeros(operand.shape, np.int8) for operand in operands]
    return np.einsum(subscripts, *zeros).astype(np.result_type(*operands))


class Products:
    def products(self):
        checks = [self.matmul, self.matmul, self.dot, self.vectors, self.outer, self.tensordot, self.einsum, self.einsum,
                  self.matrix_power, self.multi_dot, self.sliding]
        checks[self.rng.integers(len(checks))]()

    # Operands

    def length(self, largest=30) -> int:
        return int(np.exp(self.rng.uniform(0, np.log(largest)))) if self.rng.random() > 0.05 else 0

    def lengths(self, least=0, most=3, largest=7) -> tuple:
        return tuple(self.length(largest) for _ in range(int(self.rng.integers(least, most + 1))))

    def stack(self, lengths) -> tuple:
        """A shape that broadcasts with others made of the same one."""
        own = lengths[int(self.rng.integers(len(lengths) + 1)):]
        return tuple(1 if self.rng.random() < 0.25 else length for length in own)

    def dtype(self, has_halves=True) -> np.dtype:
        known = [own for own in DTYPES if own != BFLOAT16 and (has_halves or own != np.float16)]
        return np.dtype(known[self.rng.integers(len(known))])

    def operand(self, shape, dtype=None) -> np.ndarray:
        rng = self.rng
        dtype = self.dtype() if dtype is None else dtype
        if dtype.kind == "b": return np.asarray(rng.random(shape) < 0.5)
        if dtype.kind in "iu":
            info = np.iinfo(dtype)
            low, high = (info.min, info.max) if rng.random() < 0.4 else (max(-5, info.min), 5)
            return np.asarray(rng.integers(low, high, shape, dtype=dtype, endpoint=True))
        x = 3 * rng.standard_normal(shape)
        x = np.asarray(x + 3j * rng.standard_normal(shape) if dtype.kind == "c" else x)
        if dtype.kind == "f" and x.ndim and x.size and rng.random() < 0.06:
            x.flat[rng.integers(x.size)] = rng.choice([np.nan, np.inf])
        return np.asarray(x, dtype)

    def pair(self, a, b) -> list[np.ndarray]:
        """Operands of one dtype, or of any two."""
        first = self.operand(a)
        return [first, self.operand(b, first.dtype if self.rng.random() < 0.6 else None)]

    def wrong(self) -> int:
        """What a length is now and then off by: NumPy must refuse it, and we."""
        return int(self.rng.random() < 0.05)

    # Comparing

    def compare(self, name, arrays, function, terms, result=None, **parameters):
        """NumPy's `function` of the arrays; of what they are as `result`, where that is our dtype and not NumPy's.

        - terms: how many products are added up at most.
        """
        self.turns = True
        numpy = lambda: function(*arrays) if result is None else np.asarray(function(*map(long, arrays))).astype(result)
        answer = self.both(name, arrays, [""], numpy, **parameters)
        if answer is None: return
        (mine,), (theirs,) = answer
        if theirs.dtype.kind not in "fc":
            if not np.array_equal(mine, theirs): raise Wrong(f"{mine.tolist()}, NumPy's {theirs.tolist()}")
            return
        # Operands are converted to the dtype before they are multiplied; halves are multiplied in float32.
        operands = [long(array.astype(theirs.dtype)) for array in arrays]
        exact, size = (np.asarray(function(*parts)) for parts in (operands, map(np.abs, operands)))
        unit = min(eps(theirs), float(np.finfo(np.float32).eps))
        bound = 2 * (terms + 8) * unit * size + 2 * eps(theirs) * np.abs(exact) + 1e-300
        # Of infinities and NaN nothing finite may come.
        bound = np.where(np.isfinite(size), bound, 0)
        self.near(name, mine, exact.astype(theirs.dtype), bound)

    # Checks

    def matmul(self):
        m, n, k, lead = self.length(), self.length(), self.length(), self.lengths(0, 2, 4)
        a = (k,) if self.rng.random() < 0.15 else (*self.stack(lead), m, k)
        b = (k + self.wrong(),) if self.rng.random() < 0.15 else (*self.stack(lead), k + self.wrong(), n)
        self.compare("matmul", self.pair(a, b), np.matmul, k)

    def dot(self):
        k = self.length()
        name = str(self.rng.choice(["dot", "inner"]))
        a, b = (*self.lengths(0, 2), k), (*self.lengths(0, 2), k + self.wrong())
        if name == "dot" and len(b) > 1: b = (*b[:-2], b[-1], b[-2])
        if self.rng.random() < 0.1: a = ()
        if self.rng.random() < 0.1: b = ()
        self.compare(name, self.pair(a, b), getattr(np, name), k)

    def vectors(self):
        rng = self.rng
        if rng.random() < 0.4:
            shape = self.lengths()
            other = (math.prod(shape) + self.wrong(),) if rng.random() < 0.5 else shape[::-1]
            return self.compare("vdot", self.pair(shape, other), np.vdot, math.prod(shape))
        k, lead = self.length(60), self.lengths(0, 2, 5)
        # Of operands with as many axes any may be the one that is summed.
        axis = int(rng.integers(-len(lead) - 1, len(lead) + 1)) if rng.random() < 0.5 else -1
        place = axis % (len(lead) + 1)
        whole = lead[:place] + (k,) + lead[place:]
        first, second = (tuple(1 if number != place and rng.random() < 0.2 else length for number, length in enumerate(whole))
                         for _ in range(2))
        if axis == -1 and rng.random() < 0.3: second = (k + self.wrong(),)
        self.compare("vecdot", self.pair(first, second), lambda a, b: np.vecdot(a, b, axis=axis), k, axis=axis)

    def outer(self):
        name = str(self.rng.choice(["outer", "kron"]))
        self.compare(name, self.pair(self.lengths(0, 3, 5), self.lengths(0, 3, 5)), getattr(np, name), 1)

    def tensordot(self):
        rng = self.rng
        shared = self.lengths(0, 2, 6)
        a, b = self.lengths(0, 2, 5) + shared, shared + self.lengths(0, 2, 5)
        axes = len(shared)
        if rng.random() < 0.6:
            orders = [[int(axis) for axis in rng.permutation(len(shape))] for shape in (a, b)]
            axes = [[orders[0].index(len(a) - len(shared) + number) for number in range(len(shared))],
                    [orders[1].index(number) for number in range(len(shared))]]
            a, b = (tuple(shape[axis] for axis in order) for shape, order in zip((a, b), orders))
            axes[0] = [axis - len(a) if rng.random() < 0.3 else axis for axis in axes[0]]
        if b and rng.random() < 0.05: b = (b[0] + 1, *b[1:])
        self.compare("tensordot", self.pair(a, b), lambda a, b: np.tensordot(a, b, axes), math.prod(shared), axes=axes)

    def einsum(self):
        rng = self.rng
        subscripts = str(rng.choice(SUBSCRIPTS))
        lengths = {letter: self.length(9) for letter in "abcdijkl"}
        lead = self.lengths(0, 2, 3)
        shapes = []
        for term in subscripts.split("->")[0].split(","):
            shape = [] if "..." not in term else list(self.stack(lead))
            letters = term.replace("...", "")
            may_broadcast = lambda letter: "," in subscripts and letters.count(letter) == 1
            own = [1 if may_broadcast(letter) and rng.random() < 0.08 else lengths[letter] for letter in letters]
            shapes.append(tuple(shape + own))
        if rng.random() < 0.04 and shapes[0]: shapes[0] = (shapes[0][0] + 1, *shapes[0][1:])
        arrays = self.pair(*shapes) if len(shapes) == 2 else [self.operand(shapes[0])]
        terms = math.prod(max(1, length) for letter, length in lengths.items() if letter in subscripts)
        self.compare("einsum", arrays, lambda *operands: einsum(subscripts, *operands), terms, subscripts=subscripts)

    def matrix_power(self):
        rng = self.rng
        k, n = self.length(12), int(rng.integers(0, 8))
        # The rounding of halves would add up, and their powers overflow.
        x = self.operand((*self.lengths(0, 1, 3), k, k + self.wrong()), self.dtype(has_halves=False))
        self.compare("matrix_power", [x], lambda a: np.linalg.matrix_power(a, n), n * max(1, k), n=n)

    def multi_dot(self):
        rng = self.rng
        count = int(rng.integers(2, 6))
        lengths = [self.length(15) for _ in range(count + 1)]
        shapes = [(lengths[place] + self.wrong() * (place > 0), lengths[place + 1]) for place in range(count)]
        if rng.random() < 0.2: shapes[0] = shapes[0][1:]
        if rng.random() < 0.2: shapes[-1] = shapes[-1][:1]
        # Of several dtypes integers could wrap in some orders of multiplication, and not in others.
        dtype = self.dtype(has_halves=False)
        arrays = [self.operand(shape, dtype) for shape in shapes]
        self.compare("multi_dot", arrays, lambda *all: np.linalg.multi_dot(all), sum(lengths) + count)

    def sliding(self):
        rng = self.rng
        name, mode = str(rng.choice(["convolve", "correlate"])), str(rng.choice(["full", "same", "valid"]))
        a, b = ((self.length(80),) for _ in range(2))
        if rng.random() < 0.05: b = [(), (2, 2)][rng.integers(2)]
        self.compare(name, self.pair(a, b), lambda *lines: getattr(np, name)(*lines, mode), 80, mode=mode)
