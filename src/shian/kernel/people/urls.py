"""Addresses of people beside the generic ones."""

from django.urls import path

from .pages import new_password

urlpatterns = [path("users/<int:pk>/password/", new_password, name="new-password")]
