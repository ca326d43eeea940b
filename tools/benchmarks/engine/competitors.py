"""Who takes part in the engine's jobs, and the command that makes each do one."""
import dataclasses
import json
import sys

from ..competitors import TESSERA, engine_binary

# Errors are relative to the spread of what is computed; see check.py. Who accumulates float32 in float32 cannot do
# better than LOOSE on data whose mean is large beside its deviation, and takes part all the same.
STRICT, LOOSE = 1e-5, 2e-2

STATISTICS = ["columns", "rows", "overall"]
MEDIANS = ["columns-median", "overall-median"]


@dataclasses.dataclass
class Competitor:
    """A module of peers/, with the variant it is told to be, and what it does: forms of input by job."""
    module: str
    does: dict[str, list[str]]
    tolerance: float = STRICT
    # What the machine can do, rather than software that does the job.
    is_limit: bool = False


def _does(jobs, forms):
    return {job: forms for job in jobs}


NPY, STORES, ARCHIVES = ["npy"], ["raw", "lz4"], ["npz", "npz-deflated"]
# Forms of one library, LZ4 all of them.
OWN_FORMS = ["b2nd", "h5"]
# Not Dask's, whose first one did not end within four minutes at 512 MiB.
UNIQUE = ["unique-counts", "unique-codes", "unique-gaussian"]
# NaN statistics, positions of maxima, a histogram, rows by a mask.
FURTHER = _does(["columns-nan", "columns-argmax", "histogram", "masked-rows"], NPY)
BLOCKED = FURTHER | _does([*UNIQUE, *STATISTICS, "columns-sum", *MEDIANS, "expression", "expression-stored"], NPY) | {
    "columns": [*NPY, "npz"]}
ZARR = _does([*STATISTICS, "columns-sum", "masked-rows"], STORES) | {"normalize-raw": NPY}

COMPETITORS = {
    "NumPy": Competitor(
        "memmap", _does([*STATISTICS, "columns-sum", *MEDIANS, "expression", "expression-stored", "normalize-npy"], NPY)
        | {"columns": [*NPY, *ARCHIVES]} | FURTHER | _does(UNIQUE, NPY), LOOSE),
    "NumPy blocked": Competitor("blocked:1", BLOCKED | {"normalize-npy": NPY}),
    "NumPy blocked, threads": Competitor("blocked:all", BLOCKED | {"normalize-npy": NPY}),
    "bottleneck": Competitor(
        "bottleneck", _does([*STATISTICS, "columns-sum", *MEDIANS, "columns-nan", "columns-argmax"], NPY), LOOSE),
    "numexpr": Competitor("numexpr", _does(["expression", "expression-stored"], NPY)),
    "Dask": Competitor(
        "dask", _does([*STATISTICS, "columns-sum"], NPY + STORES)
        | _does([*MEDIANS, "expression", "expression-stored", "normalize-npy", "normalize-raw"], NPY) | FURTHER
        | {"masked-rows": NPY + STORES}, LOOSE),
    "zarr-python": Competitor("zarr:python", ZARR),
    "zarrs": Competitor("zarr:zarrs", ZARR),
    "Blosc2": Competitor(
        "blosc2", _does([*STATISTICS, "columns-sum", "masked-rows"], ["b2nd"]) | _does(["expression", "expression-stored"], ["b2nd"]),
        LOOSE),
    "TensorStore": Competitor("tensorstore", _does(["masked-rows"], STORES)),
    "h5py+LZ4": Competitor("hdf5", _does(["masked-rows"], ["h5"])),
    "scikit-learn": Competitor("sklearn", {"columns": NPY, "normalize-npy": NPY}),
    "inflate alone": Competitor("inflate", {"columns": ["npz-deflated"]}, is_limit=True),
}


def who_does(job, form):
    """Tessera first. Blosc2 and h5py read LZ4 files of their own, in the table of the LZ4 stores or beside the `.npy` files."""
    others = [
        name for name, one in COMPETITORS.items()
        if form in (forms := one.does.get(job, [])) or _own_form(forms) and _is_its_place(job, form)]
    return [TESSERA, *others]


def _own_form(forms):
    return next((form for form in forms if form in OWN_FORMS), None)


def _is_its_place(job, form):
    return form == "lz4" or job.startswith("expression")


def form_read(who, job, form):
    return who != TESSERA and _own_form(COMPETITORS[who].does[job]) or form


def is_limit(who):
    return who != TESSERA and COMPETITORS[who].is_limit


def file_of(path):
    """A member of an archive is named as `x.npz/x`."""
    return path.parent if path.parent.suffix == ".npz" else path


def tolerance(who):
    return STRICT if who == TESSERA else COMPETITORS[who].tolerance


def command(who, job, form, inputs, answer=None, output=None, formula=None):
    """Writes the answer as a float64 `.npy` file, or the output; prints {"seconds"}."""
    options = {"answer": answer, "output": output, "formula": formula}
    given = {name: str(value) for name, value in options.items() if value is not None}
    if who == TESSERA:
        name = {"expression-stored": "expression", "normalize-npy": "normalize", "normalize-raw": "normalize"}
        words = [word for option, value in given.items() for word in (f"--{option}", value)]
        return [engine_binary(), name.get(job, job), *inputs, *words]
    text = json.dumps(given | {"inputs": [str(path) for path in inputs], "form": form})
    return [sys.executable, "-m", "benchmarks.engine.worker", COMPETITORS[who].module, job, text]
