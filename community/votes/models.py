"""Votes: one per voter and comment."""

from django.db import models


class Vote(models.Model):
    """One person's opinion of one comment: 1 for, -1 against. Undoing removes the row."""

    comment = models.ForeignKey(
        "community.Comment", on_delete=models.CASCADE, related_name="votes", db_index=False
    )
    person = models.ForeignKey("community.Person", on_delete=models.CASCADE, related_name="votes")
    value = models.SmallIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "person"], name="one_vote_per_person_and_comment"
            ),
            models.CheckConstraint(
                condition=models.Q(value__in=[1, -1]), name="vote_is_up_or_down"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value:+d} on comment {self.comment_id}"
