"""The tables of the bench app as its models stand: there is no data to carry, so no migration to renew.

An app without migrations would get its tables before those it refers to exist, which PostgreSQL refuses.
"""

from django.apps import apps as installed
from django.db import migrations


def create(_apps, editor):
    for model in installed.get_app_config("bench").get_models():
        editor.create_model(model)


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial"), ("people", "0001_initial")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
