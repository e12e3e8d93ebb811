"""Policies have taken the place of what could only be overwritten."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("moderation", "0015_rules_become_policies")]

    operations = [migrations.DeleteModel(name="RuleSet")]
