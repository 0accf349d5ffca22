from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "shian.kernel.files"
    label = "files"
