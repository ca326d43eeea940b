"""A comparison in a line: how far Tessera is ahead of whom, what of the limit it reaches, and whether that is enough."""
import dataclasses

from ..competitors import TESSERA
from .goals import GOALS, Goal

EXPERT = "NumPy blocked"


@dataclasses.dataclass(frozen=True)
class Rival:
    """The fastest of a kind, and how many times as long as Tessera it takes."""
    who: str
    ratio: float
    peak_bytes: int


@dataclasses.dataclass(frozen=True)
class Summary:
    title: str
    # Nil when Tessera did not run; then nothing else is known.
    seconds: float | None
    peak_bytes: int | None
    library: Rival | None
    expert: Rival | None
    # Of the limit, by the whole process.
    share: float | None
    goal: Goal

    def verdicts(self):
        """(reached, got, wanted) of every goal that was measured, by its name."""
        got = {"library": self.library and self.library.ratio, "expert": self.expert and self.expert.ratio, "share": self.share}
        wanted = {name: getattr(self.goal, name) for name in got}
        return {name: (got[name] >= wanted[name], got[name], wanted[name])
                for name in got if got[name] is not None and wanted[name] is not None}


def ran(row):
    return "seconds" in row


def own_row(comparison):
    return next((row for row in comparison["rows"] if row["who"] == TESSERA and ran(row)), None)


def summarize(comparison):
    own, goal = own_row(comparison), GOALS.get(comparison["job"], Goal())
    if own is None:
        return Summary(comparison["title"], None, None, None, None, None, goal)
    # Who answered wrongly in any run is no rival, nor is what does less than the job.
    others = [row for row in comparison["rows"]
              if ran(row) and row is not own and not row.get("is_limit") and not row["problem"]]
    by_hand = [row for row in others if row["who"].startswith(EXPERT)]
    limit = comparison.get("limit")
    return Summary(
        comparison["title"], own["durable_seconds"], own["peak_bytes"],
        _fastest([row for row in others if row not in by_hand], own), _fastest(by_hand, own),
        limit["seconds"] / own["seconds"] if limit else None, goal)


def _fastest(rows, own):
    if not rows:
        return None
    best = min(rows, key=lambda row: row["durable_seconds"])
    return Rival(best["who"], best["durable_seconds"] / own["durable_seconds"], best["peak_bytes"])


def count_goals(figures):
    """How many of the goals that were measured are reached, and how many there are."""
    verdicts = [verdict for group in figures["groups"] for comparison in group["comparisons"]
                for verdict in summarize(comparison).verdicts().values()]
    return sum(reached for reached, _, _ in verdicts), len(verdicts)
