"""What the engine's suites have in common: one run of a competitor, and a job whose answer is small."""
import numpy as np

from .. import check as storage_check
from .. import competitors as storage_competitors
from .. import measure
from ..comparison import Comparison
from ..measure import Row
from ..suite import Suite
from . import check, competitors


class Contest(Suite):
    """What is computed over the elements: by the library, in a small program that imports nothing else."""

    def __init__(self, folder, session):
        super().__init__(folder, session)
        self.source, self.bounds = session.matrix(), session.bounds
        self.shape = np.load(self.source, mmap_mode="r").shape
        self.bytes = int(np.prod(self.shape)) * 4
        self.answer = folder / "answer.npy"
        self.memory = 2 * self.bytes + (256 << 20)
        self.references = check.References(self.source, self._expression_inputs)

    def _expression_inputs(self):
        """None; a suite with expressions has some."""
        return []

    def _compete(self, job, title, form, attempt, limit=None, size=None):
        rows = [Row(f"{job}-{form}", who, bytes=size or self.bytes, is_limit=competitors.is_limit(who))
                for who in competitors.who_does(job, form)]
        self.compete(
            Comparison(f"{job}-{form}", title, rows, limit, shows_errors=True), attempt,
            needs=storage_competitors.engine_binary)

    def _run(self, row, job, form, inputs, formula=None, output=None):
        """One run, and its inner seconds; the inputs are in the page cache, and an output is synced."""
        for path in [self.answer, *([output] if output else [])]:
            measure.remove(path)
        for path in inputs:
            measure.read_through(competitors.file_of(path))
        words = competitors.command(
            row.who, job, form, inputs, None if output else self.answer, output, formula)
        one, text = measure.run(words, output, self.memory)
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
