"""Readers and an appender of the same array at the same time, with everything that is read checked.

A row is a function of its number, so whoever reads n rows knows what they must hold. A reader must see all rows of some
append that was done, never part of one, never fewer than were there when it began or than it has seen before, and none
that nobody has begun to append.

TESSERA_RACE_SECONDS says how long each race goes on (2); tools/load runs minutes.
"""
import contextlib
import json
import os
import pathlib
import threading
import time
import unittest

import numpy as np
import zarr

from support import TesseraCase, run

SECONDS = float(os.environ.get("TESSERA_RACE_SECONDS", "2"))
COLUMNS = 6
# Then the appender begins another array, so that reading does not take longer and longer.
MOST_ROWS = 20_000


def rows(first, end) -> np.ndarray:
    """The rows with these numbers: sums of them are exact."""
    number = np.arange(first, end, dtype=np.int64)[:, None]
    return number * number % 65521 * np.arange(1, COLUMNS + 1) + number


class Race:
    """What an appender has done, as readers may know it."""

    def __init__(self, make):
        self.make = make
        self.lock = threading.Lock()
        self.deadline = time.monotonic() + SECONDS
        self.generation = -1
        self.failures = []
        self.appends = self.reads = 0
        self.begin()

    def begin(self):
        path, count = self.make(self.generation + 1)
        with self.lock:
            self.generation += 1
            # How many rows there were after each append; the last may be under way.
            self.path, self.counts, self.done = path, [count], count

    @property
    def is_over(self):
        return bool(self.failures) or time.monotonic() > self.deadline

    def fail(self, text):
        with self.lock:
            self.failures.append(text)

    def guard(self, body, *arguments):
        """A thread's whole work; whatever it throws fails the race."""
        try:
            while not self.is_over:
                body(*arguments)
        except Exception as error:  # an assertion's, or the other software's
            self.fail(f"{type(error).__name__}: {error}")

    def read(self, body, seen):
        """One read: `body` takes the path and gives what was read, to be compared for each allowed number of rows."""
        with self.lock:
            generation, path, least = self.generation, self.path, self.done
        least = max(least, seen.get(path, 0))
        got = body(path, seen)
        with self.lock:
            self.reads += 1
            if generation != self.generation:
                return
            allowed = [count for count in self.counts if count >= least]
        count = got.count
        if count not in allowed:
            raise AssertionError(f"{path}: {count} rows, where one of {allowed} was expected, by {got.name}")
        wrong = got.wrong()
        if wrong:
            raise AssertionError(f"{path}: {wrong} among the first {count} rows, by {got.name}")
        seen[path] = count


class Rows:
    """Elements that were read."""

    def __init__(self, name, array):
        self.name, self.array, self.count = name, array, len(array)

    def wrong(self):
        expected = rows(0, self.count)
        if self.array.dtype != expected.dtype or self.array.shape != expected.shape:
            return f"{self.array.dtype} {self.array.shape}"
        differs = np.flatnonzero((self.array != expected).any(axis=1))
        return f"row {differs[0]}: {self.array[differs[0]]}" if len(differs) else ""


class Sums:
    """What was computed of them: sums, and how many they were."""

    def __init__(self, name, count, sums):
        self.name, self.count, self.sums = name, count, sums

    def wrong(self):
        expected = rows(0, self.count).sum(axis=0).tolist()
        return "" if self.sums == expected else f"sums {self.sums} instead of {expected}"


def tool(*words) -> str:
    result = run(*words)
    if result.code != 0:
        raise AssertionError(str(result))
    return result.out


def shards(store) -> dict:
    """Which file stands behind each name now."""
    found = {}
    for path in pathlib.Path(store, "c").rglob("*"):
        with contextlib.suppress(FileNotFoundError):  # it had a name for a moment only
            status = path.stat()
            found[path] = status.st_ino, status.st_mtime_ns
    return found


