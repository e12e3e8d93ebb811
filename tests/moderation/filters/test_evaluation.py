"""Anyone can repeat on their own files what the filter is worth."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from moderation.filters.evaluation import judge
from moderation.filters.training import Example
from tests.moderation.filters.samples import examples


def kept_in(path: Path, rows: list[Example], *, columns: tuple[str, str]) -> Path:
    """A CSV file with an empty first line, as published collections have it."""
    with path.open("w", newline="") as file:
        file.write("\n")
        writer = csv.writer(file)
        writer.writerow(["id", *columns])
        writer.writerows((number, one.text, int(one.is_spam)) for number, one in enumerate(rows))
    return path


def test_each_file_is_judged_by_what_the_others_taught(tmp_path: Path) -> None:
    files = [
        kept_in(tmp_path / "one.csv", examples(60, 60), columns=("CONTENT", "CLASS")),
        kept_in(tmp_path / "two.csv", examples(50, 40, seed=2), columns=("content", "class")),
    ]
    out = StringIO()
    call_command("evaluate_filter", *map(str, files), stdout=out)
    heading, first, second, mean = out.getvalue().splitlines()
    assert "filter: at 1 %" in heading
    assert first.split()[:3] == ["one.csv", "60", "60"]
    assert second.split()[:3] == ["two.csv", "40", "50"]
    assert mean.startswith("mean")


def test_a_link_counts_for_the_rules_and_words_for_the_filter() -> None:
    unseen = [
        Example("Look at https://shop.example", is_spam=True),
        Example("subscribe to my channel, free money and gift cards", is_spam=True),
        Example("The old harbour wall by the lighthouse", is_spam=False),
    ]
    result = judge("unseen", examples(60, 60), unseen)
    assert (result.links_caught, result.links_held) == (0.5, 0.0)
    assert (result.caught, result.held) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param("text,label\nHello,1\n", "no columns", id="other columns"),
        pytest.param("content,class\nHello,1\n", "fewer than", id="too little"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, content: str, sentence: str) -> None:
    good = kept_in(tmp_path / "good.csv", examples(40, 40), columns=("content", "class"))
    bad = tmp_path / "bad.csv"
    bad.write_text(content)
    with pytest.raises(CommandError, match=sentence):
        call_command("evaluate_filter", str(good), str(bad))


def test_one_file_is_not_enough(tmp_path: Path) -> None:
    file = kept_in(tmp_path / "one.csv", examples(40, 40), columns=("content", "class"))
    with pytest.raises(CommandError, match="two files"):
        call_command("evaluate_filter", str(file))
