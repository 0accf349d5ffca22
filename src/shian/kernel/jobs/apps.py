from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "shian.kernel.jobs"
    label = "jobs"
