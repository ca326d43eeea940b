"""The engine's jobs: statistics, sums, normalization, expressions and medians, of `.npy` files and of stores."""
import importlib
import math

import numpy as np

from .. import check as storage_check
from .. import competitors as storage_competitors
from .. import data, measure, table
from ..competitors import TESSERA
from ..measure import Row
from . import accuracy, check, competitors, limits
from .peers.formulas import TEXTS

JOBS = ["statistics", "sum", "normalize", "expression", "median", "accuracy"]
FORMS = {"npy": ".npy", "raw": "raw store", "lz4": "lz4 store"}


class Engine:
    """One benchmark run in a scratch folder; `rows` gathers what was measured."""

    def __init__(self, folder, source, settings, log):
        self.folder, self.source, self.settings, self.log = folder, source, settings, log
        self.shape = np.load(source, mmap_mode="r").shape
        self.bytes = int(np.prod(self.shape)) * 4
        self.answer = folder / "answer.npy"
        self.memory = 2 * self.bytes + (256 << 20)
        self.rows: list[Row] = []
        self.limits, self.accuracy = {}, []
        self.inputs = self._expression_inputs() if "expression" in settings.jobs else []
        self.references = check.References(source, self.inputs)
        self.has_tessera = storage_competitors.engine_binary() is not None

    def run(self):
        self.limits = limits.run(self.folder, self.source, self.settings, self.log)
        self.bounds = limits.Bounds(self.limits)
        jobs = {
            "statistics": self._statistics, "sum": self._sum, "normalize": self._normalize,
            "expression": self._expressions, "median": self._medians, "accuracy": self._accuracy,
        }
        for name in self.settings.jobs:
            jobs[name]()

    def as_json(self):
        return {"limits": self.limits, "accuracy": self.accuracy}

    def _expression_inputs(self):
        """Four arrays that are as large as the matrix together."""
        rows = max(1, self.shape[0] // 4)
        paths = [self.folder / f"{name}.npy" for name in "abcd"]
        for number, path in enumerate(paths):
            data.make(path, rows, self.shape[1], self.settings.seed + 10 + number, "gaussian")
        return paths

    # Running

    def _compete(self, job, title, form, attempt, bound=None):
        rows = [Row(f"{job}-{form}", who, bytes=self.bytes) for who in competitors.who_does(job, form)]
        if not self.has_tessera:
            rows[0].problem = "there is no tessera-engine-bench binary: see docs/benchmarks.md"
        entries = [(row, lambda number, row=row: attempt(row, number)) for row in rows]
        measure.alternate(entries, self.settings.runs, self.log, self.settings.seed)
        table.show(title, rows, errors=True)
        self._show_share(rows[0], bound)
        self.rows += rows

    def _show_share(self, row, bound):
        """How near Tessera comes to what the machine can do."""
        if bound is None or not row.runs:
            return
        seconds, words = bound
        row.limit_seconds = seconds
        print(f"  {TESSERA} reaches {seconds / row.inner_seconds:.0%} of the limit in-process, "
              f"{seconds / row.seconds:.0%} as a process: {seconds:.3f} s for {words}")

    def _run(self, row, job, form, inputs, formula=None, output=None):
        """One run, and its inner seconds; the inputs are in the page cache, and an output is synced."""
        for path in [self.answer, *([output] if output else [])]:
            measure.remove(path)
        for path in inputs:
            measure.read_through(path)
        words = competitors.command(
            row.who, job, form, inputs, None if output else self.answer, output, formula)
        one, text = measure.run(words, output, self.memory)
        one.inner_seconds = storage_check.seconds(text)
        return one

    def _answered(self, job, title, form, inputs_of, formula=None, bound=None):
        """A job with a small answer; `inputs_of(form)` gives its files."""
        reference = self.references.of(job, formula)

        def attempt(row, number):
            own_form = competitors.form_read(row.who, job, form)
            one = self._run(row, job, own_form, inputs_of(own_form), formula)
            row.note_error(check.answer(self.answer, reference, competitors.tolerance(row.who)))
            return one

        self._compete(job, title, form, attempt, bound)

    def _matrix(self, form):
        """The matrix in a form, made when it is first asked for."""
        if form == "npy":
            return [self.source]
        return [self._stored(self.source, form)]

    def _formula_inputs(self, form):
        return [self._stored(path, form) if form == "b2nd" else path for path in self.inputs]

    def _stored(self, source, form):
        who, codec = ("Blosc2", "lz4") if form == "b2nd" else (TESSERA, "lz4" if form == "lz4" else "none")
        if who == TESSERA and storage_competitors.tessera_binary() is None:
            who = "zarrs"
        store = source.with_name(f"{source.stem}-{form}" + (".b2nd" if form == "b2nd" else ".zarr"))
        if not store.exists():
            columns = self.shape[1]
            measure.run(storage_competitors.write(
                who, source, store, codec, [256, columns], [16384, columns]), store)
        return store

    # Jobs

    def _statistics(self):
        titles = {"columns": "mean, std, min, max of every column", "rows": "mean, std, min, max of every row",
                  "overall": "mean, std, min, max of everything"}
        for job, title in titles.items():
            for form, name in FORMS.items():
                bound = self.bounds.seconds(form, self.bytes, 0)
                self._answered(job, f"{title}, {name}", form, self._matrix, bound=bound)

    def _sum(self):
        for form, name in FORMS.items():
            bound = self.bounds.seconds(form, self.bytes, 0)
            self._answered("columns-sum", f"sum of every column, {name}", form, self._matrix, bound=bound)

    def _medians(self):
        self._answered("columns-median", "exact median of every column, .npy", "npy", self._matrix)
        self._answered("overall-median", "exact median of everything, .npy", "npy", self._matrix)

    def _normalize(self):
        for kind, name in [("npy", ".npy"), ("raw", "raw store")]:
            output = self.folder / ("out.npy" if kind == "npy" else "out.zarr")
            job = f"normalize-{kind}"

            def attempt(row, number, job=job, output=output):
                one = self._run(row, job, "npy", [self.source], output=output)
                expected = self.references.normalized_blocks()
                row.note_error(check.stored(_reader(output), expected, number, competitors.tolerance(row.who)))
                return one

            self._compete(job, f"z-score of the columns, .npy to {name}", "npy", attempt, self.bounds.copying(self.bytes))
            measure.remove(output)

    def _expressions(self):
        for formula, text in TEXTS.items():
            bound = self.bounds.seconds("npy", self.bytes, 0)
            self._answered("expression", f"sum of {text}, four .npy", "npy", self._formula_inputs, formula, bound)
            self._expression_stored(formula, text)

    def _expression_stored(self, formula, text):
        job = "expression-stored"

        def attempt(row, number):
            form = competitors.form_read(row.who, job, "npy")
            output = self.folder / ("out.b2nd" if form == "b2nd" else "out.npy")
            one = self._run(row, job, form, self._formula_inputs(form), formula, output)
            expected = self.references.expected_blocks(formula)
            row.note_error(check.stored(_reader(output), expected, number, competitors.tolerance(row.who)))
            measure.remove(output)
            return one

        written = math.prod(np.load(self.inputs[0], mmap_mode="r").shape) * 4
        bound = self.bounds.seconds("npy", self.bytes, written)
        self._compete(job, f"{text} stored, four .npy to a file", "npy", attempt, bound)

    def _accuracy(self):
        if self.has_tessera:
            self.accuracy = accuracy.run(self.folder, self.settings, self.log)


def _reader(path):
    """Reads rows of what was written: stores by TensorStore, whoever wrote them."""
    if path.suffix == ".npy":
        values = np.load(path, mmap_mode="r")
        return lambda first, last: values[first:last]
    peer = importlib.import_module("benchmarks.peer_" + ("blosc2" if path.suffix == ".b2nd" else "tensorstore"))
    array = peer.open(str(path))
    return lambda first, last: peer.read_rows(array, first, last)
