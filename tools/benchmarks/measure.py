"""Runs competitors in processes of their own, taking turns, and keeps what each run cost."""
import dataclasses
import json
import os
import pathlib
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


@dataclasses.dataclass
class Row:
    """One competitor at one job."""
    job: str
    who: str
    runs: list[Run] = dataclasses.field(default_factory=list)
    bytes: int = 0
    problem: str | None = None

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
        if self.runs:
            record |= {
                "seconds": self.seconds, "durable_seconds": self.durable_seconds, "inner_seconds": self.inner_seconds,
                "inner_durable_seconds": self.inner_durable_seconds,
                "cpu_seconds": self.median(lambda run: run.cpu_seconds),
                "peak_bytes": max(run.peak_bytes for run in self.runs),
                "runs": [dataclasses.asdict(run) for run in self.runs],
            }
        return record


def _inner(run: Run) -> float:
    return run.seconds if run.inner_seconds is None else run.inner_seconds


class Failed(Exception):
    """A competitor ended badly, or answered wrongly."""


def run(command, output=None):
    """Runs `command`; returns what it cost and what it printed. With `output`, syncs that afterwards, timed apart."""
    with tempfile.NamedTemporaryFile("r", suffix=".json") as report:
        words = [sys.executable, "-I", "-S", str(LAUNCHER), report.name, "-", *map(str, command)]
        done = subprocess.run(words, capture_output=True, text=True)
        text = report.read()
    if done.returncode != 0 or not text:
        raise Failed((done.stderr.strip().splitlines() or [f"exit {done.returncode}"])[-1][:200])
    cost = json.loads(text)
    one = Run(cost["seconds"], cost["user"] + cost["system"], cost["peak_bytes"])
    if output is not None:
        started = time.perf_counter()
        sync(output)
        one.sync_seconds = time.perf_counter() - started
    return one, done.stdout


def alternate(entries, runs, log):
    """Each entry is (row, attempt); `attempt(number)` performs one run. They take turns, `runs` times each."""
    for number in range(runs):
        for row, attempt in entries:
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


def touch_memory(size):
    """Touches that much memory in another process: a virtual machine's first touch of a page is slow."""
    code = f"b = bytearray({int(size)})\nfor i in range(0, len(b), 4096): b[i] = 1"
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=False)
