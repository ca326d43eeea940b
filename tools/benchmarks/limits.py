"""What this machine can do, measured in the same run by limits.c, and what of it a job could take at best."""
import functools
import json
import pathlib
import shutil
import subprocess

from .comparison import Limit

SOURCE = pathlib.Path(__file__).with_name("limits.c")


def run(folder, source, runs, log):
    """Compiles and runs limits.c; returns the medians in bytes a second, by name."""
    compiler = next((name for name in ("cc", "clang", "gcc") if shutil.which(name)), None)
    if compiler is None:
        log("  limits: there is no C compiler")
        return {}
    program = folder / "limits"
    subprocess.run(
        [compiler, "-O3", "-march=native", "-pthread", "-o", program, SOURCE, "-llz4", "-lm"], check=True)
    log("  limits: memory, page cache, disk, writing, LZ4")
    done = subprocess.run([program, source, folder / "limits.out", str(runs)], check=True, capture_output=True, text=True)
    limits = json.loads(done.stdout)
    (folder / "limits.out").unlink(missing_ok=True)
    print("\nlimits of this machine, GB/s (medians)")
    for name, rate in limits.items():
        print(f"  {name.ljust(52)}{rate / 1e9:8.2f}")
    return limits


class Bounds:
    """The least seconds that a job can take, by the limits that fit it; nil where one was not measured.

    What a job writes is synced before it ends, and so is what its limit writes. Measured when the first of them is asked
    for.
    """

    def __init__(self, measure):
        self._measure = measure

    @functools.cached_property
    def limits(self):
        """Bytes a second by name."""
        return self._measure()

    def _rate(self, *names):
        """The best of them, on however many threads."""
        return max((rate for name, rate in self.limits.items() if name.startswith(tuple(names))), default=None)

    def _sum(self, *parts):
        """Of (bytes, words, names of measures): one after another."""
        rates = [self._rate(*names) for _, _, names in parts]
        if not all(rates):
            return None
        words = [f"{words} at {rate / 1e9:.1f} GB/s" for (_, words, _), rate in zip(parts, rates)]
        return Limit(sum(count / rate for (count, _, _), rate in zip(parts, rates)), " and ".join(words))

    def _read(self, form, count):
        """The fastest way of reading what is in the page cache; for lz4, plain decoding."""
        if form == "lz4":
            return count, "decoding LZ4", ["lz4 decode"]
        return count, "reading the page cache", ["page cache"]

    def reading(self, form, count):
        return self._sum(self._read(form, count))

    def reading_and_writing(self, form, count_read, count_written):
        return self._sum(self._read(form, count_read), (count_written, "writing and syncing a new file", ["write and sync new file"]))

    def copying(self, count):
        return self._sum((count, "reading, writing and syncing", ["read, write and sync"]))

    def encoding(self, count):
        return self._sum((count, "encoding LZ4", ["lz4 encode"]))

    def two_passes(self, count):
        """Reading once, and then once more with writing."""
        return self._sum(self._read("npy", count), (count, "then reading, writing and syncing", ["read, write and sync"]))

    def from_disk(self, count):
        return self._sum((count, "reading the disk", ["disk read"]))

    def through_disk(self, count, reads):
        return self._sum((reads * count, "reading the disk", ["disk read"]), (count, "writing it", ["disk write"]))
