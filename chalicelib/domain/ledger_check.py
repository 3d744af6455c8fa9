"""Is a customer's balance the sum of its entries? Told from one reading of the ledger, while others may be booking.

Every booking adds its entries and moves the balance, its count of entries too, in one transaction, and nothing is ever
taken away. A reading is: the balance, then all entries, then the balance again.

    balance, n0 entries  |  entries: at least those n0, at most those n1  |  balance, n1 entries

So a reading with exactly n0 entries has read the ledger of the first balance, one with n1 that of the second, and one
in between can't be compared. Fewer than n0 or more than n1 there can't be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["agrees", "differs", "moved"]


@dataclass(frozen=True, slots=True)
class Total:
    """A number of entries and their sum."""

    entries: int = 0
    amount_micros: int = 0

    def plus(self, other: Total) -> Total:
        return Total(self.entries + other.entries, self.amount_micros + other.amount_micros)


@dataclass(frozen=True, slots=True)
class Reading:
    """``before`` and ``after``: what the balance said; ``read``: what the entries add up to."""

    before: Total
    read: Total
    after: Total

    @property
    def verdict(self) -> Verdict:
        """``moved``: so much was booked meanwhile that another reading is needed."""
        if self.read in (self.before, self.after):
            return "agrees"
        between = self.before.entries < self.read.entries < self.after.entries
        return "moved" if between else "differs"
