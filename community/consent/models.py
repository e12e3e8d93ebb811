"""Proof of what visitors chose about cookies."""

from django.db import models


class ConsentRecord(models.Model):
    """One choice: who (a random id), under which wording, for which purposes, when. GDPR Art. 7."""

    visitor = models.CharField(max_length=40, db_index=True)
    wording = models.CharField(max_length=20)
    purposes = models.JSONField(default=list)
    made_in = models.CharField(max_length=20)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.visitor} chose {self.purposes}"
