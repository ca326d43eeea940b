"""Seeded random arrays and layouts."""
import dataclasses

import numpy as np

DTYPES = [
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
    "float16", "float32", "float64", "complex64", "complex128",
]
CODECS = ["none", "lz4", "zstd", "gzip", "numcodecs.lz4"]


def array(random, dtype, shape) -> np.ndarray:
    """Half small numbers, half any bits: NaN payloads, infinities, negative zeros, extremes."""
    dtype = np.dtype(dtype)
    count = int(np.prod(shape, dtype=np.int64))
    if dtype.kind == "b":
        return random.integers(0, 2, shape).astype(bool)
    anything = np.frombuffer(random.bytes(count * dtype.itemsize), dtype=dtype)
    small = random.integers(0, 20, count).astype(dtype)
    return np.where(np.arange(count) // 32 % 2 == 0, small, anything).reshape(shape)


def shape(random, most=5) -> tuple:
    """Rank 0 to 4, a few thousand elements, now and then an empty axis."""
    rank = int(random.choice([0, 1, 1, 2, 2, 2, 3, 3, 4]))
    limit = {0: 1, 1: 3000, 2: 70, 3: 18, 4: 9}[rank]
    lengths = [int(random.integers(1, limit + 1)) for _ in range(rank)]
    if rank and random.random() < 0.05:
        lengths[int(random.integers(rank))] = 0
    return tuple(lengths)


@dataclasses.dataclass
class Layout:
    """Options of one conversion to a store."""
    codec: str
    zarr_format: int
    chunks: tuple | None
    shards: tuple | None
    level: int | None
    checksum: bool

    def options(self) -> list[str]:
        words = ["--codec", self.codec, "--zarr-format", str(self.zarr_format)]
        for flag, lengths in [("--chunks", self.chunks), ("--shards", self.shards)]:
            if lengths:
                words += [flag, "x".join(map(str, lengths))]
        if self.level is not None:
            words += ["--level", str(self.level)]
        return words + (["--checksum"] if self.checksum else [])


def layout(random, shape, zarr_format=3) -> Layout:
    chunks = shards = level = None
    if shape and random.random() < 0.85:
        chunks = tuple(int(random.integers(1, max(2, n + 3))) for n in shape)
        # Thousands of files say nothing that dozens do not.
        while np.prod([-(-n // c) for n, c in zip(shape, chunks)]) > 400:
            chunks = tuple(min(max(n, 1), c * 2) for n, c in zip(shape, chunks))
        if zarr_format == 3 and random.random() < 0.7:
            shards = tuple(c * int(random.integers(1, 4)) for c in chunks)
    codec = str(random.choice(CODECS))
    if codec in ("zstd", "gzip") and random.random() < 0.5:
        level = int(random.integers(1, 7))
    return Layout(codec, zarr_format, chunks, shards, level, bool(zarr_format == 3 and random.random() < 0.15))


def selection(random, shape) -> tuple[str, tuple]:
    """NumPy's subscript as text and as what `array[...]` takes."""
    words, items = [], []
    for n in shape:
        word, item = _item(random, n)
        words.append(word)
        items.append(item)
    if words and random.random() < 0.25:  # an ellipsis in place of a run of axes
        first = int(random.integers(len(words)))
        last = int(random.integers(first, len(words) + 1))
        words[first:last], items[first:last] = ["..."], [Ellipsis]
    elif words and random.random() < 0.2:  # trailing axes left out
        words, items = words[:1], items[:1]
    if random.random() < 0.15:
        place = int(random.integers(len(words) + 1))
        words.insert(place, "None")
        items.insert(place, None)
    return ",".join(words) or "...", tuple(items) or (Ellipsis,)


def _item(random, n):
    kind = random.random()
    if kind < 0.25 and n:
        position = int(random.integers(-n, n))
        return str(position), position
    bound = lambda: None if random.random() < 0.35 else int(random.integers(-n - 2, n + 3))  # noqa: E731
    start, stop = bound(), bound()
    step = None if random.random() < 0.5 else int(random.choice([1, 2, 3, -1, -2, 7]))
    text = lambda value: "" if value is None else str(value)  # noqa: E731
    word = f"{text(start)}:{text(stop)}" + (f":{step}" if step is not None else "")
    return word, slice(start, stop, step)
