"""NumPy's answer to a step, given the arrays of the steps before it."""
import warnings

import numpy as np

import composed
import histograms
import operations
import reductions
import sequences
import sets
import sorting
from compare import Expected
from values import kind

VIEWS = {"index", "transpose", "moveaxis", "swapaxes", "flip", "expand_dims", "squeeze", "broadcast_to", "reshape",
         "ravel", "concatenate", "stack", "vstack", "hstack", "split", "take", "compress", "roll", "tile", "repeat", "pad", "tril",
         "triu", "diagonal", "diag", "rot90", "fliplr", "flipud", "atleast_1d", "atleast_2d", "atleast_3d", "array_split", "insert",
         "delete", "dstack", "column_stack", "append", "take_along_axis", "put_along_axis", "boolean_index", "integer_index",
         "advanced_index", "replace", "sliding_window_view"}
#: A user's own functions of a line: its last element and its first one, or zeros; how many are above zero.
LINES = {"ends": lambda line: line[[-1, 0]] if line.size else np.zeros(2, line.dtype),
         "count": lambda line: np.int64(np.count_nonzero(line > 0))}
#: What casts elements to its `dtype` before anything else.
CASTING = {"astype", "sum", "prod", "mean", "nansum", "nanprod", "nanmean", *sequences.SCANS}
#: What NumPy raises for mistakes; all of them are Tessera's `usage`.
MISTAKES = (ValueError, TypeError, OverflowError, IndexError)


def scalar(json: dict):
    """The Python number, or NumPy's scalar, that a job's scalar is."""
    value = json["scalar"]
    number = json.get("kind")
    if number == "complex":
        return complex(float(value[0]), float(value[1]))
    if number:
        return {"bool": lambda text: text == "True", "int": int, "float": float}[number](value)
    dtype = np.dtype(json["dtype"])
    return dtype.type(int(value) if dtype.kind in "iu" else float(value))


def index(items: list) -> tuple:
    spelled = {"...": Ellipsis, "new": np.newaxis}
    parts = []
    for item in items:
        if isinstance(item, dict) and "mesh" in item:
            parts += np.ix_(*[listed(part) for part in item["mesh"]])
        else:
            parts.append(slice(*item[1:]) if isinstance(item, list) else spelled[item] if isinstance(item, str) else
                         listed(item) if isinstance(item, dict) else item)
    # A mask by itself is assigned by rules of its own, in a tuple or not.
    return tuple(parts)


def listed(item: dict) -> np.ndarray:
    elements = np.array(item["indices"], np.int64) if "indices" in item else np.array(item["mask"], bool)
    return elements.reshape(item["shape"])


def evaluate(step: dict, values: dict[int, Expected]) -> Expected:
    """Raises one of MISTAKES where NumPy does."""
    operands = [values[argument].array if isinstance(argument, int) else scalar(argument)
                for argument in step.get("args", [])]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        if step["op"] in VIEWS:
            array = np.asarray(view(step, operands))
            is_view = all(values[argument].is_view for argument in step["args"])
            # Joining promotes.
            is_view &= all(operand.dtype == array.dtype for operand in operands)
            return Expected(array, is_view=is_view)
        return computed(step, operands, values)


