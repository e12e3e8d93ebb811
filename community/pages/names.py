"""Names that only their owners may bear."""

from django.utils.translation import gettext as _

from community.comments.names import resembles
from community.prepared import Prepared
from community.sites.models import Membership, Site

NAMES = Prepared[str](
    lambda site: Membership.objects.filter(site=site).values_list("user__name", flat=True), "site"
)


def is_reserved(name: str, site: Site) -> bool:
    """Whether a reader could take this name for one of those who run the site."""
    roles = [_("Moderator"), _("Administrator"), "Moderator", "Administrator", "Admin", site.name]
    return resembles(name, [*NAMES.all(site=site.pk), *roles])
