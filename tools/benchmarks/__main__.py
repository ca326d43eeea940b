"""Where the benchmarks begin; arguments.py says what there is."""
import json
import pathlib
import shutil
import sys
import tempfile

from . import arguments, competitors, layout, machine, report, run, table
from .session import Session

NOTES = {"storage": "", "engine": table.ENGINE_NOTES, "linalg": table.LINALG_NOTES}


def main():
    given = arguments.parse()
    if given.command == "page":
        figures = pathlib.Path(given.figures)
        return publish(json.loads(figures.read_text()), figures.with_name("index.html"), given.docs)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tessera-bench-", dir=given.folder))
    session = Session(folder, given, lambda text: print(text, file=sys.stderr, flush=True))
    try:
        return {"run": run_groups, "layout": run_layout}.get(given.command, run_suite)(session)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_groups(session):
    output = run.output_folder(session.settings, competitors.ROOT)
    figures = run.run(session, output)
    print(table.NOTES + table.ENGINE_NOTES + table.LINALG_NOTES)
    publish(figures, output / "index.html", session.settings.docs and arguments.DOCS)
    for problem in (found := run.problems(figures)):
        print(f"tools/bench: {problem}", file=sys.stderr)
    return bool(found)


def publish(figures, page, docs):
    report.write_page(figures, page)
    print(f"page: {page}")
    if docs:
        report.write_docs(figures, competitors.ROOT / docs)


def run_layout(session):
    figures = layout.run(session.folder, session.matrix(), session.settings, session.log)
    if session.settings.json:
        write(session.settings.json, figures)


def run_suite(session):
    """All jobs of one suite that were asked for; the status of the process."""
    given = session.settings
    suite = session.suite(given.command)
    for job in given.jobs:
        suite.do(job)
    print(table.NOTES + NOTES[given.command])
    if given.json:
        settings = {name: value for name, value in vars(given).items() if name not in ("json", "folder")}
        write(given.json, {
            "machine": machine.describe(), "settings": settings,
            "comparisons": [each.as_json() for each in suite.comparisons]} | suite.as_json())
    # A tool that is not built is no failure of the peers; a wrong answer or a failed run is.
    rows = [row for comparison in suite.comparisons for row in comparison.rows]
    return any(row.problem and "there is no" not in row.problem for row in rows)


def write(path, figures):
    pathlib.Path(path).write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
