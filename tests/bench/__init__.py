"""How fast Parley is on this machine: pages, posts, votes, the queue, and what memory they take.

`python -m tests.bench` prints one JSON line per figure, then a table. Figures of two machines say
little about each other; the ratio to a bare server that sends the same bytes says more.
"""
