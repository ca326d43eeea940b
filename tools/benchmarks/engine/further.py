"""Work of other kinds and from archives: NaN statistics, positions of maxima, a histogram, distinct values, rows that a mask
chooses; members of `.npz` files."""
import functools
import zipfile

import numpy as np

from .. import data, measure
from . import check
from .contest import Contest
from .jobs import FORMS
from .peers.formulas import HISTOGRAM

# Of the elements of the matrix with gaps.
NAN_SHARE = 0.01
# Of the rows of the matrix that a mask chooses.
CHOSEN_SHARE = 0.1
# Categories of the matrix of codes.
CATEGORIES = 1000
# How much of the matrix is deflated: that takes Python minutes for gigabytes.
DEFLATED_PART = 4


class Further(Contest):
    # Inputs

    @functools.cached_property
    def gaps(self):
        """The matrix with a hundredth of its elements NaN."""
        path, random = self.folder / "gaps.npy", np.random.default_rng(self.settings.seed + 20)
        x = np.load(self.source, mmap_mode="r")

        def block(first, count):
            rows = np.array(x[first:first + count])
            rows[random.random(rows.shape, "float32") < NAN_SHARE] = np.nan
            return rows

        data.write(path, x.dtype, x.shape, block)
        return path

    @functools.cached_property
    def codes(self):
        """Categories as int32, as many as the matrix has elements."""
        path, random = self.folder / "codes.npy", np.random.default_rng(self.settings.seed + 21)
        columns = self.shape[1:]
        data.write(
            path, "int32", self.shape, lambda _, count: random.integers(0, CATEGORIES, (count, *columns), "int32"))
        return path

    @functools.cached_property
    def gaussian(self):
        """Gaussian numbers of full precision, of which hardly two are the same."""
        path = self.folder / "gaussian.npy"
        data.make(path, *self.shape, self.settings.seed + 22, "gaussian")
        return path

    @functools.cached_property
    def mask(self):
        path = self.folder / "mask.npy"
        np.save(path, np.random.default_rng(self.settings.seed + 23).random(self.shape[0]) < CHOSEN_SHARE)
        return path

    def _archive(self, source, kind):
        path = self.folder / f"{kind}.npz"
        compression = zipfile.ZIP_DEFLATED if kind == "npz-deflated" else zipfile.ZIP_STORED
        with zipfile.ZipFile(path, "w", compression) as archive:
            archive.write(source, "x.npy")
        measure.sync(path)
        return path

    # Jobs

    def _archives(self):
        part = self.folder / "part.npy"
        np.save(part, np.load(self.source, mmap_mode="r")[:max(1, self.shape[0] // DEFLATED_PART)])
        for kind, source, words in [("npz", self.source, "a stored"), ("npz-deflated", part, "a deflated")]:
            path, size = self._archive(source, kind), source.stat().st_size
            self._answered(
                "columns", f"mean, std, min, max of every column, {words} .npz member of {size >> 20} MiB", kind,
                lambda form, path=path: [path / "x"], references=check.References(source, list), size=size,
                limit=self.bounds.reading("npz", size) if kind == "npz" else None)
            measure.remove(path)

    def _nan(self):
        self._answered(
            "columns-nan", "nanmean, nanstd, nanmin, nanmax of every column, .npy", "npy", lambda form: [self.gaps],
            references=check.References(self.gaps, list), limit=self.bounds.reading("npy", self.bytes))

    def _argmax(self):
        self._of_matrix("columns-argmax", "argmax of every column, .npy")

    def _histogram(self):
        count, least, greatest = HISTOGRAM
        self._of_matrix("histogram", f"histogram of everything, {count} bins from {least:g} to {greatest:g}, .npy")

    def _unique(self):
        self._of_matrix("unique-counts", "distinct values and counts of features, .npy")
        for job, title, source in [("unique-codes", f"distinct values and counts of {CATEGORIES} int32 codes", self.codes),
                                   ("unique-gaussian", "distinct values of Gaussian numbers", self.gaussian)]:
            self._answered(
                job, f"{title}, .npy", "npy", lambda form, source=source: [source],
                references=check.References(source, list), limit=self.bounds.reading("npy", self.bytes))
            measure.remove(source)

    def _mask(self):
        references = check.References(self.source, lambda: [self.mask])
        for form, name in FORMS.items():
            self._answered(
                "masked-rows", f"a tenth of the rows by a mask, {name}", form, lambda form: [*self._matrix(form), self.mask],
                references=references, size=int(np.load(self.mask).sum()) * self.shape[1] * 4)

    def _of_matrix(self, job, title):
        self._answered(
            job, title, "npy", lambda form: [self.source], limit=self.bounds.reading("npy", self.bytes))

    jobs = {
        "npz": _archives, "nan": _nan, "argmax": _argmax, "histogram": _histogram, "unique": _unique, "mask": _mask,
    }
