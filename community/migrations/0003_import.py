import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Imports that administrators start in the browser."""

    dependencies = [
        ('community', '0002_wishes_per_person'),
    ]

    operations = [
        migrations.CreateModel(
            name='Import',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('looking', 'Being looked at'), ('ready', 'Looked at, not imported'), ('running', 'Being imported'), ('done', 'Imported'), ('failed', 'Failed')], default='looking', max_length=10)),
                ('name', models.CharField(max_length=200)),
                ('kept_as', models.CharField(blank=True, max_length=60)),
                ('blog_title', models.CharField(blank=True, max_length=200)),
                ('blog_url', models.CharField(blank=True, max_length=500)),
                ('pingbacks', models.BooleanField(default=False)),
                ('posts', models.PositiveIntegerField(default=0)),
                ('comments', models.PositiveIntegerField(default=0)),
                ('done', models.PositiveIntegerField(default=0)),
                ('size', models.PositiveIntegerField(default=0)),
                ('report', models.JSONField(default=dict)),
                ('problems', models.JSONField(default=list)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='imports', to='community.site')),
                ('started_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
    ]
