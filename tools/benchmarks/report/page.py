"""The page: one HTML file that needs nothing else, with a chart and a table for every job."""
import pathlib

from . import prose, tables
from .bars import bars
from .lines import lines
from .summary import count_goals, own_row, summarize
from .svg import Markup, element

STYLE = pathlib.Path(__file__).with_name("style.css")


def write_page(figures, path):
    path.write_text(page(figures), encoding="utf-8")


def page(figures):
    head = element(
        "head", element("meta", charset="utf-8"), element("title", "Tessera: benchmarks"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("style", Markup(STYLE.read_text())))
    links = [element("a", group["title"], href=f"#{group['name']}") for group in figures["groups"]]
    body = element(
        "body", element("h1", "Tessera beside other software"), *_opening(figures), element("nav", *links),
        *(part for group in figures["groups"] for part in _group(figures, group)), *_limits(figures))
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n"


def _opening(figures):
    reached, count = count_goals(figures)
    parts = [element("p", line, class_="faint") for line in prose.machine(figures)]
    parts += [element("p", line) for line in prose.KEY]
    return parts + ([element("p", f"Goals reached: {reached} of {count}.")] if count else [])


def _group(figures, group):
    parts = [element("h2", group["title"], id=group["name"])]
    parts += [element("p", line, class_="faint") for line in prose.of_group(figures, group)]
    for comparison in group["comparisons"]:
        parts += [element("h3", comparison["title"]), _verdict(comparison), bars(comparison), _details(comparison)]
    for curve in group["curves"]:
        parts += [element("h3", curve["title"]), lines(curve), _more(tables.of_curve(curve))]
    if group.get("accuracy"):
        parts.append(_table(tables.of_accuracy(group["accuracy"])))
    return parts


def _verdict(comparison):
    """How far ahead, with the goals where there are some."""
    summary = summarize(comparison)
    if summary.seconds is None:
        return element("p", "Tessera did not run.", class_="problem")
    parts = []
    for name, words in prose.verdicts(summary).items():
        verdict = summary.verdicts().get(name)
        kind = None if verdict is None else "good" if verdict[0] else "missed"
        parts += [" · " if parts else "", element("span", words, class_=kind)]
    return element("p", *parts, class_="faint")


def _details(comparison):
    own = own_row(comparison)
    return _more(tables.of_comparison(comparison), marked=own and own["who"])


def _more(rows, marked=None):
    return element("details", element("summary", "figures"), _table(rows, marked))


def _table(rows, marked=None):
    heading = element("tr", *(element("th", cell) for cell in rows[0]))
    body = [element("tr", *_cells(row, len(rows[0])), class_="own" if row[0] == marked else None) for row in rows[1:]]
    return element("div", element("table", heading, *body), class_="wide")


def _cells(row, count):
    """The last of a row that is too short reaches to the end."""
    cells = [element("td", cell) for cell in row[:-1]]
    return [*cells, element("td", row[-1], colspan=count - len(cells) if len(row) < count else None)]


def _limits(figures):
    if not figures.get("limits"):
        return []
    return [element("h2", "Limits of this machine", id="limits"), _table(tables.of_limits(figures["limits"]))]
