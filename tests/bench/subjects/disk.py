"""What a comment of 542 bytes takes on disk, with its HTML, votes and indexes."""

from collections.abc import Iterator

from django.db import connection

from community.comments.models import Comment
from community.votes.models import Vote
from tests.bench import plenty
from tests.bench.figures import Figure, target
from tests.bench.registry import subject
from tests.bench.stage import Stage

MOST = 3_000
SIZES = """
    SELECT relation, kind, bytes FROM (
      SELECT c.relname AS relation, 'rows' AS kind, pg_relation_size(c.oid) AS bytes
        FROM pg_class c WHERE c.relname = %(table)s
      UNION ALL SELECT t.relname, 'long texts (toast)', pg_total_relation_size(t.oid)
        FROM pg_class c JOIN pg_class t ON t.oid = c.reltoastrelid WHERE c.relname = %(table)s
      UNION ALL SELECT i.relname, 'index', pg_relation_size(i.oid)
        FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
        JOIN pg_class c ON c.oid = x.indrelid WHERE c.relname = %(table)s
    ) AS parts ORDER BY bytes DESC
"""


@subject
def disk(stage: Stage) -> Iterator[Figure]:
    """Bytes on disk per comment, in all and item by item."""
    assert stage.biggest
    plenty.tidy()
    comments, votes = Comment.objects.count(), Vote.objects.count()
    parts = list(sizes(Comment._meta.db_table)) + list(sizes(Vote._meta.db_table))
    whole = sum(size for _, size in parts) / comments
    yield {
        "name": "bytes on disk per comment",
        "amount": round(whole),
        **target(f"≤ {MOST:,}", whole <= MOST),
        "note": f"{plenty.LENGTH} bytes of words; {comments:,} comments, {votes:,} votes",
    }
    for name, size in parts:
        if size / comments >= 1:
            yield {"name": f"  of these: {name}", "amount": round(size / comments)}


def sizes(table: str) -> Iterator[tuple[str, int]]:
    """Every part of a table with its bytes."""
    with connection.cursor() as cursor:
        cursor.execute(SIZES, {"table": table})
        for relation, kind, size in cursor.fetchall():
            yield f"{kind} {relation}" if kind == "index" else f"{kind} of {table}", size
