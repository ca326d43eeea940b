"""Random reductions, running totals and quantiles: a part of generate.py."""
import numpy as np

from reductions import OTHERS, SIMPLE, WITH_NAN
from sequences import EXTREMES, METHODS, QUANTILES, SCANS
from values import BFLOAT16, BOOL, kind


class Reductions:
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

    def initial(self, x) -> dict | None:
        if x.dtype == BOOL: return {"kind": "bool", "scalar": "True"}
        if kind(x.dtype) in "iu": return {"kind": "int", "scalar": str(int(self.rng.integers(0, 100)))}
        return {"kind": "float", "scalar": "0.5"} if kind(x.dtype) == "f" else None

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
