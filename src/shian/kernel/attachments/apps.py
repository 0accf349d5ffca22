from django.apps import AppConfig


class AttachmentsConfig(AppConfig):
    name = "shian.kernel.attachments"
    label = "attachments"