def view(step, operands):
    x = operands[0] if operands else None
    axis = tuple(step["axis"]) if isinstance(step.get("axis"), list) else step.get("axis")
    match step["op"]:
        case "index" | "advanced_index": return x[index(step["items"])]
        case "transpose": return np.transpose(x, step.get("axes"))
        case "moveaxis": return np.moveaxis(x, step["from"], step["to"])
        case "swapaxes": return np.swapaxes(x, *step["axes"])
        case "flip": return np.flip(x, axis)
        case "expand_dims": return np.expand_dims(x, axis)
        case "squeeze": return np.squeeze(x, axis)
        case "broadcast_to": return np.broadcast_to(x, tuple(step["shape"]))
        case "reshape": return np.reshape(x, step["shape"])
        case "ravel": return np.ravel(x)
        case "replace":
            replaced = x.copy()
            replaced[index(step["items"])] = operands[1] if len(operands) > 1 else step["value"]
            return replaced
        case "take": return np.take(x, np.array(step["indices"], np.int64).reshape(step["indices_shape"]), axis=axis)
        case "take_along_axis": return sorting.take_along(step, *operands)
        case "put_along_axis": return sorting.put_along(step, *operands)
        case "compress": return np.compress(np.array(step["condition"], bool), x, axis=axis)
        case "boolean_index": return x[np.array(step["mask"], bool).reshape(step["mask_shape"])]
        case "integer_index": return x[np.array(step["indices"], np.int64).reshape(step["indices_shape"])]
        case "sliding_window_view": return np.lib.stride_tricks.sliding_window_view(x, step["window"], axis=axis)
        case "roll": return np.roll(x, step["shifts"], axis) if axis is not None else np.roll(x, step["shifts"][0])
        case "tile": return np.tile(x, step["repeats"])
        case "repeat": return np.repeat(x, step["repeats"], axis=axis)
        case "pad":
            given = {"constant_values": scalar(step["value"])} if "value" in step else {}
            return np.pad(x, step["widths"], mode=step["mode"], **given)
        case "diagonal": return np.diagonal(x, step["offset"], *step["axes"])
        case "diag": return np.diag(x, step["k"])
        case "tril": return np.tril(x, step["k"])
        case "triu": return np.triu(x, step["k"])
        case "rot90": return np.rot90(x, step["k"], step["axes"])
        case "fliplr" | "flipud" | "atleast_1d" | "atleast_2d" | "atleast_3d": return getattr(np, step["op"])(x)
        case "array_split": return np.array_split(x, step["sections"], axis=axis or 0)[step["part"]]
        case "insert" | "delete":
            place = slice(*step["range"]) if "range" in step else step.get("position", step.get("positions"))
            values = [np.array(step["value"]).astype(x.dtype)] if step["op"] == "insert" else []
            return getattr(np, step["op"])(x, place, *values, axis=axis)
        case "dstack": return np.dstack(operands)
        case "column_stack": return np.column_stack(operands)
        case "append": return np.append(*operands, axis=axis)
        case "concatenate": return np.concatenate(operands, axis=None if step.get("flat") else axis or 0)
        case "stack": return np.stack(operands, axis=axis or 0)
        case "vstack": return np.vstack(operands)
        case "hstack": return np.hstack(operands)
        case "split": return np.split(x, step["sections"], axis=axis or 0)[step["part"]]


def computed(step, operands, values) -> Expected:
    name, x = step["op"], operands[0] if operands else None
    match name:
        case "full":
            value = scalar(step["value"])
            array = np.full(tuple(step["shape"]), value, dtype=step.get("dtype"))
            return Expected(array)
        case "astype": return Expected(to_bfloat16(x) if step["dtype"] == "bfloat16" else x.astype(step["dtype"]))
        case "map": return Expected(x * x.dtype.type(2) + x.dtype.type(1))
        case "apply_along_axis": return Expected(np.asarray(np.apply_along_axis(LINES[step["part"]], step["axis"], x)))
        case "where": return Expected(np.asarray(np.where(x, *operands[1:])))
        case "clip":
            bounds = operands[1:] if len(operands) == 3 else [
                scalar(step[key]) if key in step else None for key in ("lower", "upper")]
            array = np.asarray(np.clip(x, *bounds))
            # NumPy's clip of complex numbers, unlike its maximum, does not know all NaNs.
            free = None if kind(array.dtype) != "c" else np.broadcast_to(
                np.isnan(sum(np.asarray(value) for value in (x, *bounds) if value is not None)), array.shape)
            return Expected(array, zero_sign_is_free=True, free=free)
        case "nan_to_num":
            return Expected(np.asarray(np.nan_to_num(x, **{key: step[key] for key in ("nan", "posinf", "neginf") if key in step})))
        case "round":
            array = np.asarray(np.round(x, step["decimals"]))
            # Rounded up, an integer may leave its dtype; the largest of 64 bits do as soon as they are float64.
            room = 4096.0 if x.dtype.itemsize == 8 else 100.0
            free = None if kind(x.dtype) not in "iu" else np.abs(x.astype(np.float64)) >= np.iinfo(x.dtype).max - room
            return Expected(array, free=free)
        case "argwhere": return Expected(np.argwhere(x))
        case "divmod": return Expected(np.asarray(np.divmod(*operands)[step["part"]]))
        case "gradient":
            return Expected(np.asarray(np.gradient(x, step["spacing"], axis=step["axis"], edge_order=step["edge_order"])))
        case "ediff1d": return Expected(np.ediff1d(x))
        case "unique": return sets.unique(step, x)
        case "interp":
            return Expected(np.asarray(np.interp(x, step["xp"], step["fp"], **{key: step[key] for key in ("left", "right", "period") if key in step})))
        case "diff":
            return Expected(np.diff(x, step["n"], step["axis"], **dict(zip(step.get("edges", []), operands[1:]))))
        case "isclose" | "allclose": return close(step, *operands)
        case "histogram" | "histogram2d" | "bincount":
            weights = values[step["weights"]].array if "weights" in step else None
            return getattr(histograms, name)(step, *operands, weights)
    if name in composed.COMPOSED:
        return composed.evaluate(step, operands, scalar(step["default"]) if "default" in step else 0)
    if name in sorting.SORTS:
        return sorting.sort(step, x)
    if name in sets.SETS:
        return sets.combined(step, *operands)
    if name in sets.LOOKUPS:
        return sets.lookup(step, *operands)
    if name in sequences.EXTREMES:
        return sequences.extreme(step, x)
    if name in sequences.SCANS:
        return sequences.scan(step, x)
    if name in sequences.QUANTILES:
        return sequences.quantile(step, x)
    if name in reductions.SIMPLE + reductions.WITH_NAN + reductions.OTHERS:
        return reductions.reduce(
            step, x, *(values[step[key]].array if key in step else None for key in ("where", "weights")),
            initial=scalar(step["initial"]) if "initial" in step else None)
    return operations.unary(name, x) if len(operands) == 1 else operations.binary(name, *operands)


