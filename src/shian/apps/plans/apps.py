from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "shian.apps.plans"
    label = "plans"

    def ready(self) -> None:
        from shian.kernel.changes.writer import after_write
        from shian.kernel.inbox.waiting import contribute

        from .actions.sets import follow_units
        from .models import Document, Progress, Target, Task
        from .pages.landing import waiting

        after_write.append(follow_units)
        contribute(waiting, covers=(Document, Progress, Target, Task))
