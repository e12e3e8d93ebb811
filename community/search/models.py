"""The indexes of words, one row for each thing that may be found; `upkeep` makes and keeps them.

On PostgreSQL they are tables with a GIN index, on SQLite tables of FTS5 that keep no text. Django
knows of them only that they can be asked: triggers write them, in the transaction of the change.
"""

from django.db import models


class Words(models.Model):
    """The words of one thing; its id is the thing's own."""

    rowid = models.BigIntegerField(primary_key=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"the words of {self.rowid}"


class CommentWords(Words):
    """The words of published comments."""

    class Meta:
        managed = False
        db_table = "community_comment_words"


class ArticleWords(Words):
    """The words of published articles."""

    class Meta:
        managed = False
        db_table = "community_article_words"


class TopicWords(Words):
    """The titles of forum topics that are listed."""

    class Meta:
        managed = False
        db_table = "community_topic_words"
