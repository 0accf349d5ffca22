from ..app import ShianApp


class ScopesConfig(ShianApp):
    name = "shian.kernel.scopes"
    label = "scopes"

    def ready(self) -> None:
        from django.db.models.signals import m2m_changed

        from .entity import guard_relations

        m2m_changed.connect(guard_relations, dispatch_uid="shian.guard")
