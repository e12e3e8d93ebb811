"""What every fault test begins with."""

import os
import random
import sys

import pytest


@pytest.fixture
def seed() -> int:
    """Where chance begins: printed with a failure, and chosen by FAULT_SEED to see it again."""
    chosen = int(os.environ.get("FAULT_SEED", random.SystemRandom().randrange(10_000)))
    sys.stdout.write(f"FAULT_SEED={chosen}\n")
    return chosen
