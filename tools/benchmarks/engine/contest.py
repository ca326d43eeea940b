"""What the engine's suites have in common: one run of a competitor, and a job whose answer is small."""
import importlib

import numpy as np

from .. import check as storage_check
from .. import competitors as storage_competitors
from .. import measure
from ..comparison import Comparison
from ..competitors import TESSERA
from ..measure import Row
from ..suite import MatrixSuite
from . import check, competitors


class Contest(MatrixSuite):
    """What is computed over the elements: by the library, in a small program that imports nothing else."""

    def __init__(self, folder, session):
        super().__init__(folder, session)
        self.answer = folder / "answer.npy"
        self.references = check.References(self.source, self._expression_inputs)

    def _expression_inputs(self):
        """None; a suite with expressions has some."""
        return []

    # What names of jobs end with; the v1 memory group of everybody's process; and how they find their inputs.
    suffix, group = "", "-"
    make_ready = staticmethod(measure.read_through)

    def _compete(self, job, title, form, attempt, limit=None, size=None):
        name = f"{job}-{form}{self.suffix}"
        rows = [Row(name, who, bytes=size or self.bytes, is_limit=competitors.is_limit(who))
                for who in competitors.who_does(job, form)]
        self.compete(
            Comparison(name, title, rows, limit, shows_errors=True), attempt, needs=storage_competitors.engine_binary)

    def _run(self, row, job, form, inputs, formula=None, output=None):
        """One run, and its inner seconds; the inputs are made ready, and an output is synced."""
        for path in [self.answer, *([output] if output else [])]:
            measure.remove(path)
        for path in inputs:
            self.make_ready(competitors.file_of(path))
        words = competitors.command(
            row.who, job, form, inputs, None if output else self.answer, output, formula)
        one, text = measure.run(words, output, self.memory, self.group)
        one.inner_seconds = storage_check.seconds(text)
        return one

    def _answered(self, job, title, form, inputs_of, formula=None, limit=None, references=None, size=None):
        """A job with a small answer; `inputs_of(form)` gives its files, `references` the answers where they are others'."""
        reference = (references or self.references).of(job, formula)

        def attempt(row, number):
            own_form = competitors.form_read(row.who, job, form)
            one = self._run(row, job, own_form, inputs_of(own_form), formula)
            if not row.is_limit:
                row.note_error(check.answer(self.answer, reference, competitors.tolerance(row.who)))
            return one

        self._compete(job, title, form, attempt, limit, size)

    def _normalized(self, kind, title, limit):
        """z-scores of the matrix, written to a file of that kind."""
        output, job = self.folder / ("out.npy" if kind == "npy" else "out.zarr"), f"normalize-{kind}"

        def attempt(row, number):
            one = self._run(row, job, "npy", [self.source], output=output)
            expected = self.references.normalized_blocks()
            row.note_error(check.stored(reader(output), expected, number, competitors.tolerance(row.who)))
            return one

        self._compete(job, title, "npy", attempt, limit)
        measure.remove(output)

    # Inputs

    def _matrix(self, form):
        """The matrix in a form, made when it is first asked for."""
        if form == "npy":
            return [self.source]
        return [self._stored(self.source, form)]

    def _stored(self, source, form):
        who = {"b2nd": "Blosc2", "h5": "h5py+LZ4"}.get(form, TESSERA)
        codec = "none" if form == "raw" else "lz4"
        if who == TESSERA and storage_competitors.tessera_binary() is None:
            who = "zarrs"
        store = self.folder / (f"{source.stem}-{form}" + (f".{form}" if form in competitors.OWN_FORMS else ".zarr"))
        if not store.exists():
            columns = self.shape[1]
            measure.run(storage_competitors.write(
                who, source, store, codec, [256, columns], [16384, columns]), store)
        return store


def reader(path):
    """Reads rows of what was written: stores by TensorStore, whoever wrote them."""
    if path.suffix == ".npy":
        values = np.load(path, mmap_mode="r")
        return lambda first, last: values[first:last]
    peer = importlib.import_module("benchmarks.peer_" + ("blosc2" if path.suffix == ".b2nd" else "tensorstore"))
    array = peer.open(str(path))
    return lambda first, last: peer.read_rows(array, first, last)
