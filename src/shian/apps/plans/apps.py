from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "shian.apps.plans"
    label = "plans"

    def ready(self) -> None:
        from shian.kernel.changes.writer import after_write

        from .actions.sets import follow_units

        after_write.append(follow_units)
