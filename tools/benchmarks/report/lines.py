"""A curve as two line charts beside each other: seconds, and peak memory, against what was varied."""
import math

from . import units
from .svg import element, picture

WIDTH, HEIGHT, LEFT, TOP, PLOT_WIDTH, PLOT_HEIGHT, STEP = 960, 304, 68, 30, 370, 200, 490
# Of the legend, a line below both: places beside each other.
LEGEND_STEP = 180


def lines(curve):
    parts = [part for number, series in enumerate(curve["series"]) for part in _legend(number, series["name"])]
    for left, (key, heading, words) in zip((LEFT, LEFT + STEP), _MEASURES):
        parts += _plot(curve, left, key, heading, words)
    return picture(WIDTH, HEIGHT, curve["title"], *parts)


_MEASURES = [("seconds", "seconds", units.seconds), ("peak_bytes", "peak memory", units.size)]


def _plot(curve, left, key, heading, words):
    xs = sorted({point["x"] for series in curve["series"] for point in series["points"]})
    greatest = max((point[key] for series in curve["series"] for point in series["points"]), default=0)
    marks = units.ticks(greatest) if key == "seconds" else [mark * (1 << 20) for mark in units.ticks(greatest / (1 << 20))]
    place_x = _scale(xs, left, curve["logarithmic"])
    place_y = lambda value: TOP + PLOT_HEIGHT * (1 - value / marks[-1])  # noqa: E731
    parts = [element("text", heading, x=left, y=14, class_="heading")]
    for mark in marks:
        y = place_y(mark)
        parts += [element("line", x1=left, y1=y, x2=left + PLOT_WIDTH, y2=y, class_="grid"),
                  element("text", words(mark) if mark else "0", x=left - 6, y=y + 4, class_="tick-y")]
    for x in xs:
        parts.append(element("text", _label(curve, x), x=place_x(x), y=TOP + PLOT_HEIGHT + 16, class_="tick-x"))
    parts.append(element(
        "text", curve["x_label"], x=left + PLOT_WIDTH / 2, y=TOP + PLOT_HEIGHT + 36, class_="tick-x"))
    for number, series in enumerate(curve["series"]):
        places = [(place_x(point["x"]), place_y(point[key])) for point in series["points"]]
        parts.append(element("polyline", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in places), class_=f"line s{number}"))
        parts += [element("circle", element("title", f"{series['name']}, {_label(curve, point['x'])}: {words(point[key])}"),
                          cx=x, cy=y, r=3, class_=f"dot s{number}") for (x, y), point in zip(places, series["points"])]
    return parts


def _scale(xs, left, logarithmic):
    """Places along the axis: from 0 in proportion, or by powers of two."""
    if logarithmic:
        low, high = math.log2(xs[0]), math.log2(xs[-1])
        inset, span = 16, PLOT_WIDTH - 32
        return lambda x: left + inset + (span * (math.log2(x) - low) / (high - low) if high > low else span / 2)
    return lambda x: left + PLOT_WIDTH * x / xs[-1]


def _label(curve, x):
    return units.size(x) if curve["x_is_bytes"] else f"{x:g}"


def _legend(number, name):
    left = LEFT + LEGEND_STEP * number
    return [element("circle", cx=left, cy=HEIGHT - 14, r=4, class_=f"s{number} dot"),
            element("text", name, x=left + 9, y=HEIGHT - 10, class_="series")]
