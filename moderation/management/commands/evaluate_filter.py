"""python manage.py evaluate_filter FILE FILE ...: what the learned filter is worth."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from moderation.filters import evaluation, training
from moderation.filters.evaluation import BadFile, Result


class Command(BaseCommand):
    """Learn from all files but one, judge the one left out, each in turn."""

    help = (
        "Hold out each labelled CSV file in turn, learn from the others, and print what the filter "
        "catches. Columns: content, class (1 is spam)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Two files at least: one to learn from, one to judge."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")

    def handle(self, *args: Any, files: list[Path], **options: Any) -> None:
        """Print one line for each file, and the mean."""
        sources = {path.name: read(path) for path in files}
        if len(sources) < 2:
            raise CommandError("Please name two files or more: one is judged by the others.")
        for name in sources:
            rest = [one for other, found in sources.items() if other != name for one in found]
            if not training.is_enough(rest):
                raise CommandError(
                    f"Without {name}, there are fewer than {training.FEWEST} examples of spam or "
                    "of good comments to learn from."
                )
        self.stdout.write(HEAD)
        results = list(evaluation.evaluate(sources))
        for result in results:
            self.stdout.write(line(result))
        self.stdout.write(mean(results))


HEAD = (
    f"{'held out':<28}{'spam':>6}{'good':>6} | {'links: caught':>14}{'held':>7} |"
    f" {'filter: at 1 %':>15}{'2 %':>7}{'5 %':>7} | {'both: at 1 %':>13}{'2 %':>7}{'5 %':>7} |"
    f" {'as set: caught':>15}{'held':>7}"
)


def read(path: Path) -> list[training.Example]:
    """The examples of a file; what is wrong with it is said in a sentence."""
    try:
        return evaluation.read(path)
    except (OSError, BadFile, UnicodeDecodeError) as error:
        raise CommandError(str(error)) from error


def line(result: Result) -> str:
    """One source."""
    return row(result.source, f"{result.spam:>6}{result.good:>6}", figures(result))


def mean(results: list[Result]) -> str:
    """All sources, each counting the same."""
    columns = zip(*(figures(result) for result in results), strict=True)
    return row("mean", " " * 12, [sum(column) / len(column) for column in columns])


def figures(result: Result) -> list[float]:
    """The shares of a line, in its order."""
    alone = [result.recall_at[share] for share in evaluation.SHARES]
    both = [result.together_at[share] for share in evaluation.SHARES]
    return [result.links_caught, result.links_held, *alone, *both, result.caught, result.held]


def row(name: str, counts: str, shares: list[float]) -> str:
    """Shares as percentages below their headings."""
    cells = [f"{share:.1%}" for share in shares]
    links, alone, both, as_set = cells[:2], cells[2:5], cells[5:8], cells[8:]
    return (
        f"{name:<28}{counts} | {links[0]:>14}{links[1]:>7} |"
        f" {alone[0]:>15}{alone[1]:>7}{alone[2]:>7} | {both[0]:>13}{both[1]:>7}{both[2]:>7} |"
        f" {as_set[0]:>15}{as_set[1]:>7}"
    )
