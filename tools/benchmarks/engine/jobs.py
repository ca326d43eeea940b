"""The engine's jobs: statistics, sums, normalization, expressions and medians, of `.npy` files and of stores."""
import functools
import math

import numpy as np

from .. import competitors as storage_competitors
from .. import data, measure
from ..competitors import TESSERA
from . import accuracy, check, competitors
from .contest import Contest, reader
from .peers.formulas import TEXTS

FORMS = {"npy": ".npy", "raw": "raw store", "lz4": "lz4 store"}


class Engine(Contest):
    """Statistics, normalization, expressions and medians."""

    def __init__(self, folder, session):
        super().__init__(folder, session)
        self.accuracy = []

    def as_json(self):
        return {"accuracy": self.accuracy} if self.accuracy else {}

    @functools.cached_property
    def inputs(self):
        """Of the expressions: four arrays that are as large as the matrix together."""
        rows = max(1, self.shape[0] // 4)
        paths = [self.folder / f"{name}.npy" for name in "abcd"]
        for number, path in enumerate(paths):
            data.make(path, rows, self.shape[1], self.settings.seed + 10 + number, "gaussian")
            measure.sync(path)
        return paths

    def _expression_inputs(self):
        return self.inputs

    # Inputs

    def _formula_inputs(self, form):
        return [self._stored(path, form) if form == "b2nd" else path for path in self.inputs]

    # Jobs

    def _statistics(self):
        titles = {"columns": "mean, std, min, max of every column", "rows": "mean, std, min, max of every row",
                  "overall": "mean, std, min, max of everything"}
        for job, title in titles.items():
            for form, name in FORMS.items():
                limit = self.bounds.reading(form, self.bytes)
                self._answered(job, f"{title}, {name}", form, self._matrix, limit=limit)

    def _sum(self):
        for form, name in FORMS.items():
            limit = self.bounds.reading(form, self.bytes)
            self._answered("columns-sum", f"sum of every column, {name}", form, self._matrix, limit=limit)

    def _medians(self):
        self._answered("columns-median", "exact median of every column, .npy", "npy", self._matrix)
        self._answered("overall-median", "exact median of everything, .npy", "npy", self._matrix)

    def _normalize(self):
        limit = self.bounds.two_passes(self.bytes)
        self._normalized("npy", "z-score of the columns, .npy to .npy", limit)
        self._normalized("raw", "z-score of the columns, .npy to raw store", limit)

    def _expressions(self):
        for formula, text in TEXTS.items():
            limit = self.bounds.reading("npy", self.bytes)
            self._answered("expression", f"sum of {text}, four .npy", "npy", self._formula_inputs, formula, limit)
            self._expression_stored(formula, text)

    def _expression_stored(self, formula, text):
        job = "expression-stored"

        def attempt(row, number):
            form = competitors.form_read(row.who, job, "npy")
            output = self.folder / ("out.b2nd" if form == "b2nd" else "out.npy")
            one = self._run(row, job, form, self._formula_inputs(form), formula, output)
            expected = self.references.expected_blocks(formula)
            row.note_error(check.stored(reader(output), expected, number, competitors.tolerance(row.who)))
            measure.remove(output)
            return one

        written = math.prod(np.load(self.inputs[0], mmap_mode="r").shape) * 4
        limit = self.bounds.reading_and_writing("npy", self.bytes, written)
        self._compete(job, f"{text} stored, four .npy to a file", "npy", attempt, limit)

    def _accuracy(self):
        if storage_competitors.engine_binary():
            self.accuracy = accuracy.run(self.folder, self.settings, self.log)

    jobs = {
        "statistics": _statistics, "sum": _sum, "normalize": _normalize, "expression": _expressions, "median": _medians,
        "accuracy": _accuracy,
    }
