"""After the faults: what was promised is kept, once, and nothing else has left the house."""

import email.policy
import re
import sys
from collections import Counter
from email.parser import BytesHeaderParser

from tests.faults.people import Said
from tests.faults.running import Running

COMMENT_MAIL = re.compile(r"<comment\.(\d+)\.(\d+)@")
STATUS_OF = {"approve": "published", "reject": "rejected"}
IN_DOUBT = "SELECT comment_id, contact_id FROM community_delivery WHERE state = 'unknown'"
ENDED = "SELECT message_id, state FROM community_email WHERE state <> 'waiting'"
SHOULD_BE = {
    "plain": {"published"},
    "known": {"published"},
    "spam": {"spam"},
    "link": {"held", "published", "rejected"},
}


def check(running: Running, said: Said, *, most_repeats: int, most_unknown: int = 0) -> None:
    """Assert everything, and say how much it was.

    At most so many e-mails may have come twice, and so many may have ended in doubt.
    """
    assert not said.refused, said.refused[:5]
    statuses = stored(running)
    check_comments(said, statuses)
    check_votes(running, said)
    check_decisions(running, said)
    repeats = check_mail(running, most_repeats, most_unknown)
    asked = running.manage("check_invariants")
    assert asked.returncode == 0, asked.stdout + asked.stderr
    sys.stdout.write(
        f"{len(said.posted)} comments, {len(said.votes)} votes, {len(said.decided)} decisions, "
        f"{sum(arrived(running).values())} e-mails, {repeats} of them repeats\n"
    )


def stored(running: Running) -> dict[str, list[str]]:
    """The statuses of the comments with these words: one each, if all is well."""
    found: dict[str, list[str]] = {}
    for body, status in running.rows("SELECT body, status FROM community_comment"):
        found.setdefault(body, []).append(status)
    return found


def check_comments(said: Said, statuses: dict[str, list[str]]) -> None:
    """I2: what was answered exists once, and stands where it belongs."""
    lost = [words for words in said.posted if words not in statuses]
    assert not lost, f"{len(lost)} comments are lost: {lost[:3]}"
    double = [words for words in said.tried if len(statuses.get(words, [])) > 1]
    assert not double, f"{len(double)} comments are there twice: {double[:3]}"
    astray = {
        words: statuses[words]
        for words, kind in said.posted.items()
        if statuses[words][0] not in SHOULD_BE[kind]
    }
    assert not astray, astray


def check_votes(running: Running, said: Said) -> None:
    """I7: as many votes as were answered, and at most the unanswered ones more."""
    [(number,)] = running.rows("SELECT count(*) FROM community_vote")
    assert number >= len(said.votes)
    for comment, ups, downs in running.rows("SELECT id, ups, downs FROM community_comment"):
        values = [value for (pk, _sender), value in said.votes.items() if pk == comment]
        assert ups >= values.count(1)
        assert downs >= values.count(-1)


def check_decisions(running: Running, said: Said) -> None:
    """I8: what a moderator was told is what stands."""
    statuses = dict(running.rows("SELECT id, status FROM community_comment"))
    wrong = {pk: statuses[pk] for pk, act in said.decided.items() if statuses[pk] != STATUS_OF[act]}
    assert not wrong, wrong
    rows = running.rows("SELECT comment_id FROM moderation_decision WHERE moderator_id IS NOT NULL")
    assert len(rows) == len(set(rows)), "A comment was decided twice."
    assert {pk for (pk,) in rows} >= set(said.decided)


def arrived(running: Running) -> Counter[str]:
    """How often each Message-ID came to the mail server."""
    return Counter(
        str(parse(path.read_bytes())["Message-ID"]) for path in running.mail.glob("*.eml")
    )


def parse(content: bytes) -> email.message.EmailMessage:
    """The headers of an e-mail."""
    return BytesHeaderParser(policy=email.policy.default).parsebytes(content)


def check_mail(running: Running, most_repeats: int, most_unknown: int) -> int:
    """I3, I4: every public comment reached every follower, and nobody heard of any other."""
    # Asked for first: more news for moderators may leave while this is being counted.
    ended = dict(running.rows(ENDED))
    letters = arrived(running)
    thrice = [name for name, times in letters.items() if times > 2]
    assert not thrice, thrice
    told = {(int(found[1]), int(found[2])) for found in map(COMMENT_MAIL.match, letters) if found}
    public = running.rows(
        "SELECT id FROM community_comment WHERE status = 'published' AND import_number IS NULL"
    )
    owed = {(pk, contact) for (pk,) in public for contact in running.people["followers"]}
    # Killed twice between the note that the words are about to leave and their leaving: such a row
    # ends as unknown, since a third try could be a third e-mail.
    unknown = set(running.rows(IN_DOUBT))
    assert owed - told <= unknown, f"E-mails never came: {owed - told}"
    assert len(unknown) <= most_unknown, f"{len(unknown)} e-mails ended in doubt."
    allowed = owed | set(
        running.rows(
            "SELECT d.comment_id, d.contact_id FROM community_delivery d"
            " JOIN community_comment c ON c.id = d.comment_id WHERE c.status = 'published'"
        )
    )
    assert told - allowed == set(), f"{len(told - allowed)} e-mails should not have been sent."
    written = {name for (name,) in running.rows("SELECT message_id FROM community_email")}
    others = {name for name in letters if not COMMENT_MAIL.match(name)}
    assert others <= written
    silent = {name: state for name, state in ended.items() if name not in others}
    assert set(silent.values()) <= {"unknown"}, f"Other e-mails never came: {silent}"
    repeats = sum(times - 1 for times in letters.values())
    assert repeats <= most_repeats, f"{repeats} e-mails came twice, {most_repeats} could have."
    return repeats
