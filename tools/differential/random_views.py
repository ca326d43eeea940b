"""Random views, and arrays made of several: a part of generate.py."""
import numpy as np

from values import BFLOAT16


class Views:
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

    # Several

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
