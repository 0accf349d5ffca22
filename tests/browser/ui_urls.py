"""The site's addresses with the style guide in front, so that these tests do not depend on their order."""

from django.urls import include, path

from shian.site.urls import urlpatterns as site

urlpatterns = [path("ui/", include("shian.kernel.ui.urls")), *site]
handler500 = "shian.kernel.ui.views.server_error"
