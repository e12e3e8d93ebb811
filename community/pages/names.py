"""Names that only their owners may bear."""

from django.utils.translation import gettext as _

from community.comments.names import skeleton
from community.sites.models import Membership, Site


def reserved_skeletons(site: Site) -> set[str]:
    """How the names of those who run a site look to a reader, look-alikes included."""
    names = Membership.objects.filter(site=site).values_list("user__name", flat=True)
    roles = [_("Moderator"), _("Administrator"), "Moderator", "Administrator", "Admin", site.name]
    return {skeleton(name) for name in [*names, *roles]}
