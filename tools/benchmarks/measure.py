"""Runs competitors in processes of their own, taking turns, and keeps what each run cost."""
import dataclasses
import json
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

LAUNCHER = pathlib.Path(__file__).resolve().parents[1] / "launch.py"


@dataclasses.dataclass
class Run:
    """One run: the whole process, the part inside it that does the work, and making the output durable."""
    seconds: float
    cpu_seconds: float
    peak_bytes: int
    inner_seconds: float | None = None
    sync_seconds: float = 0.0
    # The kernel's account; tools/launch.py says what is in it.
    io: dict[str, int] = dataclasses.field(default_factory=dict)
    # CPU time that others took meanwhile: on a machine that is not left alone, figures say less.
    others_cpu_seconds: float = 0.0


@dataclasses.dataclass
class Row:
    """One competitor at one job."""
    job: str
    who: str
    runs: list[Run] = dataclasses.field(default_factory=list)
    bytes: int = 0
    # Floating-point operations that the job takes at least, where it is a matter of those.
    flops: int = 0
    problem: str | None = None
    # Of the answers, relative as the job's check says, where known.
    error: float | None = None
    # What the machine can do, rather than software that does the job.
    is_limit: bool = False

    def note_error(self, error):
        self.error = max(error, self.error or 0.0)

    def median(self, of) -> float:
        return statistics.median(of(run) for run in self.runs)

    @property
    def seconds(self):
        return self.median(lambda run: run.seconds)

    @property
    def durable_seconds(self):
        return self.median(lambda run: run.seconds + run.sync_seconds)

    @property
    def inner_seconds(self):
        return self.median(_inner)

    @property
    def inner_durable_seconds(self):
        return self.median(lambda run: _inner(run) + run.sync_seconds)

    def as_json(self):
        record = {"job": self.job, "who": self.who, "bytes": self.bytes, "problem": self.problem}
        if self.flops:
            record["flops"] = self.flops
        if self.error is not None:
            record["error"] = self.error
        if self.is_limit:
            record["is_limit"] = True
        if self.runs:
            record |= {
                "seconds": self.seconds, "durable_seconds": self.durable_seconds, "inner_seconds": self.inner_seconds,
                "inner_durable_seconds": self.inner_durable_seconds,
                "cpu_seconds": self.median(lambda run: run.cpu_seconds),
                "peak_bytes": max(run.peak_bytes for run in self.runs),
                "io": {name: self.median(lambda run: run.io[name]) for name in self.runs[0].io},
                "runs": [dataclasses.asdict(run) for run in self.runs],
            }
        return record


def _inner(run: Run) -> float:
    return run.seconds if run.inner_seconds is None else run.inner_seconds


class Failed(Exception):
    """A competitor ended badly, or answered wrongly."""


def run(command, output=None, memory=0, group="-"):
    """Runs `command`; returns what it cost and what it printed. With `output`, syncs that afterwards, timed apart.

    `memory`: how many bytes of memory everybody finds ready (see `level`). `group`: the folder of a v1 memory group that
    the command runs in.
    """
    if memory:
        level(memory)
    with tempfile.NamedTemporaryFile("r", suffix=".json") as report:
        words = [sys.executable, "-I", "-S", str(LAUNCHER), report.name, str(group), *map(str, command)]
        done = subprocess.run(words, capture_output=True, text=True)
        text = report.read()
    if done.returncode != 0 or not text:
        raise Failed((done.stderr.strip().splitlines() or [f"exit {done.returncode}"])[-1][:200])
    cost = json.loads(text)
    one = Run(cost["seconds"], cost["user"] + cost["system"], cost["peak_bytes"], io=cost["io"],
              others_cpu_seconds=cost["others"])
    if output is not None:
        started = time.perf_counter()
        sync(output)
        one.sync_seconds = time.perf_counter() - started
    return one, done.stdout


def alternate(entries, runs, log, seed=0):
    """Each entry is (row, attempt); `attempt(number)` performs one run. They take turns, `runs` times each.

    In every round they come in another order, so that none always follows the same other.
    """
    order = random.Random(seed)
    for number in range(runs):
        turns = order.sample(entries, len(entries))
        log(f"  round {number + 1} (seed {seed}): {', '.join(row.who for row, _ in turns)}")
        for row, attempt in turns:
            if row.problem:
                continue
            try:
                row.runs.append(attempt(number))
                log(f"  {row.job}: {row.who} {row.runs[-1].seconds:.3f} s")
            except Failed as error:
                row.problem = str(error)
                log(f"  {row.job}: {row.who}: {error}")


def sync(path):
    """fsync of every file and folder of `path`."""
    path = pathlib.Path(path)
    for each in [path, *(path.rglob("*") if path.is_dir() else [])]:
        descriptor = os.open(each, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def remove(path):
    path = pathlib.Path(path)
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def read_through(path):
    """Brings every file of `path` into the page cache."""
    path = pathlib.Path(path)
    buffer = bytearray(1 << 22)
    for each in [path] if path.is_file() else path.rglob("*"):
        if each.is_file():
            with open(each, "rb", buffering=0) as file:
                while file.readinto(buffer):
                    pass


def level(size):
    """Brings memory into the same state for whoever comes next: nothing to be written, and `size` bytes free and warm.

    In a virtual machine a page that was never used, or was given back to the host, costs several times as much at
    its first touch as one that has just been freed. So who ran after a competitor that had dropped a large file
    from the page cache was the faster for it. Anonymous memory that is touched and freed does it for all: it comes
    off the same free lists as page cache does, and unlike a file it leaves nothing to be written.
    """
    os.sync()
    touch_memory(size)


def touch_memory(size):
    """Touches and frees that much memory in another process, or what there is, if that is less."""
    size = min(int(size), available_memory() * 3 // 4)
    code = f"import mmap\nb = mmap.mmap(-1, {max(size, 4096)}, mmap.MAP_PRIVATE)\nb[::4096] = bytes((len(b) + 4095) // 4096)"
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=False)


def available_memory():
    with open("/proc/meminfo") as file:
        return next(int(line.split()[1]) << 10 for line in file if line.startswith("MemAvailable:"))
