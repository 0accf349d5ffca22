from ..app import ShianApp


class PeopleConfig(ShianApp):
    name = "shian.kernel.people"
    label = "people"
    urls = "urls"

    def ready(self) -> None:
        """The moment of a sign-in is bookkeeping: written for the installation, without a change record."""
        from django.contrib.auth.models import update_last_login
        from django.contrib.auth.signals import user_logged_in

        from .sign_in import note_login

        user_logged_in.disconnect(update_last_login, dispatch_uid="update_last_login")
        user_logged_in.connect(note_login, dispatch_uid="shian.last_login")
