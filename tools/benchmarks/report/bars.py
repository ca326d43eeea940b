"""A comparison as bars: seconds of each competitor on the left, peak memory on the right, limits as lines."""
from . import units
from .summary import own_row, ran
from .svg import element, picture
from ..competitors import TESSERA

WIDTH, LABEL, GAP, TOP, ROW, BAR = 960, 190, 24, 24, 24, 15
SECONDS, SECONDS_TEXT, PEAK, PEAK_TEXT = 400, 120, 130, 72
# What every job of Tessera's is to stay within.
PEAK_LIMIT = 256 << 20


def bars(comparison):
    """The fastest first; those who failed last, with what they said."""
    own = own_row(comparison)
    done = sorted((row for row in comparison["rows"] if ran(row)), key=lambda row: row["durable_seconds"])
    failed = [row for row in comparison["rows"] if not ran(row)]
    height = TOP + ROW * (len(done) + len(failed)) + 8
    limit = comparison.get("limit")
    longest = max([row["durable_seconds"] for row in done] + [limit["seconds"] if limit else 0], default=0) or 1
    largest = max([row["peak_bytes"] for row in done], default=0) or 1
    parts = [element("text", "seconds", x=LABEL, y=14, class_="heading"),
             element("text", "peak memory", x=_peak_left(), y=14, class_="heading")]
    for number, row in enumerate(done):
        parts += _bars_of(row, own, TOP + ROW * number, SECONDS / longest, PEAK / largest)
    for number, row in enumerate(failed, len(done)):
        parts += [_name(row, TOP + ROW * number),
                  element("text", row["problem"] or "did not run", x=LABEL, y=TOP + ROW * number + 12, class_="problem")]
    if limit and done:
        parts += _line(LABEL + SECONDS * limit["seconds"] / longest, height, f"limit {units.seconds(limit['seconds'])}")
    if largest > PEAK_LIMIT and done:
        parts += _line(_peak_left() + PEAK * PEAK_LIMIT / largest, height, units.size(PEAK_LIMIT), at_heading=False)
    return picture(WIDTH, height, comparison["title"], *parts)


def _peak_left():
    return LABEL + SECONDS + SECONDS_TEXT + GAP


def _name(row, top):
    return element("text", row["who"], x=LABEL - 8, y=top + 12, class_="name own" if row["who"] == TESSERA else "name")


def _bars_of(row, own, top, per_second, per_byte):
    kind = "own" if row["who"] == TESSERA else "limit" if row.get("is_limit") else "peer"
    whole, inner = row["durable_seconds"] * per_second, row["inner_durable_seconds"] * per_second
    words = units.seconds(row["durable_seconds"])
    if own and row is not own:
        words += f" · {units.ratio(row['durable_seconds'] / own['durable_seconds'])}"
    peak = row["peak_bytes"] * per_byte
    return [
        _name(row, top),
        # The work itself is darker than start, imports and leaving.
        element("rect", x=LABEL, y=top, width=max(1.0, whole), height=BAR, class_=f"{kind} whole"),
        element("rect", element("title", f"{row['who']}: {units.seconds(row['inner_durable_seconds'])} in-process"),
                x=LABEL, y=top, width=max(1.0, inner), height=BAR, class_=kind),
        element("text", words, x=LABEL + whole + 6, y=top + 12, class_="value"),
        element("rect", x=_peak_left(), y=top, width=max(1.0, peak), height=BAR, class_=kind),
        element("text", units.size(row["peak_bytes"]), x=_peak_left() + peak + 6, y=top + 12, class_="value"),
    ]


def _line(x, height, words, at_heading=True):
    line = element("line", element("title", words), x1=x, y1=TOP - 4, x2=x, y2=height - 4, class_="bound")
    return [line, *([element("text", words, x=max(x, LABEL + 60.0), y=14, class_="bound-words")] if at_heading else [])]
