"""The jobs of linear algebra: products, Gram matrices, covariances and PCA, from file to file."""
import json
import math

from .. import check as storage_check
from .. import competitors as storage_competitors
from .. import measure, table
from ..competitors import TESSERA
from ..measure import Failed, Row
from . import check, competitors, inputs
from .peers import blosc2

JOBS = competitors.JOBS
TARGETS = 64


class Linalg:
    """One benchmark run in a scratch folder; `rows` gathers what was measured."""

    def __init__(self, folder, settings, log):
        self.folder, self.settings, self.log = folder, settings, log
        self.memory = settings.memory
        # Two operands and the result, together as large as the matrix of the other jobs.
        self.side = max(64, math.isqrt(settings.size // 12))
        self.shape = (max(256, settings.size // (4 * settings.columns)), settings.columns)
        self.rows: list[Row] = []
        self.symmetric = None
        self.has_tessera = storage_competitors.tessera_binary() is not None

    def as_json(self):
        return {"side": self.side, "targets": TARGETS}

    def run(self):
        for name in self.settings.jobs:
            {"matmul-square": self._square, "matmul-tall": self._tall, "pca": self._pca}.get(name, self._symmetric)(name)

    # Inputs

    def _made(self, name, maker, *arguments):
        path = self.folder / f"{name}.npy"
        if not path.exists():
            maker(path, *arguments)
            measure.sync(path)
        return path

    def _tall_matrix(self):
        return self._made("x", inputs.factors, *self.shape, self.settings.seed)

    def _in_form(self, path, form):
        if form == "npy":
            return path
        other = path.with_suffix(".b2nd")
        if not other.exists():
            blosc2.convert(path, other)
            measure.sync(other)
        return other

    # Running

    def _compete(self, job, title, paths, size, flops, error):
        """`error(path)` looks at an answer; `flops` are those that the job takes at least."""
        rows = [Row(job, who, bytes=size, flops=flops) for who in competitors.who_does(job)]
        if not self.has_tessera:
            rows[0].problem = "there is no tessera binary: build it with swift build -c release"
        entries = [(row, lambda number, row=row: self._attempt(row, paths, error)) for row in rows]
        measure.alternate(entries, self.settings.runs, self.log, self.settings.seed)
        table.show(title, rows, errors=True)
        self._show_share(rows)
        self.rows += rows

    def _attempt(self, row, paths, error):
        form = competitors.form(row.who)
        output = self.folder / ("answer.npz" if row.job == "pca" else f"answer.{form}")
        given = [self._in_form(path, form) for path in paths]
        measure.remove(output)
        for path in given:
            measure.read_through(path)
        words = competitors.command(row.who, row.job, given, output, self.memory, self.settings.components)
        one, text = measure.run(words, output, 2 * self.settings.size + (256 << 20))
        one.inner_seconds = json.loads(text).get("seconds") if row.who == TESSERA else storage_check.seconds(text)
        if row.who == TESSERA and one.peak_bytes > self.memory:
            raise Failed(f"peak of {one.peak_bytes / (1 << 20):.1f} MiB under --memory {self.memory >> 20}MiB")
        # In memory the matrix is multiplied as it is: no answer of these jobs.
        if not (competitors.is_limit(row.who) and row.job in ("cov", "corr")):
            row.note_error(error(output))
        measure.remove(output)
        return one

    def _show_share(self, rows):
        """How near Tessera comes to the best that OpenBLAS does in memory."""
        limits = [row for row in rows if competitors.is_limit(row.who) and row.runs]
        if not limits or not rows[0].runs:
            return
        best = min(limits, key=lambda row: row.inner_seconds)
        rows[0].limit_seconds = best.inner_seconds
        print(f"  {TESSERA} reaches {best.inner_seconds / rows[0].inner_seconds:.0%} of '{best.who}' in-process, "
              f"{best.inner_seconds / rows[0].seconds:.0%} as a process")

    # Jobs

    def _square(self, job):
        paths = [self._made(name, inputs.gaussian, self.side, self.side, self.settings.seed + number)
                 for number, name in enumerate("ab")]
        product = check.Product(*paths, self.settings.seed)
        self._compete(
            job, f"product of two {self.side} x {self.side} matrices within {self.memory >> 20} MiB", paths,
            12 * self.side**2, 2 * self.side**3, product.error)
        measure.remove(self.folder / "a.b2nd"), measure.remove(self.folder / "b.b2nd")

    def _tall(self, job):
        paths = [self._tall_matrix(), self._made("w", inputs.gaussian, self.shape[1], TARGETS, self.settings.seed + 7)]
        product = check.Product(*paths, self.settings.seed)
        rows, columns = self.shape
        self._compete(
            job, f"{rows} x {columns} times {columns} x {TARGETS} within {self.memory >> 20} MiB", paths,
            4 * rows * (columns + TARGETS), 2 * rows * columns * TARGETS, product.error)
        measure.remove(self.folder / "x.b2nd")

    def _reference(self):
        if self.symmetric is None:
            self.symmetric = check.Symmetric(self._tall_matrix())
        return self.symmetric

    def _symmetric(self, job):
        rows, columns = self.shape
        self._compete(
            job, f"{job} of {rows} x {columns} within {self.memory >> 20} MiB", [self._tall_matrix()],
            4 * rows * columns, rows * columns * (columns + 1),
            lambda path, reference=self._reference(): reference.error(job, path))

    def _pca(self, job):
        rows, columns = self.shape
        components = self.settings.components
        self._compete(
            job, f"{components} principal components of {rows} x {columns} within {self.memory >> 20} MiB",
            [self._tall_matrix()], 4 * rows * columns, 0,
            lambda path, reference=self._reference(): reference.components_error(path, components))
