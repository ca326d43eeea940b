"""The storage jobs: to stores and back, reads, adopt, start-up, memory."""
import pathlib
import shutil
import sys

import numpy as np

from . import check, competitors, data, measure
from .comparison import Comparison
from .competitors import OTHER_PEERS, PEERS, TESSERA, ZARR_PEERS
from .measure import Failed, Row
from .suite import MatrixSuite

# They copy bytes as they are: what a conversion cannot be much faster than.
COPIERS = ["cp"]


class Storage(MatrixSuite):
    """The array as it is stored: nothing is computed."""

    def _compete(self, job, title, names, attempt, runs=None, size=None, limit=None, needs=competitors.tessera_binary):
        size = self.bytes if size is None else size
        rows = [Row(job, who, bytes=size, is_limit=who in COPIERS) for who in names]
        self.compete(
            Comparison(job, title, rows, limit), lambda row, number: attempt(row.who, number), runs, needs)

    # Writing and back

    def _writes(self):
        raw, lz4 = self.bounds.copying(self.bytes), self.bounds.encoding(self.bytes)
        self._to_store("npy-to-raw", ".npy to a raw store", "none", [TESSERA, "cp", *ZARR_PEERS], raw)
        self._to_store("npy-to-lz4", ".npy to lz4", "lz4", [TESSERA, *PEERS], lz4)

    def _to_store(self, job, title, codec, names, limit):
        target = self.folder / "written"

        def attempt(who, number):
            measure.remove(target)
            measure.read_through(self.source)
            if who == "cp":
                one, _ = measure.run(["cp", self.source, target], target, self.memory)
                check.same_npy(target, self.source, number)
                return one
            store = target.with_suffix(".zarr") if competitors.is_zarr(who) else target.with_suffix(".b2nd")
            measure.remove(store)
            chunks, shards = self.settings.chunks, self.settings.shards
            command = competitors.write(who, self.source, store, codec, chunks, shards)
            one, text = measure.run(command, store, self.memory)
            one.inner_seconds = None if who == TESSERA else check.seconds(text)
            check.same_store(competitors.checker(who), str(store), self.source, number)
            measure.remove(store)
            return one

        self._compete(job, title, names, attempt, limit=limit)
        measure.remove(target)

    def _store(self, codec, who):
        """The store that `who` reads: one Zarr store for all who read Zarr, a file of its own for the others."""
        kind = who if who in OTHER_PEERS else "zarr"
        suffix = ".b2nd" if who in OTHER_PEERS else ".zarr"
        store = self.folder / f"{kind.replace('+', '-')}-{codec}{suffix}"
        if not store.exists():
            maker = who if who in OTHER_PEERS else TESSERA if competitors.tessera_binary() else "zarrs"
            chunks, shards = self.settings.chunks, self.settings.shards
            measure.run(competitors.write(maker, self.source, store, codec, chunks, shards), store)
            check.same_store(competitors.checker(maker), str(store), self.source, 0)
        return store

    def _backs(self):
        raw, lz4 = self.bounds.copying(self.bytes), self.bounds.reading_and_writing("lz4", self.bytes, self.bytes)
        self._to_npy("raw-to-npy", "raw store to .npy", "none", [TESSERA, "cp", *ZARR_PEERS], raw)
        self._to_npy("lz4-to-npy", "lz4 to .npy", "lz4", [TESSERA, *PEERS], lz4)

    def _to_npy(self, job, title, codec, names, limit):
        target = self.folder / "back.npy"

        def attempt(who, number):
            measure.remove(target)
            store = self.source if who == "cp" else self._store(codec, who)
            measure.read_through(store)
            command = ["cp", store, target]
            if who != "cp":
                command = competitors.to_npy(who, store, target, self.settings.shards[0])
            one, text = measure.run(command, target, self.memory)
            one.inner_seconds = None if who in (TESSERA, "cp") else check.seconds(text)
            check.same_npy(target, self.source, number)
            return one

        self._compete(job, title, names, attempt, limit=limit)
        measure.remove(target)

    # Reading

    def _reads(self):
        rows_file, tiles_file = data.positions(self.folder, *self.shape, self.settings.seed)
        sums = check.expected_sums(self.source, rows_file, tiles_file)
        sizes = {"read-all": self.bytes, "rows": len(np.load(rows_file)) * self.shape[1] * 4,
                 "tiles": len(np.load(tiles_file)) * 256 * 256 * 4}
        titles = {"read-all": "whole array into memory", "rows": "10,000 random rows", "tiles": "1,000 tiles 256 x 256"}
        for codec, names in [("lz4", [TESSERA, *PEERS]), ("none", [TESSERA, *ZARR_PEERS])]:
            for job, title in titles.items():
                positions = {"rows": rows_file, "tiles": tiles_file}.get(job)

                def attempt(who, number, job=job, positions=positions, codec=codec):
                    store = self._store(codec, who)
                    measure.read_through(store)
                    one, text = measure.run(competitors.read(who, job, store, positions), memory=self.memory)
                    one.inner_seconds = check.answer(text, sums[job])
                    return one

                name = "raw" if codec == "none" else codec
                limit = self.bounds.reading(name, self.bytes) if job == "read-all" else None
                self._compete(f"{name}-{job}", f"{title}, {name} store", names, attempt, size=sizes[job], limit=limit,
                              needs=competitors.tessera_bench_binary)

    # Start-up, adopt, memory

    def _info(self):
        code = "import sys, zarr; print(zarr.open_array(sys.argv[1], mode='r').info)"
        store = self._store("lz4", TESSERA)

        def attempt(who, number):
            command = [competitors.tessera_binary(), "info", store] if who == TESSERA else [
                sys.executable, "-c", code, store]
            one, text = measure.run(command)
            if str(self.shape[0]) not in text.replace(",", "").replace("_", ""):
                raise Failed("wrong answer: no row count in what was printed")
            return one

        self._compete("info", "info of a store (goal: under 0.020 s)", [TESSERA, "zarr-python"], attempt,
                      runs=max(10, self.settings.runs), size=0)

    def _adopt(self):
        """At two sizes: the time is that of the index, so it must not grow as the bytes do."""
        small = self.folder / "small.npy"
        np.save(small, np.load(self.source, mmap_mode="r")[:max(1, self.shape[0] // 8)])
        for source, name in [(small, "1/8 of the matrix"), (self.source, "the whole matrix")]:
            copy, store = self.folder / "adopted.npy", self.folder / "adopted.zarr"

            def attempt(who, number, source=source, copy=copy, store=store):
                measure.remove(store)
                shutil.copyfile(source, copy)
                measure.sync(copy)
                one, _ = measure.run([competitors.tessera_binary(), "adopt", copy, store], store)
                check.same_store("tensorstore", str(store), source, number)
                return one

            self._compete("adopt", f"adopt, {name}", [TESSERA], attempt, size=source.stat().st_size)
            measure.remove(copy), measure.remove(store)

    def _memory(self):
        """Converts under the least budget: the peak, measured by the kernel, must not pass 64 MiB."""
        target = pathlib.Path(self.folder / "small-memory")
        jobs = {
            "raw to lz4": (self._store("none", TESSERA), target.with_suffix(".zarr"), ["--codec", "lz4"]),
            "lz4 to .npy": (self._store("lz4", TESSERA), target.with_suffix(".npy"), []),
            "wide chunks to tall": (self._store("lz4", TESSERA), target.with_suffix(".zarr"), [
                "--codec", "lz4", "--chunks", f"{min(self.shape[0], 131072)}x8"]),
        }
        for name, (source, out, options) in jobs.items():
            def attempt(who, number, source=source, out=out, options=options):
                measure.remove(out)
                command = [competitors.tessera_binary(), "convert", source, out, "--memory", "64MiB", *options]
                one, _ = measure.run(command, out)
                if one.peak_bytes > 64 << 20:
                    raise Failed(f"peak of {one.peak_bytes / (1 << 20):.1f} MiB under --memory 64MiB")
                if out.suffix == ".npy":
                    check.same_npy(out, self.source, number)
                else:
                    check.same_store("tensorstore", str(out), self.source, number)
                return one

            self._compete("memory", f"{name} under --memory 64MiB", [TESSERA], attempt, runs=1)
            measure.remove(out)

    jobs = {"write": _writes, "back": _backs, "read": _reads, "info": _info, "adopt": _adopt, "memory": _memory}
