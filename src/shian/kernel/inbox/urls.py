from django.urls import path

from . import pages

app_name = "inbox"
urlpatterns = [path("", pages.inbox, name="inbox")]
