"""The ledger: an append-only, hash-chained list of every act (LY 11, NY 33, YN 28, ZS 32)."""

from ckanext.govshare.ledger.chain import Event, append

__all__ = ["Event", "append"]
