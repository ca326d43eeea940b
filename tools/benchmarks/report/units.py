"""Numbers as people read them."""


def seconds(value):
    """Three digits that matter: `12.3 s`, `0.123 s`, `8.1 ms`."""
    if value >= 100:
        return f"{value:.0f} s"
    if value >= 0.1:
        return f"{value:.3g} s"
    return f"{value * 1000:.2g} ms" if value < 0.01 else f"{value * 1000:.3g} ms"


def size(count):
    """`0 B`, `512 KiB`, `1.5 GiB`."""
    for power, unit in [(30, "GiB"), (20, "MiB"), (10, "KiB")]:
        if count >= 1 << power:
            return f"{count / (1 << power):.3g} {unit}" if count < 1000 << power else f"{count / (1 << power):.0f} {unit}"
    return f"{count:.0f} B"


def ratio(value):
    return f"{value:.0f}x" if value >= 100 else f"{value:.3g}x"


def ticks(greatest, count=4):
    """About `count` round numbers from 0 that end at or above `greatest`."""
    if greatest <= 0:
        return [0, 1]
    power = 1.0
    while power * 10 <= greatest / count:
        power *= 10
    while power > greatest / count:
        power /= 10
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor * count >= greatest)
    return [number * step for number in range(count + 1) if (number - 1) * step < greatest]
