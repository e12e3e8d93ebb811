"""What each site has set becomes the first version of its policy."""

from django.db import migrations


def carry_over(apps, schema_editor):
    """Keep every value; first comments that did not wait ask for none to be published."""
    Policy = apps.get_model("moderation", "Policy")
    for rules in apps.get_model("moderation", "RuleSet").objects.order_by("pk"):
        Policy.objects.create(
            site_id=rules.site_id,
            number=1,
            first_comments=1 if rules.hold_first else 0,
            link_threshold=rules.link_threshold,
            hold_everything=rules.hold_everything,
            moderation_words=rules.moderation_words,
            disallowed_words=rules.disallowed_words,
            flood_seconds=rules.flood_seconds,
        )


class Migration(migrations.Migration):

    dependencies = [("moderation", "0014_policies")]

    operations = [migrations.RunPython(carry_over, migrations.RunPython.noop)]
