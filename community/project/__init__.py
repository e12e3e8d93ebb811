"""Wiring: settings, addresses, the web and the worker process."""

from community.project.celery import app as celery_app

__all__ = ["celery_app"]
