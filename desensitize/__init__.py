"""Desensitization of tables: read → scan → plan → transform → verify → evidence. Knows no CKAN.

```python
tables = read.tables(path, "residents.csv")      # or raises read.Unreadable
found = scan.profile(tables[0])                  # classes and evidence, never a raw value
proposal = plan.propose(found, "default")        # a person corrects it
out = transform.apply(tables[0], proposal, key)
verdict = verify.check(out, proposal, found)     # fail closed
```
"""
