"""One random case: made from a seed and a number, asked of the engine in several ways, compared with NumPy."""
import dataclasses
import pathlib
import shutil

import numpy as np
import zarr

import reductions
import reference
import sequences
from compare import Expected, difference, raw
from engine import Engine
from generate import Graph
from values import BFLOAT16, kind

MIB = 1 << 20
#: Threads, budget (None: the default), and where results go.
CONFIGURATIONS = [(threads, memory, "evaluate") for threads in (1, 2, 3) for memory in (64 * MIB, None)] + [
    (2, None, how) for how in ("npy", "zarr-none", "zarr-lz4")]
#: Reductions of at most so many elements are one tile, whatever else is computed with them. Larger ones may add up in
#: another order beside other outputs, since tiles and blocks are cut for all outputs of a pass together.
ONE_TILE = 512


@dataclasses.dataclass
class Failure:
    what: str
    steps: list[dict]
    outputs: list[int]

    def __str__(self):
        lines = [self.what]
        lines += [f"    {'*' if step['id'] in self.outputs else ' '} {describe(step)}" for step in self.steps]
        return "\n".join(lines)


def describe(step: dict) -> str:
    rest = {key: value for key, value in step.items() if key not in ("id", "op", "args")}
    rest["path"] = pathlib.Path(rest["path"]).name if "path" in rest else None
    words = ", ".join([str(argument.get("scalar")) + ":" + argument.get("kind", argument.get("dtype", ""))
                       if isinstance(argument, dict) else f"%{argument}" for argument in step.get("args", [])]
                      + [f"{key}={value}" for key, value in rest.items() if value is not None])
    return f"%{step['id']} = {step['op']}({words})"


