"""Addresses that people gave themselves on pages which are closed now: nothing reads them."""

from django.db import migrations


def forget(apps, schema_editor):
    apps.get_model("account", "EmailAddress").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("people", "0002_doors"), ("account", "0001_initial")]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
