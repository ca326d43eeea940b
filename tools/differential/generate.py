"""Random expression graphs: steps of a job, with NumPy's answers.

The families of steps stand in random_*.py, one module each; what they share is here.
"""
import pathlib

import numpy as np

import reference
from compare import Expected
from random_composed import Composed
from random_counts import Counts
from random_elementwise import Elementwise
from random_indices import Indices
from random_reductions import Reductions
from random_sets import Sets
from random_views import Views
from sources import random_form, store
from values import BFLOAT16, DTYPES, random_dtype, random_elements, random_shape

LARGEST = 60_000


class Graph(Views, Indices, Elementwise, Reductions, Sets, Counts, Composed):
    """Grows step by step; every step is one that NumPy answers, or, when wanted, refuses."""

    def __init__(self, rng: np.random.Generator, folder: pathlib.Path):
        self.rng = rng
        self.folder = folder
        self.steps: list[dict] = []
        self.values: dict[int, Expected] = {}
        self.largest = LARGEST
        #: What the last step was refused with, if it was.
        self.mistake: Exception | None = None

    # Sources

    def source(self, dtype=None, shape=None, form=None) -> int:
        rng = self.rng
        dtype = random_dtype(rng) if dtype is None else dtype
        shape = random_shape(rng) if shape is None else tuple(shape)
        if form is None and rng.random() < 0.04 and dtype != BFLOAT16:
            text = {"b": "True", "c": ["1.5", "-2.0"], "f": "2.5", "i": "3", "u": "3"}[dtype.kind]
            name = {"b": "bool", "c": "complex", "f": "float", "i": "int", "u": "int"}[dtype.kind]
            return self.add({"op": "full", "shape": list(shape), "dtype": dtype.name,
                             "value": {"scalar": text, "kind": name}})
        array = random_elements(rng, dtype, shape)
        step = store(array, form or random_form(rng), self.folder / f"source-{len(self.steps)}", rng)
        if dtype == BFLOAT16:
            number = self.append(step, Expected(array.astype(np.float32), is_view=True))
            return self.append({"op": "astype", "args": [number], "dtype": "bfloat16"}, Expected(array))
        return self.append(step, Expected(array, is_view=True))

    def weights(self, shape, dtype="float64") -> int:
        """Whole quarters, whose sums are exact."""
        unit = 1 if dtype == "int32" else 4
        array = np.asarray(self.rng.integers(1, 9, size=tuple(shape)) / np.float64(unit), dtype)
        return self.append(store(array, random_form(self.rng), self.folder / f"source-{len(self.steps)}", self.rng),
                           Expected(array, is_view=True))

    def append(self, step, value) -> int:
        step["id"] = len(self.steps)
        self.steps.append(step)
        if value is not None:
            self.values[step["id"]] = value
        return step["id"]

    def add(self, step) -> int | None:
        """nil, and nothing added, when NumPy refuses, the result is too large, or nobody knows the answer."""
        if not reference.is_defined(step, self.values):
            return None
        try:
            value = reference.evaluate(step, self.values)
        except (*reference.MISTAKES, ZeroDivisionError, MemoryError):
            return None
        if value.array.size > self.largest or value.array.ndim > 7:
            return None
        return self.append(step, value)

    # Growing

    def grow(self):
        """Adds one step, of a random family."""
        families = [self.view, self.unary, self.binary, self.choose, self.join, self.reduction, self.cast,
                    self.sequence, self.distinct, self.in_order, self.lookup, self.counted, self.composed]
        weights = np.array([30, 16, 26, 8, 7, 22, 8, 7, 6, 6, 7, 7, 6], dtype=float)
        for _ in range(20):
            step = families[self.rng.choice(len(families), p=weights / weights.sum())](self.pick())
            if step is not None and self.add(step) is not None:
                return

    def misstep(self):
        """Adds one step that NumPy refuses, if one is found."""
        makers = [self.view, self.unary, self.binary, self.join, self.reduction, self.choose, self.counted, self.sequence,
                  self.in_order]
        for _ in range(60):
            step = makers[self.rng.integers(len(makers))](self.pick(), is_wild=True)
            if step is None or not reference.is_defined(step, self.values):
                continue
            try:
                reference.evaluate(step, self.values)
            except reference.MISTAKES as mistake:
                if any(self.array(argument).dtype == BFLOAT16 for argument in step["args"] if isinstance(argument, int)):
                    continue  # ml_dtypes refuses more than it need
                self.mistake = mistake
                return self.append(step, None)
            except ZeroDivisionError:
                continue
        return None

    def pick(self, test=lambda array: True) -> int:
        """A step, late ones more often."""
        known = [number for number in self.values if test(self.values[number].array)]
        if not known:
            return next(reversed(self.values))
        return known[min(len(known) - 1, int(len(known) * self.rng.random() ** 0.6))]

    def array(self, number) -> np.ndarray:
        return self.values[number].array

    def maybe(self, share) -> bool:
        return self.rng.random() < share

    # Operands

    def partner(self, number, is_wild=False, dtype=None) -> int:
        """A step whose shape broadcasts with another's: an old one, or a new source."""
        rng, x = self.rng, self.array(number)
        if is_wild:
            return self.pick()
        fits = lambda y: (y.dtype == BFLOAT16) == (x.dtype == BFLOAT16) and self.broadcasts(x.shape, y.shape) and (
            dtype is None or y.dtype == dtype)
        known = [other for other in self.values if fits(self.array(other))]
        if known and self.maybe(0.6):
            return int(rng.choice(known))
        shape = [1 if self.maybe(0.15) else length for length in x.shape]
        if self.maybe(0.25) and shape:
            shape = shape[int(rng.integers(1, len(shape) + 1)):]
        wanted = BFLOAT16 if x.dtype == BFLOAT16 else dtype
        if wanted is None:
            wanted = x.dtype if self.maybe(0.5) else [d for d in DTYPES if d != BFLOAT16][rng.integers(len(DTYPES) - 1)]
        return self.source(wanted, shape)

    def broadcasts(self, a, b) -> bool:
        try:
            return int(np.prod(np.broadcast_shapes(a, b), dtype=float)) <= self.largest
        except ValueError:
            return False

    def axes(self, x, is_wild=False) -> dict:
        rng = self.rng
        if self.maybe(0.25):
            return {}
        count = int(rng.integers(1, x.ndim + 1)) if x.ndim else 0
        axes = [int(axis) for axis in rng.permutation(x.ndim)[:count]]
        axes = [axis - x.ndim if self.maybe(0.3) else axis for axis in axes]
        if is_wild: axes.append(int(rng.choice([x.ndim, -x.ndim - 1, *(axes or [9])])))
        return {"axis": axes}

    # What is known of a step

    def is_all_exact(self, number) -> bool:
        return self.values[number].is_exact and all(
            self.is_all_exact(argument) for argument in self.operands(self.steps[number]))

    def operands(self, step) -> list:
        return [argument for argument in step.get("args", []) if isinstance(argument, int)] + [
            step[key] for key in ("where", "weights") if key in step]
