"""What this machine can do, measured in the same run by limits.c, and what of it a job could take at best."""
import json
import pathlib
import shutil
import subprocess

SOURCE = pathlib.Path(__file__).with_name("limits.c")


def run(folder, source, settings, log):
    """Compiles and runs limits.c; returns the medians in bytes a second, by name."""
    compiler = next((name for name in ("cc", "clang", "gcc") if shutil.which(name)), None)
    if compiler is None:
        log("  limits: there is no C compiler")
        return {}
    program = folder / "limits"
    subprocess.run(
        [compiler, "-O3", "-march=native", "-pthread", "-o", program, SOURCE, "-llz4", "-lm"], check=True)
    log("  limits: memory, page cache, writing, LZ4")
    done = subprocess.run(
        [program, source, folder / "limits.out", str(settings.runs)], check=True, capture_output=True, text=True)
    limits = json.loads(done.stdout)
    (folder / "limits.out").unlink(missing_ok=True)
    print("\nlimits of this machine, GB/s (medians)")
    for name, rate in limits.items():
        print(f"  {name.ljust(52)}{rate / 1e9:8.2f}")
    return limits


class Bounds:
    """The least seconds that a job can take, by the limits that fit it."""

    def __init__(self, limits):
        self.limits = limits
        self.threads = max((int(name.rsplit(", ", 1)[1].split()[0]) for name in limits), default=1)

    def _rate(self, *names):
        return max((rate for name, rate in self.limits.items() if any(
            name.startswith(each) and name.endswith(f", {self.threads} threads") for each in names)), default=None)

    def read(self, form):
        """The fastest way of reading what is in the page cache; for lz4, plain decoding."""
        return self._rate("lz4 decode") if form == "lz4" else self._rate("page cache")

    def seconds(self, form, bytes_read, bytes_written):
        """And what they are made of; nil when something was not measured."""
        read, write = self.read(form), self._rate("write new file")
        if not read or (bytes_written and not write):
            return None
        words = "decoding LZ4" if form == "lz4" else "reading the page cache"
        seconds = bytes_read / read
        if not bytes_written:
            return seconds, f"{words} at {read / 1e9:.1f} GB/s"
        return (seconds + bytes_written / write,
                f"{words} at {read / 1e9:.1f} GB/s and writing a new file at {write / 1e9:.1f}")

    def copying(self, count):
        """Reading once, and then once more with writing: a job of two passes."""
        read, copy = self.read("npy"), self._rate("read and write")
        if not read or not copy:
            return None
        return (count / read + count / copy,
                f"reading the page cache at {read / 1e9:.1f} GB/s, then reading and writing at {copy / 1e9:.1f}")
