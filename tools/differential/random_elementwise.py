"""Random operations on each element or on neighbours, and scalars for them: a part of generate.py."""
import numpy as np

from operations import (BFLOAT16_BINARY, BFLOAT16_UNARY, EXACT_BINARY, EXACT_UNARY, INEXACT_BINARY, INEXACT_UNARY)
from values import BFLOAT16, BOOL, DTYPES, kind


class Elementwise:
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

    # Scalars

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
