from django.db import migrations, models


class Migration(migrations.Migration):
    """Each person has their own wish, even for an address that someone else typed as well."""

    dependencies = [("community", "0001_start")]

    operations = [
        migrations.RemoveConstraint("subscription", "one_wish_per_contact_and_comment"),
        migrations.RemoveConstraint("subscription", "one_wish_per_contact_and_thread"),
        migrations.AddConstraint(
            "subscription",
            models.UniqueConstraint(
                fields=["contact", "comment", "person"],
                condition=models.Q(scope="own"),
                name="one_wish_about_own_comment",
            ),
        ),
        migrations.AddConstraint(
            "subscription",
            models.UniqueConstraint(
                fields=["contact", "thread", "person"],
                condition=models.Q(scope="thread"),
                name="one_wish_about_thread",
            ),
        ),
    ]
