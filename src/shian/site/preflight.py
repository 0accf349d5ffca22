"""What a production start refuses (issue: demo accounts, default secret key)."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from shian.site import env


def problems() -> list[str]:
    """Reasons, in Chinese, why this installation may not start in production mode; empty when safe."""
    from shian.kernel.people.models import User

    found = []
    if settings.SECRET_KEY == env.DEMO_KEY or len(settings.SECRET_KEY) < 40:
        found.append("SHIAN_SECRET_KEY 未设置或过短（至少 40 个字符），不得使用演示密钥")
    if settings.DEBUG:
        found.append("SHIAN_DEBUG 在正式环境必须关闭")
    if User.unscoped.signing_in().filter(is_demo=True).exists():
        found.append("数据库中存在演示账号；请换用新的数据库，或先停用演示账号")
    return found


def refuse_unsafe_start() -> None:
    if settings.SHIAN_MODE != "production":
        return
    if found := problems():
        raise ImproperlyConfigured("拒绝启动：" + "；".join(found))
