"""Random uses of what is composed of other functions: a part of generate.py."""
import numpy as np

from composed import COMPOSED
from values import BFLOAT16, BOOL, kind


class Composed:
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
