"""The jobs of linear algebra: products, Gram matrices, covariances and PCA, from file to file."""
import json
import math

from .. import check as storage_check
from .. import measure
from ..comparison import Comparison
from ..competitors import TESSERA
from ..measure import Failed, Row
from ..suite import Suite
from . import check, competitors, inputs
from .peers import blosc2

TARGETS = 64
# Of 1024 columns: decomposing their covariance takes more than the least budget.
LEAST_FOR_COMPONENTS = 128 << 20


class Linalg(Suite):
    """Products and what is made of them, by the command line, within a memory."""

    def __init__(self, folder, session):
        super().__init__(folder, session)
        settings = self.settings
        self.memory = settings.memory
        # Two operands and the result, together as large as the matrix of the other jobs.
        self.side = max(64, math.isqrt(settings.size // 12))
        self.shape = (max(256, settings.size // (4 * settings.columns)), settings.columns)
        self.symmetric = None

    def as_json(self):
        return {"side": self.side, "targets": TARGETS}

    def do(self, name):
        self.jobs[name](self, name)

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

    def _compete(self, job, title, paths, size, flops, error, memory=None):
        """`error(path)` looks at an answer; `flops` are those that the job takes at least."""
        rows = [Row(job, who, bytes=size, flops=flops, is_limit=competitors.is_limit(who))
                for who in competitors.who_does(job)]
        self.compete(
            Comparison(job, title, rows, shows_errors=True),
            lambda row, number: self._attempt(row, paths, error, memory or self.memory))

    def _attempt(self, row, paths, error, memory):
        form = competitors.form(row.who)
        output = self.folder / ("answer.npz" if row.job == "pca" else f"answer.{form}")
        given = [self._in_form(path, form) for path in paths]
        measure.remove(output)
        for path in given:
            measure.read_through(path)
        words = competitors.command(row.who, row.job, given, output, memory, self.settings.components)
        one, text = measure.run(words, output, 2 * self.settings.size + (256 << 20))
        one.inner_seconds = json.loads(text).get("seconds") if row.who == TESSERA else storage_check.seconds(text)
        if row.who == TESSERA and one.peak_bytes > memory:
            raise Failed(f"peak of {one.peak_bytes / (1 << 20):.1f} MiB under --memory {memory >> 20}MiB")
        # In memory the matrix is multiplied as it is: no answer of these jobs.
        if not (competitors.is_limit(row.who) and row.job in ("cov", "corr")):
            row.note_error(error(output))
        measure.remove(output)
        return one

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
        memory = max(self.memory, LEAST_FOR_COMPONENTS)
        self._compete(
            job, f"{components} principal components of {rows} x {columns} within {memory >> 20} MiB",
            [self._tall_matrix()], 4 * rows * columns, 0,
            lambda path, reference=self._reference(): reference.components_error(path, components), memory)

    jobs = {
        "matmul-square": _square, "matmul-tall": _tall, **dict.fromkeys(competitors.SYMMETRIC, _symmetric), "pca": _pca,
    }
