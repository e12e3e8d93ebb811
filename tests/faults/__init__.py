"""Parley in processes of its own, killed at chosen and at random moments while people use it.

`site` runs web, worker, mail server and spam check; `points` names the places where a process may
die; `people` are those who go on posting; `ledger` says afterwards what must have come of it.
"""