class RaceTests(TesseraCase):
    def race(self, make, *readers):
        race = Race(make)
        threads = [threading.Thread(target=race.guard, args=(self.append, race))]
        threads += [
            threading.Thread(target=race.guard, args=(race.read, reader, {})) for reader in readers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(race.failures, [])
        self.assertGreater(race.appends, 0)
        self.assertGreater(race.reads, 0)
        print(f"[{race.appends} appends, {race.reads} reads] ", end="", flush=True)

    def append(self, race):
        if race.done > MOST_ROWS:
            race.begin()
        count = race.done
        # Of every kind: within a chunk, within a shard, over several.
        more = int(np.random.default_rng([race.appends, race.generation]).choice([1, 3, 16, 60, 64, 200, 500]))
        source = self.save("more.npy", rows(count, count + more))
        with race.lock:
            race.counts.append(count + more)
        tool("append", race.path, source)
        with race.lock:
            race.done = count + more
            race.appends += 1

    # ---- Readers

    def sliced(self, number):
        def read(path, seen):
            out = self.path(f"read-{number}.npy")
            tool("slice", path, ":", "-o", out, "--overwrite")
            return Rows("slice", np.load(out))
        return read

    def reduced(self, path, seen):
        out = json.loads(tool("reduce", "sum,count_nonzero", path, "--axis", "0", "--json"))
        # Only the first row is zero throughout, and no other has a zero in it.
        return Sums("reduce", out["count_nonzero"]["data"][0] + 1, out["sum"]["data"])

    def verified(self, path, seen):
        tool("verify", path)
        shape = json.loads(tool("info", path, "--json"))["shape"]
        return Sums("info", shape[0], rows(0, shape[0]).sum(axis=0).tolist())

    def numpy(self, path, seen):
        return Rows("numpy.load", np.load(path))

    def mapped(self, path, seen):
        """Opened once, and read again while rows are appended."""
        array = np.load(path, mmap_mode="r")
        first = np.array(array)
        time.sleep(0.05)
        np.testing.assert_array_equal(first, array)
        return Rows("numpy.memmap", first)

    def zarr(self, path, seen):
        """zarr-python opens a shard once for its index and again for each chunk. When the shard is replaced in between,
        the checksum tells, and whoever reads reads again (docs/durability.md); in a shard that was not, it must be right."""
        before = shards(path)
        try:
            array = zarr.open_array(path, mode="r")
            first = array[:]
            time.sleep(0.05)
            # It keeps the shape it was opened with, over shards that were replaced meanwhile.
            np.testing.assert_array_equal(first, array[:])
        except ValueError as error:
            if "checksum" not in str(error) or shards(path) == before:
                raise
            return self.zarr(path, seen)
        return Rows("zarr-python", first)

    # ---- What they race on

    def test_npy(self):
        def make(generation):
            return self.save(f"race-{generation}.npy", rows(0, 10)), 10
        self.race(make, self.sliced(0), self.reduced, self.verified, self.numpy, self.mapped)

    def make_zarr(self, *options):
        def make(generation):
            path = self.path(f"race-{generation}.zarr")
            tool("convert", self.save("first.npy", rows(0, 10)), path, "--chunks", f"16x{COLUMNS}", *options)
            return path, 10
        return make

    def test_shards(self):
        make = self.make_zarr("--shards", f"64x{COLUMNS}")
        self.race(make, self.sliced(0), self.reduced, self.verified, self.zarr)

    def test_compressed_shards_with_checksums(self):
        make = self.make_zarr("--shards", f"128x{COLUMNS}", "--codec", "lz4", "--checksum")
        self.race(make, self.sliced(0), self.reduced, self.verified, self.zarr)

    def test_a_file_per_chunk(self):
        self.race(self.make_zarr("--shards", "none"), self.sliced(0), self.reduced, self.verified, self.zarr)


if __name__ == "__main__":
    unittest.main()
