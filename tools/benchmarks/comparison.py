"""What one job came to: its competitors, and the least time that the machine allows."""
import dataclasses

from . import table
from .competitors import TESSERA
from .measure import Row


@dataclasses.dataclass
class Limit:
    """The least seconds that a job can take, and what they are made of."""
    seconds: float
    words: str


@dataclasses.dataclass
class Comparison:
    job: str
    title: str
    rows: list[Row]
    # Where it was measured beforehand.
    known_limit: Limit | None = None
    shows_errors: bool = False

    @property
    def limit(self):
        """The one that was known, or the best of the rows that are limits."""
        found = [row for row in self.rows if row.is_limit and row.runs]
        if self.known_limit or not found:
            return self.known_limit
        best = min(found, key=lambda row: row.inner_seconds)
        return Limit(best.inner_seconds, best.who)

    @property
    def own(self):
        """Tessera's row, once it has run."""
        return next((row for row in self.rows if row.who == TESSERA and row.runs), None)

    def show(self):
        table.show(self.title, self.rows, self.shows_errors)
        if (limit := self.limit) and self.own:
            print(f"  {TESSERA} reaches {limit.seconds / self.own.inner_seconds:.0%} of the limit in-process, "
                  f"{limit.seconds / self.own.seconds:.0%} as a process: {limit.seconds:.3f} s for {limit.words}")

    def as_json(self):
        record = {"job": self.job, "title": self.title, "rows": [row.as_json() for row in self.rows]}
        return record | ({"limit": dataclasses.asdict(self.limit)} if self.limit else {})
