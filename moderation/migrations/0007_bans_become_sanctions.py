"""Every ban becomes a sanction with its steps, and every decision learns its site."""

from django.db import migrations
from django.db.models import OuterRef, Subquery

from moderation import marks


def carry_over(apps, schema_editor):
    """Keep who blocked whom since when; of two blocks in force for one person the older one."""
    Ban = apps.get_model("moderation", "Ban")
    Sanction = apps.get_model("moderation", "Sanction")
    known = set()
    for ban in Ban.objects.exclude(person=None).select_related("contact").order_by("pk"):
        mark = marks.of_person(ban.person_id)
        if ban.lifted_at is None and (ban.site_id, mark) in known:
            continue
        known |= {(ban.site_id, mark)} if ban.lifted_at is None else set()
        sanction = Sanction.objects.create(
            site_id=ban.site_id,
            kind="ban",
            reach="person",
            mark=mark,
            also=marks.of_address(ban.contact.address) if ban.contact else "",
            person_id=ban.person_id,
            comment_id=ban.comment_id,
            imposed_by_id=ban.imposed_by_id,
            at=ban.at,
            lifted_at=ban.lifted_at,
            lifted_by_id=ban.lifted_by_id,
        )
        write_steps(apps.get_model("moderation", "SanctionEntry"), sanction)


def write_steps(SanctionEntry, sanction):
    """The steps that are known: when it was imposed, and when it was lifted."""
    common = {
        "site_id": sanction.site_id, "sanction": sanction, "kind": "ban", "reach": "person"
    }
    SanctionEntry.objects.create(
        step="impose", by_id=sanction.imposed_by_id, at=sanction.at, **common
    )
    if sanction.lifted_at:
        SanctionEntry.objects.create(
            step="lift", by_id=sanction.lifted_by_id, at=sanction.lifted_at, **common
        )


def name_sites(apps, schema_editor):
    """A decision belongs to the site of its comment; without a moderator it was a machine's."""
    Decision = apps.get_model("moderation", "Decision")
    Comment = apps.get_model("community", "Comment")
    site = Comment.objects.filter(pk=OuterRef("comment")).values("site")[:1]
    Decision.objects.filter(site=None).update(site=Subquery(site))
    Decision.objects.filter(moderator=None, act="judge").update(automated=True)


class Migration(migrations.Migration):

    dependencies = [
        ("moderation", "0006_sanctions"),
    ]

    operations = [
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.RunPython(name_sites, migrations.RunPython.noop),
    ]
