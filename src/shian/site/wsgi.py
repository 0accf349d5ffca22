"""WSGI entry point. A production start is refused when the installation is not safe to open."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shian.site.settings")


def _application():
    application = get_wsgi_application()
    from shian.site.preflight import refuse_unsafe_start

    refuse_unsafe_start()
    return application


application = _application()