class Case:
    def __init__(self, seed: int, number: int, folder: pathlib.Path):
        self.rng = np.random.default_rng([seed, number])
        self.folder = folder
        self.graph = Graph(self.rng, folder)
        self.is_large = number % 25 == 24
        self.outputs: list[int] = []
        self.runs = 0

    # Making

    def make(self):
        graph, rng = self.graph, self.rng
        if self.is_large:
            graph.largest = 4_000_000
            graph.source(shape=large_shape(rng))
            growth = int(rng.integers(1, 5))
        else:
            for _ in range(int(rng.integers(1, 3))):
                graph.source()
            growth = int(rng.integers(1, 11))
        for _ in range(growth):
            graph.grow()
        if not self.is_large and rng.random() < 0.12:
            wrong = graph.misstep()
            if wrong is not None:
                self.outputs = [wrong]
        known = list(graph.values)
        count = min(len(known), int(rng.integers(1, 5)))
        weights = np.arange(1, len(known) + 1, dtype=float) ** 2
        chosen = rng.choice(len(known), count, replace=False, p=weights / weights.sum())
        self.outputs = sorted({*self.outputs, *(known[place] for place in chosen)})

    # Running

    def run(self, engine: Engine) -> Failure | None:
        if self.graph.mistake is not None:
            return self.run_mistake(engine)
        steps = ancestors(self.graph.steps, self.outputs)
        values = self.graph.values
        first = self.ask(engine, steps, self.outputs)
        if not first["ok"]:
            return Failure(f"{first['kind']} at step {first['step']}: {first['message']}", steps, self.outputs)
        results = self.results(first)
        alone = dict(results)
        # What is computed from inexact results is compared with what NumPy makes of the same inexact results.
        pinned = [step["id"] for step in steps if not values[step["id"]].is_exact]
        everything = sorted({*self.outputs, *pinned})
        if everything != self.outputs:
            second = self.ask(engine, steps, everything)
            if not second["ok"]:
                return Failure(f"together with what it is computed from: {second['kind']} at step {second['step']}: "
                               f"{second['message']}", steps, everything)
            together = self.results(second)
            for number in self.outputs:
                if not self.depends_on_tiles(number) and not same_bits(results[number], together[number]):
                    return Failure(f"%{number} has other bits when computed together with {pinned}: "
                                   f"{first_difference(results[number], together[number])}", steps, everything)
            results |= {number: together[number] for number in everything}
        failure = self.compare(steps, everything, results)
        return failure or self.configurations(engine, steps, alone)

    def compare(self, steps, checked, results) -> Failure | None:
        values: dict[int, Expected] = {}
        for step in steps:
            number = step["id"]
            known = self.graph.values[number]
            if step["op"] in ("open", "memory"):
                values[number] = known
            elif not reference.is_defined(step, values):
                return None
            else:
                try:
                    values[number] = reference.evaluate(step, values)
                except reference.MISTAKES as mistake:
                    # NumPy refuses the inexact values that it was given, though not its own.
                    return None
            if number not in checked:
                continue
            wrong = difference(results[number], values[number])
            if wrong:
                return Failure(f"%{number} {step['op']}: {wrong}", steps, checked)
            if not values[number].is_exact:
                values[number] = Expected(results[number])
        return None

    def configurations(self, engine, steps, results) -> Failure | None:
        """The same bits in every configuration: all of them now and then, two otherwise."""
        count = len(CONFIGURATIONS) if self.is_large or self.rng.random() < 0.1 else 2
        chosen = self.rng.permutation(len(CONFIGURATIONS))[:count]
        bits = None
        for threads, memory, how in (CONFIGURATIONS[place] for place in chosen):
            answer = self.ask(engine, steps, self.outputs, threads, memory, how)
            where = f"with {threads} threads, {memory or 'default'} bytes, {how}"
            if not answer["ok"]:
                if answer["kind"] == "memory" and memory and self.is_large:
                    continue
                return Failure(f"{where}: {answer['kind']}: {answer['message']}", steps, self.outputs)
            own = self.results(answer)
            # Arrays written one by one have passes, and so blocks, of their own.
            is_apart = how != "evaluate" and len(self.outputs) > 1
            bits = bits or results
            for number in self.outputs:
                if is_apart and self.depends_on_tiles(number):
                    continue
                if not same_bits(own[number], bits[number]):
                    return Failure(f"{where}: %{number} has other bits than at first: "
                                   f"{first_difference(own[number], bits[number])}", steps, self.outputs)
        return None

    def depends_on_tiles(self, number: int) -> bool:
        """Whether it is made of sums of floats over more than a tile."""
        inexact = {*reductions.SIMPLE, *reductions.WITH_NAN, *reductions.OTHERS, *sequences.SCANS, "trapezoid"}
        return any(
            step["op"] in inexact and self.graph.values[step["args"][0]].array.size > ONE_TILE
            and kind(self.graph.values[step["id"]].array.dtype) in "fc"
            for step in ancestors(self.graph.steps, [number]))

    def run_mistake(self, engine) -> Failure | None:
        steps = ancestors(self.graph.steps, self.outputs)
        answer = self.ask(engine, steps, self.outputs)
        wrong = self.outputs[-1] if self.outputs[-1] not in self.graph.values else next(
            number for number in self.outputs if number not in self.graph.values)
        if not answer["ok"] and answer["kind"] == "usage":
            return None
        said = "an answer" if answer["ok"] else f"{answer['kind']} at step {answer['step']}: {answer['message']}"
        refusal = f"{type(self.graph.mistake).__name__}: {self.graph.mistake}"
        return Failure(f"%{wrong}: {said}, where NumPy says {refusal}", steps, self.outputs)

    def ask(self, engine, steps, outputs, threads=2, memory=None, how="evaluate") -> dict:
        self.runs += 1
        folder = self.folder / f"run-{self.runs}"
        folder.mkdir()
        job = {"steps": steps, "outputs": list(outputs), "threads": threads, "how": how, "folder": str(folder)}
        if memory:
            job["memory"] = memory
        answer = engine.ask(job)
        answer["numbers"] = list(outputs)
        return answer

    def results(self, answer) -> dict[int, np.ndarray]:
        arrays = {}
        for number, output in zip(answer["numbers"], answer["outputs"]):
            path = output["path"]
            array = zarr.open_array(path, mode="r")[...] if path.endswith(".zarr") else np.load(path)
            array = np.asarray(array)
            arrays[number] = array.astype(BFLOAT16) if output["dtype"] == "bfloat16" else array
        return arrays

    def shrink(self, engine, failure: Failure) -> str | None:
        """The failing step alone, over arrays in memory, if it fails so too."""
        if self.graph.mistake is not None:
            return None
        for step in failure.steps:
            number = step["id"]
            keys = [key for key in ("where", "weights") if key in step]
            needed = [argument for argument in step.get("args", []) if isinstance(argument, int)] + [step[key] for key in keys]
            if not needed or any(self.graph.values[other].array.dtype == BFLOAT16 for other in needed):
                continue
            sources = []
            for other in dict.fromkeys(needed):
                path = self.folder / f"alone-{number}-{other}.npy"
                np.save(path, self.graph.values[other].array)
                sources.append({"id": other, "op": "memory", "path": str(path)})
            answer = self.ask(engine, [*sources, step], [number])
            wrong = f"{answer['kind']}: {answer['message']}" if not answer["ok"] else difference(
                self.results(answer)[number], self.graph.values[number])
            if wrong:
                operands = "; ".join(f"%{other} {self.graph.values[other].array.dtype}{self.graph.values[other].array.shape}"
                                     + (f" = {self.graph.values[other].array.tolist()}" if self.graph.values[other].array.size <= 12 else "")
                                     for other in dict.fromkeys(needed))
                return f"alone: {describe(step)} of {operands}: {wrong}"
        return None


