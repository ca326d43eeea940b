"""Writes random.txt: numbers of NumPy's Generator(Philox(seed)), and normal quantiles.

One line per case, fields separated by spaces; values are little-endian bytes in hexadecimal, integers are
int64. Made with NumPy 2.4.6.

key SEED KEY                           two uint64
raw SEED FIRST VALUES                  raw draws from number FIRST on
float64|float32 SEED FIRST VALUES      random()
integers SEED HIGH VALUES              integers(0, HIGH)
permutation SEED COUNT VALUES
choice SEED COUNT SIZE REPLACE VALUES
weighted SEED SIZE REPLACE PROBABILITIES VALUES     choice(…, p=PROBABILITIES)
mixed SEED VALUES                      permutation(5), one random() as bits, permutation(6)
normal DRAWS VALUES                    uint64 draws, and the quantile each stands for
"""

import math
import pathlib
import statistics

import numpy as np

SEEDS = [0, 42, 2**40 + 7, 2**128 - 1, 12345678901234567890123]
lines = []


def generator(seed):
    return np.random.Generator(np.random.Philox(seed))


def add(*fields):
    lines.append(" ".join(f.tobytes().hex() if isinstance(f, np.ndarray) else str(f) for f in fields) + "\n")


def draws(seed, first, count):
    bits = np.random.Philox(seed)
    bits.advance(first // 4)
    return bits.random_raw(first % 4 + count)[first % 4 :]


for seed in SEEDS:
    add("key", seed, np.random.SeedSequence(seed).generate_state(2, np.uint64))
    for first in [0, 1, 3, 4, 1000, 2**50 + 2, 2**62 - 3]:
        add("raw", seed, first, draws(seed, first, 9))
    for dtype in [np.float64, np.float32]:
        whole = generator(seed).random(1100, dtype=dtype)
        for first in [0, 1, 2, 515, 1000]:
            add(dtype.__name__, seed, first, whole[first : first + 21])
    for high in [1, 2, 7, 2**31, 2**32 - 1, 2**32, 2**32 + 1, 3 * 2**61, 2**63 - 1]:
        add("integers", seed, high, generator(seed).integers(0, high, 15))
    for count in [0, 1, 2, 10, 300]:
        add("permutation", seed, count, generator(seed).permutation(count))
    for count, size, replace in [
        (10, 4, True), (10, 10, False), (1000, 3, False), (1, 1, False), (10001, 12, False),
        (10001, 201, False), (2**33, 9, False), (2**33, 9, True), (5, 0, False), (60, 55, False),
    ]:
        add("choice", seed, count, size, int(replace), generator(seed).choice(count, size, replace))
    for count, size, replace, power, zeros in [
        (1, 3, True, 1, 0), (5, 40, True, 1, 1), (300, 60, True, 8, 100), (1, 1, False, 1, 0), (9, 9, False, 6, 0),
        (60, 20, False, 12, 30), (60, 30, False, 3, 30), (7, 0, False, 1, 0), (7, 0, True, 1, 0),
    ]:
        weights = generator(seed).random(count) ** power
        weights[:zeros] = 0
        weights /= weights.sum()
        add("weighted", seed, size, int(replace), weights, generator(seed).choice(count, size, replace, weights))
    mixed = generator(seed)
    add("mixed", seed, np.concatenate([
        mixed.permutation(5), np.array([mixed.random()]).view(np.int64), mixed.permutation(6)]))

normal = statistics.NormalDist()
powers = 2 ** np.arange(64, dtype=np.uint64)
ends = np.array([0, 2**64 - 1, 2**63 - 1, 2**63], dtype=np.uint64)
steps = np.concatenate([draws(7, 0, 100), powers, ~powers, ends])
quantiles = []
for step in steps.tolist():
    # The exact distance from one half; close to it, a probability would lose most of the digits.
    distance = (2 * (step % 2**63) + 1) / 2**65
    if distance < 1e-4:
        size = math.sqrt(2 * math.pi) * distance * (1 + math.pi / 3 * distance**2)
    else:
        size = -normal.inv_cdf((2**64 - 2 * (step % 2**63) - 1) / 2**65)
    quantiles.append(-size if step >> 63 else size)
add("normal", steps, np.array(quantiles))
pathlib.Path(__file__).with_name("random.txt").write_text("".join(lines))
