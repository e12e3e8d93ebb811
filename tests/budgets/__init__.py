"""What a reader's page may cost: bytes, elements, time, and nothing kept without a choice.

`make budgets` starts the demo, opens its pages in Chromium, prints each budget beside what was
found, and fails where one is missed that does not depend on the clock. Those are plain tests too.
"""
