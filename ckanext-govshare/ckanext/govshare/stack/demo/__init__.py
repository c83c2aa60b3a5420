"""Demo data: a city that does not exist, with people who do not exist (`govshare demo`)."""

from ckanext.govshare.stack.demo.load import load

__all__ = ["load"]
