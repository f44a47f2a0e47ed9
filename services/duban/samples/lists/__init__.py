"""List pages in the styles of real portals (domain reference 6.3)."""

from __future__ import annotations

from duban.samples.lists.look import Look
from duban.samples.lists.pages import list_pages

__all__ = ["Look", "list_pages"]
