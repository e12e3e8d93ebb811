from django.db import migrations
from django.db.models import Q


def fill(apps, schema_editor):
    """Every refusal made before there were reasons stands on the house rules, or was spam."""
    decisions = apps.get_model("moderation", "Decision").objects.filter(ground="")
    decisions.filter(Q(act="spam") | Q(act="judge", after="spam")).update(code="spam", ground="spam")
    refused = decisions.filter(Q(act__in=["reject", "remove"]) | Q(act="judge", after="rejected"))
    refused.update(code="house", ground="rules")


class Migration(migrations.Migration):

    dependencies = [
        ("moderation", "0003_reasons"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
