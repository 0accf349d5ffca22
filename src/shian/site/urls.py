"""Addresses. Every app's pages hang below a short prefix of their own."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
]
