"""Larger than memory: the matrix on the disk and not in the page cache, everybody in a memory group of a part of its size."""
import unittest

from interop.support import forget, limited_group

from .contest import Contest

# Of the matrix; but Tessera's least budget is a quarter of what it may use, so smaller matrices have a larger part.
PART, LEAST = 4, 256 << 20


class Cold(Contest):
    suffix = "-cold"
    make_ready = staticmethod(forget)

    def __init__(self, folder, session):
        super().__init__(folder, session)
        self.limit = max(LEAST, self.bytes // PART)

    def _limited(self, job):
        """Without a memory group, inputs are cold all the same, and the title says so."""
        try:
            with limited_group(self.limit) as self.group:
                job(f"in a memory group of {self.limit >> 20} MiB")
        except unittest.SkipTest as reason:
            self.log(f"  cold: {reason}")
            job("no memory group")
        finally:
            self.group = "-"

    def _columns(self):
        def job(words):
            for form, name, count in [("npy", ".npy", self.bytes), ("lz4", "lz4 store", None)]:
                self._answered("columns", f"mean, std, min, max of every column, cold {name}, {words}", form, self._matrix,
                               limit=self.bounds.from_disk(count) if count else None)

        self._limited(job)

    def _z_score(self):
        # The second pass finds in the page cache what fits there.
        reads = 2 if self.bytes > self.limit else 1
        self._limited(lambda words: self._normalized(
            "npy", f"z-score of the columns, cold .npy to .npy, {words}", self.bounds.through_disk(self.bytes, reads)))

    jobs = {"columns": _columns, "normalize": _z_score}
