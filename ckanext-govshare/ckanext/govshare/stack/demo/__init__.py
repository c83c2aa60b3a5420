"""Demo data: a city that does not exist, with people who do not exist (`govshare demo`)."""
