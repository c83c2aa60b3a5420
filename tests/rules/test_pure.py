"""The room of the rules imports nothing of the house, of CKAN or of a database."""

from __future__ import annotations

import subprocess
import sys


def test_the_rules_load_without_ckan_and_without_a_database():
    """Everything but the command `due`, which speaks through the `govshare` command."""
    code = (
        "import sys\n"
        "from ckanext.govshare.rules import calendar, clocks, drawing, duties, machines, profiles\n"
        "profiles.get('nanyang'); calendar.WorkingCalendar.load()\n"
        "house = [name for name in sys.modules if name.startswith('ckanext.govshare.')\n"
        "         and not name.startswith('ckanext.govshare.rules')]\n"
        "other = [name for name in ('ckan', 'flask', 'sqlalchemy', 'psycopg2') "
        "if name in sys.modules]\n"
        "print(house + other)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