def close(step, a, b) -> Expected:
    """In float64, or complex128: NumPy compares in the operands' own dtype, so that the last bits of bounds differ."""
    dtype = np.complex128 if "c" in (kind(a.dtype), kind(b.dtype)) else np.float64
    a, b = a.astype(dtype), b.astype(dtype)
    options = {key: step[key] for key in ("rtol", "atol", "equal_nan") if key in step}
    array = np.asarray(np.isclose(a, b, **options))
    free = None
    if dtype == np.complex128:
        # Magnitudes are rounded, each in its own way.
        distance, bound = np.abs(a - b), step.get("atol", 1e-8) + step.get("rtol", 1e-5) * np.abs(b)
        free = np.isfinite(distance) & (np.abs(distance - bound) <= 8 * np.finfo(np.float64).eps * bound + 1e-300)
    if step["op"] == "isclose":
        return Expected(array, free=free)
    return Expected(np.asarray(np.all(array)), free=None if free is None else np.asarray(np.any(free)))


def to_bfloat16(x: np.ndarray) -> np.ndarray:
    """Rounded once: ml_dtypes goes over float32, and rounds again."""
    if x.dtype.itemsize < 4:
        return x.astype(operations.BFLOAT16)
    wide = np.real(x).astype(np.longdouble)
    short = np.real(x).astype(np.float32)
    short = np.where(np.abs(short.astype(np.longdouble)) > np.abs(wide), np.nextafter(short, np.float32(0)), short)
    # Cut off, with a last bit that says so, it keeps the side of a half that it is on.
    odd = (short.view(np.uint32) | np.uint32(1)).view(np.float32)
    is_cut = (short.astype(np.longdouble) != wide) & ~np.isnan(wide)
    return np.asarray(np.where(is_cut, odd, short), np.float32).astype(operations.BFLOAT16)


def is_defined(step: dict, values: dict[int, Expected]) -> bool:
    """Whether C and NumPy say what a cast gives: floats outside an integer's range become anything. And whether NumPy's mean
    of integers is one."""
    if step["op"] not in CASTING or "dtype" not in step or step["dtype"] == "bfloat16":
        return True
    x, target = values[step["args"][0]].array, np.dtype(step["dtype"])
    if target.kind not in "iu":
        return True
    if not can_cast(x, target):
        return False
    is_mean = step["op"] in ("mean", "nanmean")
    return not is_mean or "where" not in step and reductions.has_whole_mean(x, target)


def can_cast(x: np.ndarray, target: np.dtype) -> bool:
    """Whether the elements are in an integer's range."""
    if kind(x.dtype) not in "fc":
        return True
    info, real = np.iinfo(target), np.real(x).astype(np.longdouble)
    return bool(np.all(np.isfinite(real) & (real > np.longdouble(info.min) - 1) & (real < np.longdouble(info.max))
                       & ((real > -1) | (info.min < 0))))
