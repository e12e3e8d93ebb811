"""How fast Parley is on this machine, beside servers that do less or the same.

`make bench` starts everything itself on loopback, prints one JSON line per figure, then a table,
and leaves nothing behind but `var/bench`. Figures of two machines say little about each other; the
ratios to the yardsticks of the same run say more. `docs/performance.md` tells how to read them.

A subject is a function in a module of `tests/bench/subjects`: adding a module adds its lines.
"""