def same_bits(a: np.ndarray, b: np.ndarray) -> bool:
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def first_difference(a: np.ndarray, b: np.ndarray) -> str:
    if a.dtype != b.dtype or a.shape != b.shape:
        return f"{a.dtype}{a.shape}, {b.dtype}{b.shape}"
    wrong = np.argwhere((raw(a) != raw(b)).any(axis=-1))
    place = tuple(int(index) for index in wrong[0])
    return f"{len(wrong)} of {a.size}; at {place} {a[place]!r} ({raw(a[place]).tobytes().hex()}), " \
           f"{b[place]!r} ({raw(b[place]).tobytes().hex()})"


def ancestors(steps: list[dict], outputs) -> list[dict]:
    """The steps that the outputs need, in order."""
    needed = set(outputs)
    for step in reversed(steps):
        if step["id"] in needed:
            needed |= {argument for argument in step.get("args", []) if isinstance(argument, int)}
            needed |= {step[key] for key in ("where", "weights") if key in step}
    return [step for step in steps if step["id"] in needed]


def large_shape(rng) -> tuple:
    """Enough for several blocks."""
    rank = int(rng.integers(1, 4))
    count = int(rng.integers(200_000, 1_000_000))
    lengths = [int(np.exp(rng.uniform(0.5, np.log(count) / (rank - 1) - 0.5))) + 1 for _ in range(rank - 1)]
    lengths = [min(length, 40_000) for length in lengths]
    shape = [*lengths, max(1, count // max(1, int(np.prod(lengths, dtype=int))))]
    return tuple(shape[place] for place in rng.permutation(rank))


def run_case(seed: int, number: int, engine: Engine, scratch: pathlib.Path, keep=False) -> Failure | None:
    folder = scratch / f"{seed}-{number}"
    folder.mkdir(parents=True)
    case = Case(seed, number, folder)
    try:
        case.make()
        failure = case.run(engine)
        if failure:
            alone = case.shrink(engine, failure)
            failure.what += f"\n    {alone}" if alone else ""
        return failure
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)
