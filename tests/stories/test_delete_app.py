"""Take an app away, its folder and its line in the settings: the rest starts, serves and passes its tests."""

import shutil

import pytest

from tests.tree import copy_tree

pytestmark = pytest.mark.full

VISIT = """
import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "shian.site.settings"
django.setup()
from django.test import Client
from shian.kernel.people.models import User
from shian.site import demo

demo.load()
client = Client()
for address in ("/accounts/login/", "/healthz"):
    print(client.get(address).status_code, address)
client.force_login(User.unscoped.get(username="guanliyuan"))
for address in ("/", "/units/", "/units/new/", "/places/", "/jobs/", "/notices/", "/api/v1/units/", "/api/v1/schema/"):
    print(client.get(address).status_code, address)
for address in ("/tasks/", "/documents/"):
    print(client.get(address).status_code, address)
page = client.get("/units/").content.decode()
print("nav", "/tasks/" in page, "/units/" in page)
page = client.get("/help/").content.decode()
print("help", "/help/plans/" in page, "/help/inbox/" in page)
"""


@pytest.fixture(scope="module")
def without(tmp_path_factory):
    """The project without plans: its folder, its tests and one line."""
    tree = copy_tree(tmp_path_factory.mktemp("without") / "tree")
    shutil.rmtree(tree.src / "apps" / "plans")
    shutil.rmtree(tree.root / "tests" / "apps" / "plans")
    tree.edit("src/shian/site/settings.py", '    "shian.apps.plans",\n', "")
    return tree


def test_it_starts_and_serves(without):
    assert "应用了" in without.shian("migrate")
    assert "no issues" in without.manage("check")
    assert "No changes" in without.manage("makemigrations", "--check", "--dry-run")
    lines = without.run("-c", VISIT).splitlines()
    assert [line for line in lines if not line.startswith(("200", "404 /tasks/", "404 /documents/", "nav", "help"))] == []
    assert "404 /tasks/" in lines and "200 /" in lines and "200 /api/v1/schema/" in lines
    assert lines[-2:] == ["nav False True", "help False True"]


def test_the_tests_of_the_rest_pass(without):
    """All of the kernel's and the house rules'; the catalogue is the same file with the same texts."""
    said = without.run("-m", "pytest", "-q", "-n", "2", "-m", "not full and not peer", "tests/kernel", "tests/meta")
    assert "passed" in said or "100%" in said
