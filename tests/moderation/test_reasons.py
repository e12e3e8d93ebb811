"""Every refusal stands on a ground, whether a moderator chose it or a rule decided."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from community.accounts.models import Person, User
from community.comments.models import Comment, Status
from community.sites.models import Site
from community.threads.models import Thread
from moderation import decisions, reasons
from moderation.models import Act, CannedReason, Decision, Policy
from tests import factories
from tests.moderation.posting import write


@pytest.fixture
def held(thread: Thread, author: Person) -> Comment:
    """A comment that waits."""
    return factories.comment(thread, person=author, status=Status.HELD)


def latest() -> Decision:
    return Decision.objects.latest("pk")


@pytest.mark.parametrize(
    ("act", "canned", "words", "stored", "told"),
    [
        pytest.param(
            "reject",
            "",
            "",
            ("house", "rules", "House rules"),
            "It does not fit our house rules.",
            id="one press is enough",
        ),
        pytest.param(
            "reject",
            "",
            "Please stay calm.",
            ("house", "rules", "House rules"),
            "Please stay calm.",
            id="own words say more than the general reason",
        ),
        pytest.param(
            "reject",
            "off-topic",
            "",
            ("off-topic", "rules", "House rules: off topic"),
            "It is about something other than the article.",
            id="chosen",
        ),
        pytest.param(
            "reject",
            "defamation",
            "Have you a source?",
            ("defamation", "law", "The law against defamation"),
            "It claims something harmful about somebody, and we see no proof of it. "
            "Have you a source?",
            id="own words add to it",
        ),
        pytest.param("spam", "off-topic", "", ("spam", "spam", ""), "", id="spam is its own"),
        pytest.param("approve", "off-topic", "", ("", "", ""), "", id="no refusal, no ground"),
    ],
)
def test_a_decision_stands_on_what_was_chosen(
    held: Comment,
    moderator: User,
    browser_of: object,
    act: str,
    canned: str,
    words: str,
    stored: tuple[str, str, str],
    told: str,
) -> None:
    press(browser_of(moderator), held, act, canned=canned, reason=words)  # type: ignore[operator]

    made = latest()
    held.refresh_from_db()
    assert (made.code, made.ground, made.provision) == stored
    assert held.told == told


def press(client: Client, comment: Comment, act: str, **given: str) -> int:
    """Press a button of the decide form; the status of the answer."""
    given |= {"act": act, "version": str(comment.version)}
    return client.post(f"/moderation/comments/{comment.pk}/decide/", given).status_code


def test_a_reason_the_site_does_not_have_decides_nothing(
    held: Comment, moderator: User, browser_of: object
) -> None:
    assert press(browser_of(moderator), held, "reject", canned="forged") == 422  # type: ignore[operator]
    assert not Decision.objects.exists()


def test_the_author_is_told_in_the_language_of_the_site(held: Comment, moderator: User) -> None:
    decisions.decide(held, Act.REJECT, seen=held.version, by=moderator, canned="off-topic")
    assert held.told == "It is about something other than the article."


def test_a_disallowed_word_is_written_down_as_the_ground(thread: Thread, author: Person) -> None:
    Policy.objects.create(site=thread.site, number=1, disallowed_words="casino")
    write(thread, "Come to the casino.", person=author)
    made = latest()
    assert (made.act, made.code, made.ground) == ("judge", "disallowed", "spam")


@pytest.mark.parametrize(
    ("act", "after"), [("reject", "rejected"), ("spam", "spam"), ("judge", "rejected")]
)
def test_the_database_refuses_a_refusal_without_a_ground(
    held: Comment, act: str, after: str
) -> None:
    row = Decision(site=held.site, comment=held, act=act, before="held", after=after, version=9)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()
    row.ground = "rules"
    row.save()


# The reasons of a site


def test_a_site_has_reasons_without_anybody_making_them(site: Site) -> None:
    offered = reasons.offered(site)
    assert [reason.code for reason in offered][:2] == ["house", "attack"]
    assert {reason.ground for reason in offered} == {"rules", "law"}
    assert not CannedReason.objects.exists()


FIELDS = {
    "title": "About boats",
    "text": "We do not sell boats.",
    "ground": "rules",
    "provision": "House rules: trade",
    "digit": "2",
    "is_offered": "on",
}


def test_an_administrator_words_a_reason_anew(
    site: Site, administrator: User, browser_of: object
) -> None:
    client = browser_of(administrator)  # type: ignore[operator]
    answer = client.post("/moderation/settings/reasons/off-topic/", FIELDS)
    assert answer.status_code == 302
    worded = reasons.all_of(site)["off-topic"]
    assert (worded.text, worded.digit) == ("We do not sell boats.", 2)
    assert len(reasons.offered(site)) == len(reasons.DEFAULTS)


def test_an_administrator_adds_one_and_takes_it_back(
    site: Site, administrator: User, browser_of: object
) -> None:
    client = browser_of(administrator)  # type: ignore[operator]
    client.post("/moderation/settings/reasons/new/", FIELDS | {"digit": "9"})
    own = CannedReason.objects.get()
    assert own in reasons.offered(site)
    not_offered = {**FIELDS, "digit": "9", "is_offered": ""}
    client.post(f"/moderation/settings/reasons/{own.code}/", not_offered)
    assert own not in reasons.offered(site)
    assert own.code in reasons.all_of(site)


@pytest.mark.parametrize(
    ("code", "given", "sentence"),
    [
        ("attack", FIELDS, "Another reason has this key."),
        ("house", FIELDS | {"is_offered": "", "digit": ""}, "it has to stay"),
        ("attack", FIELDS | {"digit": "", "provision": ""}, "This field is required."),
        ("attack", FIELDS | {"digit": "10"}, "less than or equal to 9"),
        ("attack", FIELDS | {"digit": "", "ground": "spam"}, "Select a valid choice"),
    ],
)
def test_a_wrong_reason_is_refused_with_a_sentence(
    administrator: User, browser_of: object, code: str, given: dict[str, str], sentence: str
) -> None:
    client = browser_of(administrator)  # type: ignore[operator]
    answer = client.post(f"/moderation/settings/reasons/{code}/", given)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not CannedReason.objects.exists()


def test_a_reason_of_another_site_is_not_found(
    site: Site, administrator: User, browser_of: object
) -> None:
    other = factories.site(name="Inland", base_url="http://localhost", host="localhost")
    CannedReason.objects.create(site=other, code="own-1", title="x", text="x", provision="x")
    client = browser_of(administrator)  # type: ignore[operator]
    assert client.get("/moderation/settings/reasons/own-1/").status_code == 404
    assert client.get("/moderation/settings/reasons/none/").status_code == 404
