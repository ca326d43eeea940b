"""The suites of one run: made when the first of their jobs comes, on one matrix, in one scratch folder."""
import os

from . import data, limits, measure
from .engine.cold import Cold
from .engine.further import Further
from .engine.jobs import Engine
from .linalg.jobs import Linalg
from .scaling.jobs import Scaling
from .startup import StartUp
from .storage import Storage


SUITES = {"startup": StartUp, "storage": Storage, "engine": Engine, "further": Further, "cold": Cold, "linalg": Linalg,
          "scaling": Scaling}


class Session:
    def __init__(self, folder, settings, log):
        self.folder, self.settings, self.log = folder, settings, log
        self.bounds = limits.Bounds(lambda: limits.run(folder, self.matrix(), settings.runs, log))
        self._suites = {}
        # h5py and TensorStore run in processes of their own.
        os.environ["TESSERA_BENCH_PEER_CACHE"] = str(getattr(settings, "peer_cache", 0))

    def suite(self, name):
        if name not in self._suites:
            folder = self.folder / name
            folder.mkdir()
            self._suites[name] = SUITES[name](folder, self)
        return self._suites[name]

    def drop(self, name):
        """Frees what a suite has on the disk, when its last job is done."""
        self._suites.pop(name, None)
        measure.remove(self.folder / name)

    def matrix(self):
        """The `.npy` that most jobs are about, made when it is first asked for."""
        source, given = self.folder / "source.npy", self.settings
        if not source.exists():
            rows = max(256, given.size // (4 * given.columns))
            self.log(f"a matrix of {rows} x {given.columns} float32 ({given.data}, seed {given.seed}); warming memory")
            measure.touch_memory(min(8 * given.size, 10 << 30))
            data.make(source, rows, given.columns, given.seed, given.data)
            measure.sync(source)
        return source
