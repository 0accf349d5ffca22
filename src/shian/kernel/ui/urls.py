from django.urls import path

from . import views

app_name = "ui"
urlpatterns = [
    path("ui/appearance/", views.appearance, name="appearance"),
    path("ui/styleguide/", views.styleguide, name="styleguide"),
    path("ui/styleguide/<slug:page>/", views.styleguide, name="styleguide-page"),
]
