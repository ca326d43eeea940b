"""Start-up: what a process costs that has next to nothing to do, beside Python with NumPy and beside doing nothing."""
import re
import sys

import numpy as np

from . import competitors
from .comparison import Comparison
from .competitors import TESSERA
from .measure import Failed, Row, run
from .suite import Suite

# Milliseconds, so that a median of a few would be chance.
LEAST_RUNS = 15
NOTHING = "true (no work)"
PYTHON = {
    "version": "import numpy; print(numpy.__version__)",
    "tiny-info": "import numpy, sys; x = numpy.load(sys.argv[1], mmap_mode='r'); print(x.shape, x.dtype)",
    "tiny-reduce": "import numpy, sys; print(numpy.load(sys.argv[1]).mean(axis=0))",
}


class StartUp(Suite):
    """Tessera and NumPy are asked for the same; what Tessera prints is checked."""

    def __init__(self, folder, session):
        super().__init__(folder, session)
        self.tiny = folder / "tiny.npy"
        # 1 KiB with its header. Means of quarters are exact, and print alike.
        np.save(self.tiny, np.arange(224, dtype="float32").reshape(-1, 8) / 4)

    def _compare(self, job, title, own, is_right):
        """`is_right` looks at the words that were printed, without brackets."""
        def attempt(row, number):
            others = {NOTHING: ["true"], "NumPy": [sys.executable, "-c", PYTHON[job], self.tiny]}
            command = [competitors.tessera_binary(), *own] if row.who == TESSERA else others[row.who]
            one, text = run(command)
            if row.who == TESSERA and not is_right(re.sub(r"[][(),]", " ", text).split()):
                raise Failed(f"wrong answer: {text[:100]!r}")
            return one

        rows = [Row(job, who, is_limit=who == NOTHING) for who in (TESSERA, "NumPy", NOTHING)]
        self.compete(Comparison(job, title, rows), attempt, max(LEAST_RUNS, self.settings.runs))

    def _version(self):
        self._compare("version", "the version", ["--version"], lambda words: words[0] == TESSERA)

    def _info(self):
        self._compare(
            "tiny-info", "info of a .npy of 1 KiB", ["info", self.tiny], lambda words: {"28", "8", "float32"} <= set(words))

    def _reduce(self):
        means = np.load(self.tiny).mean(axis=0).tolist()
        self._compare(
            "tiny-reduce", "means of the columns of a .npy of 1 KiB", ["reduce", "mean", self.tiny, "--axis", "0"],
            lambda words: [float(word) for word in words] == means)

    jobs = {"version": _version, "tiny-info": _info, "tiny-reduce": _reduce}
