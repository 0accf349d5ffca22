"""Settings of the test run: the product's own, in test mode, with a data folder that is thrown away."""

import atexit
import os
import shutil
import tempfile

os.environ["SHIAN_MODE"] = "test"
_folder = tempfile.mkdtemp(prefix="shian-test-")
os.environ["SHIAN_DATA"] = _folder
atexit.register(shutil.rmtree, _folder, ignore_errors=True)

from shian.site.settings import *  # noqa: E402, F403
from shian.site.settings import MIDDLEWARE as _middleware  # noqa: E402
from shian.site.settings import REST_FRAMEWORK as _rest  # noqa: E402

REST_FRAMEWORK = _rest | {"DEFAULT_THROTTLE_CLASSES": []}
"""The fuzzer asks more often than 600 times a minute."""

MIDDLEWARE = ["tests.readonly.ReadingNeverWrites", *_middleware]
INSTALLED_APPS = [*INSTALLED_APPS, "tests.bench_app"]  # noqa: F405
