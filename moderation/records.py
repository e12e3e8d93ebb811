"""What somebody reads of their own record: how far they are trusted, what their reports came to."""

from community.comments.standing import Record, ReportTold
from community.sites.models import Site
from community.sites.viewers import Viewer
from moderation import answers, trust
from moderation.models import Report

MOST_SHOWN = 30


def record_of(viewer: Viewer, site: Site) -> Record:
    """What one has earned and reported here: the answer to the question in AUTHOR_RECORD."""
    if viewer.person is None:
        return Record()
    mine = Report.objects.filter(person=viewer.person, site=site).select_related("site", "decision")
    told = [told_report(report) for report in mine.order_by("-pk")[:MOST_SHOWN]]
    if viewer.is_moderator:
        return Record(reports=told)
    earned = trust.trust_of(viewer.person, site)
    return Record(
        points=trust.told_points(earned),
        obstacles=trust.obstacles(earned),
        ways_out=trust.ways_out(earned),
        reports=told,
    )


def told_report(report: Report) -> ReportTold:
    """One report as its sender reads it."""
    return ReportTold(
        title=report.title,
        at=report.at,
        state=answers.told_state(report),
        url=answers.status_url(report),
    )
