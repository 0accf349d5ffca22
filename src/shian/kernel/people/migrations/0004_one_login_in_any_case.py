"""No two logins differ in letter case only; those that do are named, and the upgrade stops before it changes anything."""

import django.db.models.functions.text
from django.db import migrations, models
from django.db.models import Count
from django.db.models.functions import Lower


class Twins(Exception):
    """Logins the installation has to rename first."""


def refuse_twins(apps, schema_editor):
    users = apps.get_model("people", "User")._base_manager.using(schema_editor.connection.alias).order_by()
    folded = users.annotate(low=Lower("username"))
    found = folded.values("low").annotate(n=Count("pk")).filter(n__gt=1).values_list("low", flat=True)
    if twins := list(folded.filter(low__in=list(found)).order_by("low", "pk").values_list("username", flat=True)):
        raise Twins(f"以下登录名只差字母大小写，请先用升级前的版本改名，再升级：{'、'.join(twins)}")


class Migration(migrations.Migration):
    dependencies = [("people", "0003_no_second_addresses")]

    operations = [
        migrations.RunPython(refuse_twins, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("username"),
                name="one_login_in_any_case",
                violation_error_message="登录名与另一用户的相同（不分字母大小写）",
            ),
        ),
    ]
