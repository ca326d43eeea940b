"""What people read of a run: a page with charts, and docs/performance.md. Both are made of figures.json alone."""
from .docs import write_docs
from .page import write_page

__all__ = ["write_docs", "write_page"]
