"""Random expression graphs: steps of a job, with NumPy's answers."""
import pathlib

import numpy as np

import histograms
import reference
from compare import Expected
from composed import COMPOSED
from operations import (BFLOAT16_BINARY, BFLOAT16_UNARY, EXACT_BINARY, EXACT_UNARY, INEXACT_BINARY, INEXACT_UNARY)
from reductions import OTHERS, SIMPLE, WITH_NAN
from sequences import EXTREMES, METHODS, QUANTILES, SCANS
from sets import LOOKUPS, PARTS, SETS
from sorting import SORTS
from sources import random_form, store
from values import BFLOAT16, BOOL, DTYPES, INTEGERS, kind, random_dtype, random_elements, random_shape

LARGEST = 60_000


class Graph:
    """Grows step by step; every step is one that NumPy answers, or, when wanted, refuses."""

    def __init__(self, rng: np.random.Generator, folder: pathlib.Path):
        self.rng = rng
        self.folder = folder
        self.steps: list[dict] = []
        self.values: dict[int, Expected] = {}
        self.largest = LARGEST
        #: What the last step was refused with, if it was.
        self.mistake: Exception | None = None

    # Sources

    def source(self, dtype=None, shape=None, form=None) -> int:
        rng = self.rng
        dtype = random_dtype(rng) if dtype is None else dtype
        shape = random_shape(rng) if shape is None else tuple(shape)
        if form is None and rng.random() < 0.04 and dtype != BFLOAT16:
            text = {"b": "True", "c": ["1.5", "-2.0"], "f": "2.5", "i": "3", "u": "3"}[dtype.kind]
            name = {"b": "bool", "c": "complex", "f": "float", "i": "int", "u": "int"}[dtype.kind]
            return self.add({"op": "full", "shape": list(shape), "dtype": dtype.name,
                             "value": {"scalar": text, "kind": name}})
        array = random_elements(rng, dtype, shape)
        step = store(array, form or random_form(rng), self.folder / f"source-{len(self.steps)}", rng)
        if dtype == BFLOAT16:
            number = self.append(step, Expected(array.astype(np.float32), is_view=True))
            return self.append({"op": "astype", "args": [number], "dtype": "bfloat16"}, Expected(array))
        return self.append(step, Expected(array, is_view=True))

    def append(self, step, value) -> int:
        step["id"] = len(self.steps)
        self.steps.append(step)
        if value is not None:
            self.values[step["id"]] = value
        return step["id"]

    def add(self, step) -> int | None:
        """nil, and nothing added, when NumPy refuses, the result is too large, or nobody knows the answer."""
        if not reference.is_defined(step, self.values):
            return None
        try:
            value = reference.evaluate(step, self.values)
        except (*reference.MISTAKES, ZeroDivisionError, MemoryError):
            return None
        if value.array.size > self.largest or value.array.ndim > 7:
            return None
        return self.append(step, value)

    # Growing

    def grow(self):
        """Adds one step, of a random family."""
        families = [self.view, self.unary, self.binary, self.choose, self.join, self.reduction, self.cast,
                    self.sequence, self.distinct, self.in_order, self.lookup, self.counted, self.composed]
        weights = np.array([30, 16, 26, 8, 7, 22, 8, 7, 6, 6, 7, 7, 6], dtype=float)
        for _ in range(20):
            step = families[self.rng.choice(len(families), p=weights / weights.sum())](self.pick())
            if step is not None and self.add(step) is not None:
                return

    def misstep(self):
        """Adds one step that NumPy refuses, if one is found."""
        makers = [self.view, self.unary, self.binary, self.join, self.reduction, self.choose, self.counted, self.sequence,
                  self.in_order]
        for _ in range(60):
            step = makers[self.rng.integers(len(makers))](self.pick(), is_wild=True)
            if step is None or not reference.is_defined(step, self.values):
                continue
            try:
                reference.evaluate(step, self.values)
            except reference.MISTAKES as mistake:
                if any(self.array(argument).dtype == BFLOAT16 for argument in step["args"] if isinstance(argument, int)):
                    continue  # ml_dtypes refuses more than it need
                self.mistake = mistake
                return self.append(step, None)
            except ZeroDivisionError:
                continue
        return None

    def pick(self, test=lambda array: True) -> int:
        """A step, late ones more often."""
        known = [number for number in self.values if test(self.values[number].array)]
        if not known:
            return next(reversed(self.values))
        return known[min(len(known) - 1, int(len(known) * self.rng.random() ** 0.6))]

    def array(self, number) -> np.ndarray:
        return self.values[number].array

    def maybe(self, share) -> bool:
        return self.rng.random() < share

    # Views

    def view(self, number, is_wild=False) -> dict:
        rng, x = self.rng, self.array(number)
        names = ["index", "index", "index", "transpose", "moveaxis", "swapaxes", "flip", "expand_dims", "squeeze",
                 "broadcast_to", "reshape", "reshape", "ravel", "split", "take", "take", "compress", "roll", "tile", "repeat",
                 "pad", "pad", "tril", "triu", "diagonal", "diag", "rot90", "mirrored", "array_split", "insert", "delete",
                 "take_along_axis", "put_along_axis", "boolean_index", "integer_index", "advanced_index",
                 "advanced_index", "replace", "sliding_window_view"]
        name = str(rng.choice(names))
        step = {"op": name, "args": [number]}
        axis = lambda: int(rng.integers(-x.ndim - is_wild, x.ndim + is_wild)) if x.ndim + is_wild else 0
        match name:
            case "index": step["items"] = self.items(x, is_wild)
            case "transpose":
                if self.maybe(0.7):
                    step["axes"] = [int(a) for a in rng.permutation(x.ndim + (is_wild and self.maybe(0.5)))]
            case "moveaxis":
                count = int(rng.integers(0, x.ndim + 1))
                step["from"], step["to"] = ([int(a) for a in rng.permutation(x.ndim)[:count]] for _ in range(2))
                if is_wild: step["from"] = step["from"] + [axis()]
            case "swapaxes":
                if not x.ndim and not is_wild: return None
                step["axes"] = [axis(), axis()]
            case "flip": step |= self.axes(x, is_wild)
            case "expand_dims":
                count = int(rng.integers(1, 3))
                step["axis"] = [int(a) for a in rng.permutation(x.ndim + count)[:count]]
                if is_wild: step["axis"].append(step["axis"][0] - (x.ndim + count + 1) * int(rng.integers(0, 2)))
            case "squeeze":
                if self.maybe(0.5) or is_wild:
                    ones = [a for a in range(x.ndim) if x.shape[a] == 1]
                    step["axis"] = [axis()] if is_wild else [a for a in ones if self.maybe(0.6)]
            case "broadcast_to":
                step["shape"] = [int(rng.integers(0, 4)) for _ in range(int(rng.integers(0, 3)))] + [
                    int(rng.integers(0, 6)) if length == 1 and self.maybe(0.7) else length for length in x.shape]
                if is_wild: step["shape"] = step["shape"][1:] + [7]
            case "reshape": step["shape"] = self.reshaped(x, is_wild)
            case "split":
                if not x.ndim: return None
                step["axis"] = axis()
                length = x.shape[step["axis"]] if not is_wild else 5
                divisors = [d for d in range(1, 7) if is_wild or length % d == 0]
                step["sections"] = int(rng.choice(divisors))
                step["part"] = int(rng.integers(step["sections"]))
            case "roll":
                count = 0 if self.maybe(0.3) or not x.ndim else int(rng.integers(1, 3))
                if count: step["axis"] = [axis() for _ in range(count)]
                step["shifts"] = [int(rng.integers(-9, 10)) for _ in range(max(count, 1))]
            case "tile" | "repeat" | "pad":
                return self.extended(x, step, is_wild)
            case "diagonal":
                step |= {"offset": int(rng.integers(-4, 5)), "axes": [axis(), axis()]}
            case "diag":
                if x.ndim == 1 and (x.size + 4) ** 2 > self.largest: return None
                step["k"] = int(rng.integers(-4, 5))
            case "rot90":
                step |= {"k": int(rng.integers(-5, 6)), "axes": [axis(), axis()]}
            case "mirrored":
                step["op"] = str(rng.choice(["fliplr", "flipud", "atleast_1d", "atleast_2d", "atleast_3d"]))
            case "array_split":
                if not x.ndim: return None
                step |= {"axis": axis(), "sections": int(rng.integers(1 - 2 * is_wild, 7))}
                step["part"] = int(rng.integers(max(1, step["sections"])))
            case "insert" | "delete":
                if x.size > 4000: return None
                if self.maybe(0.8): step["axis"] = axis()
                step |= self.changed(x, step, is_wild)
            case "tril" | "triu":
                # A vector is each row of a square.
                if x.ndim == 1 and x.size ** 2 > self.largest: return None
                step["k"] = int(rng.integers(-4, 5))
            case "take_along_axis":
                if not x.ndim and not is_wild: return None
                step["axis"] = axis() if self.maybe(0.85) else None
                if not is_wild and self.maybe(0.4) and self.is_all_exact(number):
                    order = self.add({"op": "argsort", "args": [number], "axis": step["axis"]})
                    return {**step, "args": [number, order]}
                step |= self.positions_along(x, step["axis"], is_wild)
            case "put_along_axis":
                if not x.ndim and not is_wild: return None
                step["axis"] = axis() if self.maybe(0.85) else None
                step |= self.positions_along(x, step["axis"], is_wild)
                shape = step["indices_shape"]
                if step["axis"] is not None and not is_wild:
                    shape = np.broadcast_shapes(*([1 if number == step["axis"] % x.ndim else length for number, length
                                                   in enumerate(own)] for own in (x.shape, shape)))
                    shape = [step["indices_shape"][number] if number == step["axis"] % x.ndim else length
                             for number, length in enumerate(shape)]
                step["args"] = [number, self.assigned(x, shape)]
            case "take" | "compress":
                if self.maybe(0.8): step["axis"] = axis()
                step |= self.positions(x, step, is_wild)
            case "boolean_index":
                count = int(rng.integers(0, x.ndim + 1 + is_wild))
                shape = [length + (is_wild and self.maybe(0.4)) for length in x.shape[:count]] + [2] * (count - x.ndim)
                marks = rng.random(int(np.prod(shape, dtype=int))) < rng.random()
                step |= {"mask": [bool(mark) for mark in marks], "mask_shape": shape}
            case "integer_index": step |= self.positions(x, {**step, "axis": 0}, is_wild)
            case "replace": step |= self.replaced(x, step, is_wild)
            case "advanced_index": step["items"] = self.listed(x, is_wild)
            case "sliding_window_view":
                if x.size > 4000: return None
                count = int(rng.integers(self.maybe(0.9), 3)) if x.ndim or is_wild else 0
                step["axis"] = [axis() for _ in range(count)]
                if self.maybe(0.3): step["axis"] = None
                count = (x.ndim if step["axis"] is None else count) + (is_wild and self.maybe(0.3))
                longest = max([1, *x.shape]) if is_wild else min([5, *x.shape])
                lengths = rng.integers(-1 if is_wild else 0, longest + 2 * is_wild + 1, count)
                step["window"] = [int(length) for length in lengths]
        return step

    def extended(self, x, step, is_wild) -> dict | None:
        """More of an array that is not large already."""
        rng = self.rng
        if x.size > 4000: return None
        least = -1 if is_wild else 0
        match step["op"]:
            case "tile":
                step["repeats"] = [int(rng.integers(least, 4)) for _ in range(int(rng.integers(0, x.ndim + 2)))]
            case "repeat":
                room = max(x.ndim, 1)  # a scalar has an axis here
                if self.maybe(0.8): step["axis"] = int(rng.integers(-room - is_wild, room))
                is_whole = not x.ndim or "axis" not in step or step["axis"] < -x.ndim
                length = x.size if is_whole else x.shape[step["axis"]]
                count = length + (is_wild and self.maybe(0.5)) if self.maybe(0.4) and length < 30 else 1
                step["repeats"] = [int(rng.integers(least, 4)) for _ in range(count)]
            case "pad":
                step["mode"] = str(rng.choice(["constant", "edge", "reflect", "symmetric", "wrap"]))
                if step["mode"] == "constant": step["value"] = {"kind": "int", "scalar": str(int(rng.integers(0, 2)))}
                pairs = 1 if self.maybe(0.3) else max(1, x.ndim + (is_wild and self.maybe(0.3)))
                step["widths"] = [[int(w) for w in rng.integers(least, 6, 2)] for _ in range(pairs)]
        return step

    def positions_along(self, x, axis, is_wild) -> dict:
        """Indices for each line along an axis; the other axes may broadcast."""
        rng = self.rng
        shape = [x.size] if axis is None else [1 if self.maybe(0.15) else length for length in x.shape]
        if not shape or axis is not None and not -x.ndim <= axis < x.ndim: return {"indices": [0], "indices_shape": [1]}
        own = axis or 0
        length = shape[own] if axis is None else x.shape[own]
        shape[own] = int(rng.integers(0, 6)) if length or is_wild else 0
        count = int(np.prod(shape))
        return {"indices": [int(i) for i in rng.integers(-length - is_wild, length + is_wild, count)] if count else [],
                "indices_shape": shape}

    def assigned(self, x, shape) -> int:
        """Values for a part of this shape: of some axes, in the array's dtype or as bools. They are stored, and so in C order:
        NumPy goes over values in the order of memory, and over positions that occur twice."""
        own = [1 if self.maybe(0.2) else length for length in shape]
        if self.maybe(0.25): own = own[int(self.rng.integers(0, len(own) + 1)):]
        return self.source(x.dtype if x.dtype == BFLOAT16 or self.maybe(0.7) else BOOL, own)

    @staticmethod
    def length_along(x, step) -> int:
        """Of the axis that a step names, or of everything; of an axis that is not there, some length."""
        try:
            return x.shape[step["axis"]] if "axis" in step and x.ndim else x.size
        except IndexError:
            return 3

    def changed(self, x, step, is_wild) -> dict:
        """Positions to delete, or to insert a number at: one, a list, or to delete a slice."""
        rng, length = self.rng, self.length_along(x, step)
        room = length + (step["op"] == "insert") + 2 * is_wild
        low = -length - 2 * is_wild
        if step["op"] == "delete" and self.maybe(0.3):
            bounds = sorted(int(bound) for bound in rng.integers(-length - 3, length + 4, 2))
            return {"range": bounds}
        if room <= low: return {"positions": []}
        if self.maybe(0.4):
            return {"position": int(rng.integers(low, room)), "value": int(rng.integers(0, 2))}
        # Now and then more than are arrays of their own.
        count = int(rng.integers(0, 150 if self.maybe(0.1) else 6))
        return {"positions": [int(p) for p in rng.integers(low, room, count)], "value": int(rng.integers(0, 2))}

    def positions(self, x, step, is_wild) -> dict:
        """Indices, in order or not and with repeats, or a condition for each position."""
        rng, length = self.rng, self.length_along(x, step)
        if step["op"] == "compress":
            count = int(rng.integers(0, length + 3 if is_wild else length + 1))
            return {"condition": [bool(b) for b in rng.random(count) < rng.random()]}
        shape = [int(rng.integers(0, 7)) for _ in range(1 if self.maybe(0.6) else int(rng.integers(0, 3)))]
        count = int(np.prod(shape)) if length or is_wild else 0
        if not count: shape = [0]
        room = max(1, length + 2 * is_wild)
        indices = rng.integers(-room, room, count)
        if self.maybe(0.4): indices.sort()
        return {"indices": [int(i) for i in indices], "indices_shape": shape}

    def replaced(self, x, step, is_wild) -> dict:
        """Ranges, lists or a mask, and a number or an array in their place."""
        rng, choice = self.rng, self.rng.random()
        items = self.items(x, is_wild) if choice < 0.35 else self.listed(x, is_wild)
        if choice > 0.8:
            # A mask of the first axes, by itself.
            shape = x.shape[:int(rng.integers(0, x.ndim + 1))]
            marks = rng.random(int(np.prod(shape, dtype=int))) < rng.random()
            items = [{"mask": [bool(mark) for mark in marks], "shape": list(shape)}]
        if self.maybe(0.4): return {"items": items, "value": int(rng.integers(0, 2))}
        try:
            shape = x[reference.index(items)].shape
        except IndexError:
            return {"items": items, "value": 1}
        if is_wild: shape = (*shape, 2)
        return {"items": items, "args": [*step["args"], self.assigned(x, shape)]}

    def mesh(self, x, is_wild) -> list:
        """Lists of which an index takes all combinations, and in front of or behind them an ellipsis."""
        rng = self.rng
        if not x.ndim: return [["slice", None, None, None]] if is_wild else []
        first = int(rng.integers(0, x.ndim))
        lists = []
        for length in x.shape[first:first + int(rng.integers(1, 4))]:
            if self.maybe(0.3):
                lists.append({"mask": [bool(mark) for mark in rng.random(length) < rng.random()], "shape": [length]})
                continue
            room = length + is_wild
            count = int(rng.integers(0, 6)) if room else 0
            # NumPy takes a list of nothing for one of positions, whatever its dtype.
            indices = [int(i) for i in rng.integers(-room, room, count)] if count else []
            lists.append({"indices": indices, "shape": [count]})
        return ["..."] * (first > 0) + [{"mesh": lists}] if first + len(lists) == x.ndim else (
            [["slice", None, None, None]] * first + [{"mesh": lists}] + ["..."] * self.maybe(0.5))

    def listed(self, x, is_wild) -> list:
        """Items of an index: lists that broadcast, masks, and what `items` has; now and then `ix` of some lists."""
        rng = self.rng
        if self.maybe(0.2): return self.mesh(x, is_wild)
        lengths = [int(length) for length in rng.integers(0, 6, int(rng.integers(1, 3)))]
        shape, items = list(x.shape), []
        while shape:
            choice, length = rng.random(), shape[0]
            if choice < 0.5 and (length or is_wild):
                own = [1 if self.maybe(0.25) else length for length in lengths[int(rng.integers(len(lengths) + 1)):]]
                room = max(1, length + is_wild)
                indices = rng.integers(-room, room, int(np.prod(own, dtype=int)))
                items.append({"indices": [int(i) for i in indices], "shape": own + [2] * (is_wild and self.maybe(0.2))})
                if len(items[-1]["shape"]) > len(own): items[-1]["indices"] *= 2
                shape = shape[1:]
            elif choice < 0.65:
                own = shape[:int(rng.integers(3))]
                marks = np.zeros(int(np.prod(own, dtype=int)), bool)
                # As many as the lists have, more often than not.
                marks[rng.permutation(marks.size)[:lengths[-1] if self.maybe(0.7) else int(rng.integers(3))]] = True
                items.append({"mask": [bool(mark) for mark in marks],
                              "shape": [length + (is_wild and self.maybe(0.2)) for length in own]})
                count = int(np.prod(items[-1]["shape"], dtype=int))
                if count != marks.size: items[-1]["mask"] = [True] * count
                shape = shape[len(own):]
            else:
                some = self.items(np.empty(shape[:1]), is_wild)
                items += [item for item in some if item != "..."]
                if all(item in ("...", "new") for item in some): items.append(["slice", None, None, None])
                shape = shape[1:]
        if self.maybe(0.3) or is_wild and self.maybe(0.3):
            first = int(rng.integers(0, len(items) + 1))
            items[first:first + int(rng.integers(2))] = ["..."]
        return items

    def items(self, x, is_wild) -> list:
        rng = self.rng
        items = []
        for length in x.shape:
            choice = rng.random()
            if choice < 0.15 and (length or is_wild):
                room = length + is_wild * 2
                items.append(int(rng.integers(-room, max(room, 1))))
            elif choice < 0.3:
                items.append(["slice", None, None, None])
            else:
                bound = lambda: None if self.maybe(0.35) else int(rng.integers(-length - 3, length + 4))
                steps = [None, 1, 1, 2, 3, -1, -1, -2, -3, length + 1, -length - 1] + [0] * is_wild
                items.append(["slice", bound(), bound(), steps[rng.integers(len(steps))]])
        if self.maybe(0.3):
            first = int(rng.integers(0, len(items) + 1))
            last = int(rng.integers(first, len(items) + 1))
            items[first:last] = ["..."]
        if self.maybe(0.3):
            items.insert(int(rng.integers(0, len(items) + 1)), "new")
        if is_wild and self.maybe(0.4):
            items += [0, "..."]
        return items

    def reshaped(self, x, is_wild) -> list:
        rng, shape = self.rng, list(x.shape)
        for _ in range(int(rng.integers(1, 4))):
            if len(shape) >= 2 and self.maybe(0.5):
                place = int(rng.integers(len(shape) - 1))
                shape[place:place + 2] = [shape[place] * shape[place + 1]]
            elif shape and len(shape) < 5:
                place = int(rng.integers(len(shape)))
                divisors = [d for d in range(1, min(shape[place], 50) + 1) if shape[place] % d == 0] or [1]
                divisor = int(rng.choice(divisors))
                shape[place:place + 1] = [divisor, shape[place] // divisor]
            else:
                shape.insert(int(rng.integers(len(shape) + 1)), 1)
        if self.maybe(0.3) and shape:
            shape[int(rng.integers(len(shape)))] = -1
        return shape + [3] * is_wild

    # Elementwise

    def unary(self, number, is_wild=False) -> dict:
        x = self.array(number)
        names = EXACT_UNARY + INEXACT_UNARY if x.dtype != BFLOAT16 else BFLOAT16_UNARY
        if self.maybe(0.06) and x.dtype.name in ("float64", "float32", "int64", "uint8"):
            if not x.ndim or is_wild or self.maybe(0.5): return {"op": "map", "args": [number]}
            return {"op": "apply_along_axis", "args": [number], "axis": int(self.rng.integers(-x.ndim, x.ndim)),
                    "part": str(self.rng.choice(["ends", "count"]))}
        return {"op": str(self.rng.choice(names)), "args": [number]}

    def binary(self, number, is_wild=False) -> dict | None:
        rng, x = self.rng, self.array(number)
        is_bfloat16 = x.dtype == BFLOAT16
        name = str(rng.choice(BFLOAT16_BINARY if is_bfloat16 else EXACT_BINARY + INEXACT_BINARY))
        # ml_dtypes promotes some scalars otherwise than NumPy's own floats do.
        if not is_bfloat16 and (self.maybe(0.3) and not is_wild or (is_wild and self.maybe(0.5))):
            scalar = self.scalar(x, is_wild)
            if name == "power" and "kind" in scalar and scalar["kind"] == "int":
                scalar["scalar"] = str(int(rng.choice([0, 1, 2, 3, 5, -1, -2])))
            first = self.maybe(0.4) and name not in (
                "equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "bitwise_and", "bitwise_or",
                "bitwise_xor", "left_shift", "right_shift")
            return {"op": name, "args": [scalar, number] if first else [number, scalar]}
        return {"op": name, "args": [number, self.partner(number, is_wild)]}

    def partner(self, number, is_wild=False, dtype=None) -> int:
        """A step whose shape broadcasts with another's: an old one, or a new source."""
        rng, x = self.rng, self.array(number)
        if is_wild:
            return self.pick()
        fits = lambda y: (y.dtype == BFLOAT16) == (x.dtype == BFLOAT16) and self.broadcasts(x.shape, y.shape) and (
            dtype is None or y.dtype == dtype)
        known = [other for other in self.values if fits(self.array(other))]
        if known and self.maybe(0.6):
            return int(rng.choice(known))
        shape = [1 if self.maybe(0.15) else length for length in x.shape]
        if self.maybe(0.25) and shape:
            shape = shape[int(rng.integers(1, len(shape) + 1)):]
        wanted = BFLOAT16 if x.dtype == BFLOAT16 else dtype
        if wanted is None:
            wanted = x.dtype if self.maybe(0.5) else [d for d in DTYPES if d != BFLOAT16][rng.integers(len(DTYPES) - 1)]
        return self.source(wanted, shape)

    def scalar(self, x, is_wild=False) -> dict:
        rng = self.rng
        if x.dtype != BFLOAT16 and self.maybe(0.2):
            # Swift's Double is Python's float, so there is no scalar that insists on float64.
            dtypes = [d for d in DTYPES if d not in (BFLOAT16, BOOL, np.float64) and d.kind != "c"]
            if x.dtype in (np.int64, np.uint64) and self.maybe(0.4): dtypes = [np.dtype(np.int64), np.dtype(np.uint64)]
            dtype = dtypes[rng.integers(len(dtypes))]
            return {"dtype": dtype.name, "scalar": str(self.integer(dtype) if dtype.kind != "f" else 1.5)}
        name = str(rng.choice(["bool", "int", "int", "float", "complex"], p=[0.1, 0.3, 0.2, 0.33, 0.07]))
        if x.dtype == BFLOAT16: name = str(rng.choice(["int", "float"]))
        if name == "complex":
            return {"kind": name, "scalar": ["0.5", "-2.0"]}
        if name == "int":
            large = 300 if self.maybe(0.3) or is_wild else 5
            values = [int(rng.integers(-large, large + 1)), 2 ** 40, -1, 0] if is_wild else [int(rng.integers(-large, large + 1))]
            if x.dtype in (np.int64, np.uint64) and self.maybe(0.15): values = [2 ** 62 + 1, 2 ** 53 + 1]
            return {"kind": name, "scalar": str(values[rng.integers(len(values))])}
        values = [True, False] if name == "bool" else [0.5, 2.0, -1.0, 0.0, -0.0, 1e-3, 3.7, "inf", "nan", 1e30]
        return {"kind": name, "scalar": str(values[rng.integers(len(values))])}

    def integer(self, dtype) -> int:
        """A small one, or one near those where float64 and the other integers of 64 bits end."""
        if dtype.itemsize < 8 or self.maybe(0.6): return int(self.rng.integers(0, 100))
        return min(2 ** int(self.rng.choice([53, 63])) + int(self.rng.integers(-2, 3)), np.iinfo(dtype).max)

    def cast(self, number, is_wild=False) -> dict:
        x = self.array(number)
        names = [d.name for d in DTYPES]
        if x.dtype == BFLOAT16: names = ["float32", "float64", "float32"]
        return {"op": "astype", "args": [number], "dtype": str(self.rng.choice(names))}

    def choose(self, number, is_wild=False) -> dict | None:
        rng, x = self.rng, self.array(number)
        if x.dtype == BFLOAT16: return None
        name = str(rng.choice(["where", "where", "clip", "clip", "round", "diff", "isclose", "isclose", "allclose", "nan_to_num",
                               "divmod", "gradient", "ediff1d"]))
        match name:
            case "where":
                mask = self.partner(number, is_wild, BOOL if self.maybe(0.8) else None)
                other = self.scalar(x) if self.maybe(0.3) else self.partner(number, is_wild)
                # NumPy's where alone lets integers wrap that the dtype does not have.
                if isinstance(other, dict) and other.get("kind") == "int": other["scalar"] = other["scalar"].lstrip("-")[:2]
                pair = [number, other]
                return {"op": "where", "args": [mask, *(pair if self.maybe(0.6) else pair[::-1])]}
            case "clip":
                if self.maybe(0.3):
                    return {"op": name, "args": [number, self.partner(number, is_wild), self.partner(number, is_wild)]}
                step = {"op": name, "args": [number]}
                for key, value in (("lower", rng.integers(-3, 2)), ("upper", rng.integers(0, 5))):
                    if self.maybe(0.8):
                        integral = kind(x.dtype) in "iu" and self.maybe(0.8)
                        step[key] = {"kind": "int" if integral else "float", "scalar": str(int(value)) if integral else str(float(value) / 2)}
                        if self.maybe(0.4): step[key] = self.scalar(x, is_wild)
                return step if len(step) > 2 else None
            case "nan_to_num":
                numbers = {key: float(rng.integers(-9, 10)) for key in ("nan", "posinf", "neginf") if self.maybe(0.5)}
                return {"op": name, "args": [number], **numbers}
            case "divmod": return {"op": name, "args": [number, self.partner(number, is_wild)], "part": int(rng.integers(2))}
            case "ediff1d": return {"op": name, "args": [number]}
            case "gradient":
                # Quotients of complex numbers have no one answer.
                if kind(x.dtype) == "c": return None
                return {"op": name, "args": [number], "axis": int(rng.integers(-x.ndim - is_wild, max(x.ndim, 1) + is_wild)),
                        "spacing": float(rng.choice([1.0, 2.0, 0.3, -7.0])), "edge_order": int(rng.integers(1, 3))}
            case "round": return {"op": name, "args": [number], "decimals": int(rng.integers(-2, 4))}
            case "diff":
                axis = int(rng.integers(-x.ndim - is_wild, max(x.ndim, 1) + is_wild))
                edges = [edge for edge in ("prepend", "append") if self.maybe(0.25) and axis in range(-x.ndim, x.ndim)]
                parts = [self.edge(x, axis) for _ in edges]
                return {"op": name, "args": [number, *parts], "edges": edges, "n": int(rng.integers(0, 4)), "axis": axis}
            case "isclose" | "allclose": return self.close(name, number, is_wild)

    def close(self, name, number, is_wild) -> dict | None:
        # Whether all are close is computed at once, apart from what inexact results are compared with.
        if name == "allclose" and not self.is_all_exact(number): return None
        other = number if self.maybe(0.15) else self.partner(number, is_wild)
        if name == "allclose" and not self.is_all_exact(other): return None
        step = {"op": name, "args": [number, other], "equal_nan": self.maybe(0.5)}
        if self.maybe(0.6): step["rtol"] = float(self.rng.choice([0, 1e-5, 0.1, 0.25, 0.5, 1, 3]))
        if self.maybe(0.6): step["atol"] = float(self.rng.choice([0, 1e-8, 0.1, 0.5, 1, 2, 1e4]))
        return step

    def edge(self, x, axis) -> int:
        """What may stand beside an array along an axis."""
        shape = list(x.shape)
        shape[axis] = int(self.rng.integers(0, 4))
        dtype = x.dtype if self.maybe(0.5) else DTYPES[self.rng.integers(len(DTYPES))]
        return self.source(x.dtype if dtype == BFLOAT16 else dtype, [] if self.maybe(0.4) else shape)

    def join(self, number, is_wild=False) -> dict | None:
        rng, x = self.rng, self.array(number)
        name = str(rng.choice(["concatenate", "concatenate", "stack", "vstack", "hstack", "dstack", "column_stack", "append"]))
        parts = [number]
        for _ in range(int(rng.integers(0, 3)) if name != "append" else 1):
            others = [other for other in self.values if self.array(other).shape == x.shape
                      and (self.array(other).dtype == BFLOAT16) == (x.dtype == BFLOAT16)]
            if is_wild:
                parts.append(self.pick())
            elif self.maybe(0.5) or x.dtype == BFLOAT16:
                parts.append(int(rng.choice(others)))
            else:
                shape = list(x.shape)
                if name == "concatenate" and shape and self.maybe(0.6): shape[0] = int(rng.integers(0, 9))
                parts.append(self.source(x.dtype if self.maybe(0.6) else None, shape))
                if self.array(parts[-1]).dtype == BFLOAT16 and x.dtype != BFLOAT16: return None
        step = {"op": name, "args": [parts[place] for place in rng.permutation(len(parts))]}
        if name in ("concatenate", "stack"):
            room = x.ndim + (name == "stack") + is_wild
            step["axis"] = 0 if self.maybe(0.5) or not room else int(rng.integers(-room, room))
            if name == "concatenate" and self.maybe(0.15): step["flat"] = True
        if name == "append" and self.maybe(0.6): step["axis"] = int(rng.integers(-x.ndim - is_wild, max(1, x.ndim)))
        return step

    # Reductions

    def axes(self, x, is_wild=False) -> dict:
        rng = self.rng
        if self.maybe(0.25):
            return {}
        count = int(rng.integers(1, x.ndim + 1)) if x.ndim else 0
        axes = [int(axis) for axis in rng.permutation(x.ndim)[:count]]
        axes = [axis - x.ndim if self.maybe(0.3) else axis for axis in axes]
        if is_wild: axes.append(int(rng.choice([x.ndim, -x.ndim - 1, *(axes or [9])])))
        return {"axis": axes}

    def reduction(self, number, is_wild=False) -> dict | None:
        rng, x = self.rng, self.array(number)
        names = SIMPLE * 2 + WITH_NAN + OTHERS
        name = str(rng.choice(names))
        plain = name.removeprefix("nan")
        if x.dtype == BFLOAT16 and name not in ("sum", "mean", "min", "max", "var", "argmax", "any"): return None
        step = {"op": name, "args": [number], **self.axes(x, is_wild), "keepdims": self.maybe(0.35)}
        if plain in ("argmin", "argmax", "norm", "average") and not (
                plain in ("norm", "average") and step.get("axis") and self.maybe(0.4)):
            step.pop("axis", None)
            if self.maybe(0.75) and x.ndim:
                step["axis"] = int(rng.integers(-x.ndim - is_wild, x.ndim + is_wild))
        if plain in ("var", "std"):
            step["ddof"] = int(rng.choice([0, 0, 1, 1, 2]))
        if plain in ("sum", "prod", "mean", "var", "std") and self.maybe(0.25) and x.dtype != BFLOAT16:
            step |= self.accumulator(name, x)
        if name == "nanmean" and is_wild and self.maybe(0.5): step["dtype"] = "int32"
        if plain not in ("argmin", "argmax", "ptp", "count_nonzero", *OTHERS) and self.maybe(0.25):
            shape = [1 if self.maybe(0.2) else length for length in x.shape]
            own = np.dtype(np.int64) if is_wild and self.maybe(0.3) else BOOL
            step["where"] = self.source(own, shape if self.maybe(0.8) else shape[1:])
        if plain in ("min", "max") and ("where" in step and not is_wild or self.maybe(0.1)):
            step["initial"] = self.initial(x)
            if step["initial"] is None: return None
        if plain in ("sum", "prod") and self.maybe(0.15) and x.dtype != BFLOAT16:
            step["initial"] = self.initial(x)
            if step["initial"] is None: return None
        if name == "norm":
            step["ord"] = str(rng.choice(["2", "2", "1", "inf", "-inf", "0", "3"]))
        if name == "average" and self.maybe(0.3): step["part"] = "weights"
        if name == "average" and self.maybe(0.7) and x.dtype != BFLOAT16:
            if kind(x.dtype) == "c": return None
            shape = x.shape
            if "axis" in step and self.maybe(0.5) and not is_wild:
                axes = step["axis"] if isinstance(step["axis"], list) else [step["axis"]]
                shape = [x.shape[axis] for axis in axes]
            step["weights"] = self.weights(shape)
        return step

    def accumulator(self, name, x) -> dict:
        """A dtype to add up in; none where Tessera's differs: a variance as integers, as complex numbers or of them."""
        names = ["float64", "float32", "float16"]
        if name.endswith(("var", "std")): return {"dtype": str(self.rng.choice(names))} if kind(x.dtype) != "c" else {}
        # NumPy's nanmean of floats refuses integers.
        if name != "nanmean" or kind(x.dtype) not in "fc": names += ["int64", "int32", "uint8"]
        if name.startswith(("cum", "nancum")): names.append("bool")
        # Of complex numbers real parts add up as often as they do themselves.
        wide = ["complex128", "complex64"] * (1 + 2 * (kind(x.dtype) == "c"))
        return {"dtype": str(self.rng.choice([*names, *wide]))}

    def sequence(self, number, is_wild=False) -> dict | None:
        rng, x = self.rng, self.array(number)
        if x.dtype == BFLOAT16: return None
        name = str(rng.choice([*SCANS, *QUANTILES, *EXTREMES]))
        if name in SCANS or name in EXTREMES:
            room = x.ndim + is_wild
            axis = {"axis": int(rng.integers(-room, room))} if room and self.maybe(0.8) else {}
            return {"op": name, "args": [number], **axis, **(self.accumulator(name, x) if name in SCANS and self.maybe(0.4) else {})}
        # Of what has no order, and of nothing, NumPy's errors vary.
        if is_wild and (kind(x.dtype) in "cb" or not x.size): return None
        step = {"op": name, "args": [number], **self.axes(x, is_wild), "keepdims": self.maybe(0.35)}
        if name.endswith(("quantile", "percentile")):
            ranks = [0.0, 1.0, 0.5, 0.25, 0.3, 0.9, 1 / 3] + [-0.25, 1.5] * is_wild
            step["q"] = [float(rng.choice(ranks)) for _ in range(int(rng.integers(1, 4)))]
            if name.endswith("percentile"): step["q"] = [100 * q for q in step["q"]]
            if self.maybe(0.3): step["q"] = step["q"][0]
            step["method"] = str(rng.choice(METHODS))
        return step

    def distinct(self, number) -> dict | None:
        # How many there are decides a shape, so nothing before it may be inexact.
        if not self.is_all_exact(number): return None
        if self.maybe(0.3): return {"op": "argwhere", "args": [number]}
        step = {"op": "unique", "args": [number], "part": str(self.rng.choice(PARTS)), "equal_nan": self.maybe(0.7)}
        x = self.array(number)
        if x.ndim and self.maybe(0.4):
            axis = int(self.rng.integers(-x.ndim, x.ndim))
            # NumPy has a field for each element of a row.
            if x.size <= 500 * x.shape[axis]: step["axis"] = axis
        return step

    def in_order(self, number, is_wild=False) -> dict | None:
        if not self.is_all_exact(number): return None
        room = self.array(number).ndim + is_wild
        axis = int(self.rng.integers(-room, room)) if room and self.maybe(0.85) else None
        return {"op": str(self.rng.choice(SORTS)), "args": [number], "axis": axis}

    def lookup(self, number) -> dict | None:
        """In a list that is computed where it is asked for, so that nothing of it may be inexact."""
        rng, x = self.rng, self.array(number)
        if x.dtype == BFLOAT16 or not self.is_all_exact(number): return None
        name = str(rng.choice([*SETS, *LOOKUPS, *LOOKUPS, "interp"]))
        dtype = x.dtype if self.maybe(0.5) else [d for d in DTYPES if d != BFLOAT16][rng.integers(len(DTYPES) - 1)]
        values = random_elements(rng, dtype, (int(rng.choice([0, 1, 2, 7, 300])),))
        if x.size and x.dtype == dtype and self.maybe(0.7):
            # Some that are to be found.
            values = np.concatenate([values, rng.choice(x.ravel(), min(x.size, 40))])
        if name in SETS and kind(np.result_type(x, values)) in "fc" and any(kind(d) in "iu" and d.itemsize == 8 for d in (x.dtype, dtype)):
            return None  # distinct integers become equal floats, which NumPy then finds in both
        if name == "interp":
            return {"op": name, "args": [number], **self.points()} if kind(x.dtype) != "c" else None
        if name in ("searchsorted", "digitize"): values = np.sort(values)
        if name == "digitize":
            # In float64 NumPy decides whether they ascend, and NaN is no edge.
            if kind(dtype) == "c" or np.isnan(values.astype(np.float64)).any(): return None
            if self.maybe(0.5) and (dtype.itemsize < 8 or kind(dtype) == "f"): values = values[::-1]
        other = self.append(store(values, random_form(rng), self.folder / f"source-{len(self.steps)}", rng),
                            Expected(values, is_view=True))
        options = {"searchsorted": {"side": str(rng.choice(["left", "right"]))}, "digitize": {"right": self.maybe(0.5)},
                   "isin": {"invert": self.maybe(0.3)}}
        return {"op": name, "args": [other, number] if name == "searchsorted" else [number, other], **options.get(name, {})}

    def points(self) -> dict:
        rng = self.rng
        count = int(rng.integers(1, 9))
        xp = np.round(rng.standard_normal(count) * 3, 1)
        step = {"xp": np.sort(xp).tolist(), "fp": rng.standard_normal(count).tolist()}
        if self.maybe(0.3):
            # Of equal points NumPy's order is that of an unstable sort.
            step |= {"period": 50.0, "xp": (rng.permutation(60)[:count] / 2).tolist()}
        else:
            step |= {side: float(rng.integers(-9, 9)) for side in ("left", "right") if self.maybe(0.3)}
        return step

    def counted(self, number, is_wild=False) -> dict | None:
        """A histogram, or occurrences of whole numbers."""
        rng, x = self.rng, self.array(number)
        if self.maybe(0.35): return self.occurrences(number, is_wild)
        # Where elements decide the edges, nothing before them may be inexact.
        if kind(x.dtype) == "c" or x.dtype == BFLOAT16 or not self.is_all_exact(number): return None
        if x.ndim == 1 and not is_wild and self.maybe(0.4): return self.pairs(number)
        step = {"op": "histogram", "args": [number], "bins": histograms.random_bins(rng, x, is_wild),
                "part": str(rng.choice(histograms.PARTS)), "density": self.maybe(0.3)}
        if isinstance(step["bins"], int):
            if self.maybe(0.5):
                step["range"] = histograms.random_range(rng, x)
            elif not histograms.has_extent(x):
                return None
        if self.maybe(0.35):
            dtype = rng.choice(["float64", "float32", "int32"]) if x.size < 1e5 else "float64"
            step["weights"] = self.weights(x.shape[1:] if is_wild else x.shape, str(dtype))
        return step

    def pairs(self, number) -> dict | None:
        """A histogram of two variables, of dtypes that NumPy brings together without loss, and whose edges are float64."""
        rng, x = self.rng, self.array(number)
        if x.dtype != np.float64 and not (kind(x.dtype) in "iu" and x.dtype.itemsize < 8): return None
        other = self.source(x.dtype, x.shape)
        y = self.array(other)
        step = {"op": "histogram2d", "args": [number, other], "bins": [histograms.random_bins(rng, own, False) for own in (x, y)],
                "part": str(rng.choice(["counts", "counts", "x", "y"]))}
        if self.maybe(0.5):
            step["range"] = histograms.random_range(rng, x)
        elif not (histograms.has_extent(x) and histograms.has_extent(y)):
            return None
        if self.maybe(0.35): step["weights"] = self.weights(x.shape)
        return step

    def occurrences(self, number, is_wild) -> dict:
        rng, x = self.rng, self.array(number)
        is_small = kind(x.dtype) in "iub" and x.ndim == 1 and np.max(x, initial=0) < 10_000
        if is_wild or not is_small or not self.is_all_exact(number):
            dtype = [BOOL, *INTEGERS][rng.integers(len(INTEGERS) + 1)]
            x = histograms.occurrences(rng, dtype, int(rng.integers(0, 20_000 if self.maybe(0.1) else 300)))
            if is_wild and self.maybe(0.3): x = x.reshape(-1, 1)
            number = self.append(store(x, random_form(rng), self.folder / f"source-{len(self.steps)}", rng),
                                 Expected(x, is_view=True))
        step = {"op": "bincount", "args": [number], "minlength": int(rng.integers(-5 if is_wild else 0, 60))}
        # Of nothing NumPy's are no sums of weights but counts.
        if x.size and self.maybe(0.4):
            step["weights"] = self.weights(x.shape[1:] if is_wild and self.maybe(0.5) else x.shape)
        return step

    def composed(self, number) -> dict | None:
        rng, x = self.rng, self.array(number)
        if x.dtype == BFLOAT16: return None
        name = str(rng.choice(COMPOSED))
        step = {"op": name, "args": [number]}
        match name:
            case "trapezoid":
                # Quotients of complex numbers have no one answer.
                if not x.ndim or kind(x.dtype) == "c": return None
                step |= {"axis": int(rng.integers(-x.ndim, x.ndim)), "dx": float(rng.choice([1.0, 0.5, 0.3, -2.0]))}
                if self.maybe(0.4): step["args"] = [number, self.weights([x.shape[step["axis"]]])]
            case "vander":
                if x.ndim != 1 or x.size > 60: return None
                step |= {"columns": int(rng.integers(0, 7)), "increasing": self.maybe(0.5)}
            case "select":
                count = int(rng.integers(1, 4))
                masks = [self.partner(number, dtype=BOOL) for _ in range(count)]
                choices = [number, *(self.partner(number) for _ in range(count - 1))]
                step |= {"args": masks + [choices[place] for place in rng.permutation(count)], "conditions": count}
                if self.maybe(0.6): step["default"] = [{"kind": "int", "scalar": "3"}, {"kind": "float", "scalar": "0.5"}][rng.integers(2)]
            case _:
                ends = [float(end) for end in np.round(rng.uniform(-6, 6, 2), 2)]
                if name == "geomspace": ends = [float(rng.choice([-1, 1])) * 10 ** end for end in ends[:1]] + [10 ** ends[1]]
                if name == "geomspace": ends[1] = float(np.copysign(ends[1], ends[0]))
                step |= {"args": [], "start": ends[0], "stop": ends[1], "count": int(rng.integers(0, 40)), "endpoint": self.maybe(0.7)}
        return step

    def is_all_exact(self, number) -> bool:
        return self.values[number].is_exact and all(
            self.is_all_exact(argument) for argument in self.operands(self.steps[number]))

    def operands(self, step) -> list:
        return [argument for argument in step.get("args", []) if isinstance(argument, int)] + [
            step[key] for key in ("where", "weights") if key in step]

    def initial(self, x) -> dict | None:
        if x.dtype == BOOL: return {"kind": "bool", "scalar": "True"}
        if kind(x.dtype) in "iu": return {"kind": "int", "scalar": str(int(self.rng.integers(0, 100)))}
        return {"kind": "float", "scalar": "0.5"} if kind(x.dtype) == "f" else None

    def weights(self, shape, dtype="float64") -> int:
        """Whole quarters, whose sums are exact."""
        unit = 1 if dtype == "int32" else 4
        array = np.asarray(self.rng.integers(1, 9, size=tuple(shape)) / np.float64(unit), dtype)
        return self.append(store(array, random_form(self.rng), self.folder / f"source-{len(self.steps)}", self.rng),
                           Expected(array, is_view=True))

    def broadcasts(self, a, b) -> bool:
        try:
            return int(np.prod(np.broadcast_shapes(a, b), dtype=float)) <= self.largest
        except ValueError:
            return False
