"""What the suites have in common: jobs by name, each of which measures comparisons and curves."""
import numpy as np

from . import competitors, measure


class Suite:
    """One benchmark run in a scratch folder; `comparisons` and `curves` gather what was measured."""

    # The jobs by name, in the order in which they run: methods of a subclass.
    jobs = {}

    def __init__(self, folder, session):
        self.folder, self.settings, self.log = folder, session.settings, session.log
        self.comparisons, self.curves = [], []

    def do(self, name):
        self.jobs[name](self)

    def compete(self, comparison, attempt, runs=None, needs=competitors.tessera_binary):
        """`attempt(row, number)` performs one run; `needs` finds the program that Tessera's row is measured with."""
        if needs() is None and comparison.rows[0].who == competitors.TESSERA:
            comparison.rows[0].problem = "there is no binary to measure: see docs/benchmarks.md"
        entries = [(row, lambda number, row=row: attempt(row, number)) for row in comparison.rows]
        measure.alternate(entries, runs or self.settings.runs, self.log, self.settings.seed)
        comparison.show()
        self.comparisons.append(comparison)

    def as_json(self):
        """Figures beside those of comparisons and curves."""
        return {}


class MatrixSuite(Suite):
    """One whose jobs are about the matrix of the session."""

    def __init__(self, folder, session):
        super().__init__(folder, session)
        self.source, self.bounds = session.matrix(), session.bounds
        self.shape = np.load(self.source, mmap_mode="r").shape
        self.bytes = int(np.prod(self.shape)) * 4
        # The output in the page cache, and the array in the process once more.
        self.memory = 2 * self.bytes + (256 << 20)
