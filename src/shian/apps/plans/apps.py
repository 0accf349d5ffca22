from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "shian.apps.plans"
    label = "plans"

    def ready(self) -> None:
        from shian.kernel.changes.presentation import name_verbs
        from shian.kernel.changes.writer import after_write

        from . import flow
        from .actions.sets import follow_units

        name_verbs(flow.VERBS)
        after_write.append(follow_units)
