"""Random indices: items, lists and masks, positions along an axis, and what is put there: a part of generate.py."""
import numpy as np

import reference
from values import BFLOAT16, BOOL


class Indices:
    # Items

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

    # Positions

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

    @staticmethod
    def length_along(x, step) -> int:
        """Of the axis that a step names, or of everything; of an axis that is not there, some length."""
        try:
            return x.shape[step["axis"]] if "axis" in step and x.ndim else x.size
        except IndexError:
            return 3

    def assigned(self, x, shape) -> int:
        """Values for a part of this shape: of some axes, in the array's dtype or as bools. They are stored, and so in C order:
        NumPy goes over values in the order of memory, and over positions that occur twice."""
        own = [1 if self.maybe(0.2) else length for length in shape]
        if self.maybe(0.25): own = own[int(self.rng.integers(0, len(own) + 1)):]
        return self.source(x.dtype if x.dtype == BFLOAT16 or self.maybe(0.7) else BOOL, own)
