"""The rules as data: profiles, working days, clocks, case machines, openness.

Pure: nothing of CKAN, no database, no web. What the regulations say is in `config/profiles/`,
what the yearly holiday notices say in `config/calendar/`.
"""
