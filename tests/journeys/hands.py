"""How somebody works a page: with a mouse, or with nothing but the keys of a keyboard."""

from typing import Protocol

from playwright.sync_api import Locator, Page

# Whoever needs more presses than this has lost the way.
MOST_TABS = 150
HAS_FOCUS = "element => element === document.activeElement"
SHOWS_FOCUS = "element => element.matches(':focus-visible')"


class Hand(Protocol):
    """What one does with a link, a button, a box to tick, a field."""

    def press(self, target: Locator) -> None: ...

    def tick(self, target: Locator) -> None: ...

    def choose(self, target: Locator) -> None: ...

    def pick(self, target: Locator, what: str) -> None: ...

    def write(self, target: Locator, words: str) -> None: ...


class Mouse:
    """Points and clicks."""

    def press(self, target: Locator) -> None:
        """Click it where it can be seen."""
        target.click()

    def tick(self, target: Locator) -> None:
        """Click its box."""
        target.check()

    def choose(self, target: Locator) -> None:
        """Click its circle."""
        target.check()

    def pick(self, target: Locator, what: str) -> None:
        """Open the list and click what is wanted."""
        target.select_option(what)

    def write(self, target: Locator, words: str) -> None:
        """Click into it and type."""
        target.click()
        target.page.keyboard.type(words)


class Keys:
    """Goes from one thing to the next with Tab, and never touches a mouse."""

    def press(self, target: Locator) -> None:
        """Go there and press the Return key."""
        self.go_to(target)
        target.page.keyboard.press("Enter")

    def tick(self, target: Locator) -> None:
        """Go there and press the space bar."""
        self.go_to(target)
        target.page.keyboard.press("Space")
        assert target.is_checked()

    def choose(self, target: Locator) -> None:
        """Go to the circle that is chosen, which Tab alone reaches, and from there by arrows."""
        name = target.get_attribute("name")
        self.go_to(target.page.locator(f"input[name={name}]:checked"))
        while not target.is_checked():
            target.page.keyboard.press("ArrowDown")

    def pick(self, target: Locator, what: str) -> None:
        """Go to the list and down in it."""
        self.go_to(target)
        while target.locator("option:checked").inner_text() != what:
            target.page.keyboard.press("ArrowDown")

    def write(self, target: Locator, words: str) -> None:
        """Go there and type."""
        self.go_to(target)
        target.page.keyboard.type(words)

    def go_to(self, target: Locator) -> None:
        """Press Tab until it has the focus, and see that it has."""
        target.wait_for()
        tab_to(target.page, target)
        assert target.evaluate(SHOWS_FOCUS), "nobody can see where the focus is"


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until this has the focus."""
    for _ in range(MOST_TABS):
        if target.evaluate(HAS_FOCUS):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} cannot be reached by keyboard")
