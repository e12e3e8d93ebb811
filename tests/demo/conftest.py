"""A project whose demo is on."""

from copy import deepcopy
from importlib import import_module

import pytest
from pytest_django import Settings


@pytest.fixture
def demo(settings: Settings) -> None:
    """What settings.py does where DEMO=1."""
    import_module(settings.ROOT_URLCONF)  # before, since it stays as it is when first imported
    settings.DEMO = True
    settings.ROOT_URLCONF = "tests.demo.urls"
    settings.MIDDLEWARE = ["community.demo.middleware.DemoMiddleware", *settings.MIDDLEWARE]
    templates = deepcopy(settings.TEMPLATES)
    templates[0]["OPTIONS"]["context_processors"].append("community.demo.context.bar")
    settings.TEMPLATES = templates
