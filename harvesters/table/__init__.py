"""Table mode (库表方式): tables of a department's database."""
