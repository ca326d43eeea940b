"""Varies one thing at a time, and runs the works under it."""
import os

import numpy as np

from .. import competitors, measure
from ..measure import Failed, Row
from ..suite import Suite
from . import works
from .curve import Curve
from .works import WORKS

KIB, MIB = 1 << 10, 1 << 20
BUDGETS = [64 * MIB, 128 * MIB, 256 * MIB, 1024 * MIB]
CHUNKS = [64 * KIB, 256 * KIB, 1024 * KIB, 4096 * KIB, 16384 * KIB]
READERS = ["column statistics, lz4", "lz4 to .npy"]


class Scaling(Suite):
    """Of the command line alone: what was measured beside others stands in the other groups."""

    def __init__(self, folder, session):
        super().__init__(folder, session)
        self.source = session.matrix()
        self.rows, self.columns = np.load(self.source, mmap_mode="r").shape
        self.answers = {}

    def _size(self):
        sources = {}
        for part in (8, 4, 2, 1):
            rows = max(1, self.rows // part)
            sources[rows * self.columns * 4] = self._first(rows) if part > 1 else self.source
        self._measure(
            "Cost against the size of the input", "size of the matrix", sources, WORKS,
            lambda size: (sources[size], None, []), logarithmic=False)

    def _threads(self):
        counts = sorted({1, *(1 << power for power in range(1, 8) if 1 << power <= _cores()), _cores()})
        self._measure(
            "Cost against the number of threads", "threads", counts, WORKS,
            lambda count: (self.source, None, ["--threads", count]), x_is_bytes=False, logarithmic=False)

    def _memory(self):
        self._measure(
            "Cost against --memory", "--memory", BUDGETS, WORKS, lambda size: (self.source, None, ["--memory", size]))

    def _chunks(self):
        """Shards of 64 MiB; the chunks that do not fit the matrix are left out."""
        sizes = [size for size in CHUNKS if 4 * size <= self.rows * self.columns * 4]
        self._measure(
            "Cost of reading against the size of chunks, lz4 in shards of 64 MiB", "chunk", sizes,
            {name: WORKS[name] for name in READERS}, lambda size: (self.source, self._layout(size, 64 * MIB), []))

    def _shards(self):
        """Chunks of 256 KiB; from one shard to one for every four chunks."""
        total, chunk = self.rows * self.columns * 4, 256 * KIB
        counts = {max(1, -(-total // size)): size for size in (total, total // 4, total // 16, total // 64) if size >= 4 * chunk}
        self._measure(
            "Cost of reading against the number of shards, lz4 in chunks of 256 KiB", "shards", counts,
            {name: WORKS[name] for name in READERS}, lambda count: (self.source, self._layout(chunk, counts[count]), []),
            x_is_bytes=False)

    # Running

    def _measure(self, title, x_label, xs, chosen, at, **options):
        """`at(x)` gives the matrix, rows of chunk and shard of stores that are read (nil: any), and options of the command."""
        series = {name: {x: Row(title, f"{name}, {x}") for x in xs} for name in chosen}
        entries = [(row, lambda number, name=name, x=x: self._attempt(name, *at(x), number))
                   for name, rows in series.items() for x, row in rows.items()]
        if competitors.tessera_binary() is None:
            for row, _ in entries:
                row.problem = "there is no binary to measure: see docs/benchmarks.md"
        measure.alternate(entries, self.settings.runs, self.log, self.settings.seed)
        curve = Curve(title, x_label, series, **options)
        curve.show()
        self.curves.append(curve)
        for store in self.folder.glob("*.zarr"):
            measure.remove(store)

    def _attempt(self, name, matrix, layout, options, number):
        work = WORKS[name]
        source = matrix if work.form == "npy" else self._store(matrix, layout or self._layout(256 * self.columns * 4, 64 * MIB))
        output = self.folder / f"output{work.suffix}"
        measure.remove(output)
        measure.read_through(source)
        one, _ = measure.run(work.command(source, output, options), output, 2 * matrix.stat().st_size + 256 * MIB)
        if "--memory" in options and one.peak_bytes > options[1]:
            raise Failed(f"peak of {one.peak_bytes / MIB:.1f} MiB under --memory {options[1] // MIB}MiB")
        if matrix not in self.answers:
            self.answers[matrix] = works.Answers(matrix)
        self.answers[matrix].check(name, output, number)
        measure.remove(output)
        return one

    def _layout(self, chunk_bytes, shard_bytes):
        """Rows of a chunk, and of a shard of whole chunks."""
        chunk = max(1, chunk_bytes // (4 * self.columns))
        return chunk, max(1, -(-shard_bytes // (4 * self.columns * chunk))) * chunk

    def _store(self, matrix, layout):
        store = self.folder / f"{matrix.stem}-{layout[0]}-{layout[1]}.zarr"
        if not store.exists():
            works.convert(matrix, store, "lz4", *layout, self.columns)
        return store

    def _first(self, rows):
        """The first rows of the matrix, as a file of its own."""
        path = self.folder / f"first-{rows}.npy"
        if not path.exists():
            np.save(path, np.load(self.source, mmap_mode="r")[:rows])
            measure.sync(path)
        return path

    jobs = {"size": _size, "threads": _threads, "memory": _memory, "chunks": _chunks, "shards": _shards}


def _cores():
    return os.cpu_count() or 1
