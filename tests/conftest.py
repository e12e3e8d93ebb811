"""Where the fixtures come from."""

pytest_plugins = ["tests.servers", "tests.browser", "tests.roles", "tests.inbox"]
