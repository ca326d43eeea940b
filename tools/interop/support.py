"""What every interoperability test stands on: the binary, a scratch folder, a seed, comparisons.

    TESSERA=.build/release/tessera python -m unittest discover -s tools/interop -v

TESSERA_SEED replays a random test: each prints its seed, and every failure names it.
"""
import contextlib
import dataclasses
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
import warnings

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "Tests" / "Fixtures"
LAUNCHER = ROOT / "tools" / "launch.py"
SEED = int(os.environ.get("TESSERA_SEED", "20251"))
MIB = 1 << 20

warnings.simplefilter("ignore")  # zarr-python warns of codecs outside its specification; they are meant


def binary() -> str:
    """The `tessera` under test: TESSERA, or the newest build of this clone."""
    named = os.environ.get("TESSERA")
    candidates = [named] if named else [str(ROOT / ".build" / kind / "tessera") for kind in ("release", "debug")]
    for path in candidates:
        if os.access(path, os.X_OK):
            return os.path.abspath(path)
    raise FileNotFoundError(f"no tessera binary at {' or '.join(candidates)}; set TESSERA")


@dataclasses.dataclass
class Result:
    """What a run left behind."""
    arguments: tuple
    code: int
    out: str
    err: str
    peak_bytes: int = 0
    seconds: float = 0.0

    def __str__(self):
        return f"tessera {' '.join(self.arguments)}\nexit {self.code}\n{self.out[-2000:]}{self.err[-2000:]}"


def run(*arguments, timeout=120) -> Result:
    """Runs `tessera` and returns whatever it did."""
    words = tuple(str(word) for word in arguments)
    done = subprocess.run([binary(), *words], capture_output=True, text=True, timeout=timeout)
    return Result(words, done.returncode, done.stdout, done.stderr)


def run_measured(*arguments, cgroup="-", timeout=300) -> Result:
    """As `run`, with the peak resident set of `tessera` alone."""
    words = tuple(str(word) for word in arguments)
    with tempfile.NamedTemporaryFile("r", suffix=".json") as report:
        small = [sys.executable, "-I", "-S", str(LAUNCHER), report.name, str(cgroup)]
        done = subprocess.run([*small, binary(), *words], capture_output=True, text=True, timeout=timeout)
        text = report.read()
    if not text:
        raise AssertionError(f"launcher: {done.stderr}")
    cost = json.loads(text)
    return Result(words, cost["code"], done.stdout, done.stderr, cost["peak_bytes"], cost["seconds"])


def bits(array) -> np.ndarray:
    """The elements as bytes, C order, little-endian: equal bits and nothing less."""
    array = np.asarray(array)
    if array.dtype.kind != "V" and not array.dtype.isbuiltin == 2:
        array = array.astype(array.dtype.newbyteorder("<"), copy=False)
    return np.frombuffer(array.tobytes(order="C"), dtype=np.uint8)


class TesseraCase(unittest.TestCase):
    """A test with a scratch folder of its own, `self.folder`."""

    def setUp(self):
        binary()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tessera-interop-", dir=os.environ.get("TMPDIR")))
        self.addCleanup(shutil.rmtree, self.folder, True)

    def path(self, name) -> str:
        return str(self.folder / name)

    def save(self, name, array) -> str:
        np.save(self.path(name), array)
        return self.path(name)

    def random(self, salt) -> np.random.Generator:
        """Seeded by the run's seed and `salt`; the seed is printed once per test."""
        print(f"[TESSERA_SEED={SEED}] ", end="", file=sys.stderr, flush=True)
        return np.random.default_rng([SEED, *str(salt).encode()])

    def ok(self, *arguments, **options) -> Result:
        result = run(*arguments, **options)
        self.assertEqual(result.code, 0, result)
        return result

    def fails(self, *arguments, code=1, names=(), **options) -> Result:
        """Runs what must fail: that exit code, one line on stderr that holds one of `names`, nothing on stdout."""
        result = run(*arguments, **options)
        codes = code if isinstance(code, tuple) else (code,)
        self.assertIn(result.code, codes, result)
        self.assertOneLine(result)
        if names:
            self.assertTrue(
                any(name.lower() in result.err.lower() for name in names), f"no word of {names} in:\n{result}")
        return result

    def assertOneLine(self, result):
        lines = [line for line in result.err.splitlines() if line.strip()]
        if result.code == 1:
            self.assertEqual(len(lines), 1, result)
        self.assertTrue(lines and lines[0].startswith("tessera: error:"), result)
        self.assertNotIn("Fatal error", result.err, result)

    def assertSame(self, got, expected, note=""):
        """Same dtype but for byte order, same shape, same bits."""
        got, expected = np.asarray(got), np.asarray(expected)
        self.assertEqual(got.shape, expected.shape, note)
        self.assertEqual(got.dtype.newbyteorder("="), expected.dtype.newbyteorder("="), note)
        a, b = bits(got), bits(expected)
        if not np.array_equal(a, b):
            first = int(np.flatnonzero(a != b)[0]) // expected.dtype.itemsize
            where = np.unravel_index(first, expected.shape) if expected.shape else ()
            where = tuple(map(int, where))
            self.fail(f"{note}: first differs at {where}: got {got[where]!r}, expected {expected[where]!r}")

    def assertOnlyHolds(self, *names):
        """The scratch folder holds these entries: no temporary stayed behind, nothing was half made."""
        self.assertEqual(sorted(os.listdir(self.folder)), sorted(names))


def start(*arguments) -> subprocess.Popen:
    """Starts `tessera` in a process group of its own, to be killed by the test that started it."""
    words = [binary(), *(str(word) for word in arguments)]
    # A runner in the background of a script has SIGINT ignored, and children inherit that.
    return subprocess.Popen(
        words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))


def tree_bytes(folder) -> int:
    """The bytes of every file below `folder`, files that vanish meanwhile left out."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(parent, name)).st_size
            except FileNotFoundError:
                pass
    return total


@contextlib.contextmanager
def limited_group(limit=128 * MIB):
    """A child of this process's own memory group (cgroup v1), removed afterwards; skips where that is forbidden."""
    try:
        with open("/proc/self/cgroup") as file:
            own = next(line.strip().split(":", 2)[2] for line in file if ":memory:" in line)
        folder = f"/sys/fs/cgroup/memory{own}/tessera-test-{os.getpid()}"
        os.mkdir(folder)
    except (OSError, StopIteration) as error:
        raise unittest.SkipTest(f"no memory group of one's own here: {error or 'no v1 controller'}")
    try:
        try:
            with open(f"{folder}/memory.limit_in_bytes", "w") as file:
                file.write(str(limit))
        except OSError as error:
            raise unittest.SkipTest(f"the memory limit may not be set: {error}")
        yield folder
    finally:
        os.rmdir(folder)


def forget(*paths):
    """Takes files out of the page cache, so that whoever reads them next is charged for their pages."""
    for path in paths:
        path = pathlib.Path(path)
        for each in [path] if path.is_file() else path.rglob("*"):
            if each.is_file():
                descriptor = os.open(each, os.O_RDONLY)
                try:
                    os.fsync(descriptor)
                    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
                finally:
                    os.close(descriptor)
