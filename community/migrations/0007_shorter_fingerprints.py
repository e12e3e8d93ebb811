from django.db import migrations
from django.db.models import Exists, OuterRef
from django.db.models.functions import Left

LENGTH = 32


def shorten(apps, schema_editor):
    """Keep half of each fingerprint, and let what was said twice stand beside the first."""
    comments = apps.get_model("community", "Comment").objects.all()
    comments.exclude(fingerprint="").update(fingerprint=Left("fingerprint", LENGTH))
    same = {name: OuterRef(name) for name in ("thread", "fingerprint", "network", "author_name")}
    earlier = comments.filter(**same, pk__lt=OuterRef("pk")).exclude(status="withdrawn")
    repeated = comments.exclude(network="").filter(Exists(earlier)).values_list("pk", flat=True)
    comments.filter(pk__in=list(repeated)).update(network="")


class Migration(migrations.Migration):
    dependencies = [("community", "0006_queue")]

    operations = [migrations.RunPython(shorten, migrations.RunPython.noop)]
