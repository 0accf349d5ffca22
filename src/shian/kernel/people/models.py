"""Units and users."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shian.kernel.scopes.entity import Entity
from shian.kernel.scopes.managers import ScopedManager, UnscopedManager
from shian.kernel.scopes.scope import Scope
from shian.kernel.scopes.unique import OneLive


class Unit(Entity):
    """A body that can own a task: department, township, station, business, laboratory (单位)."""

    scope = Scope(everyone=True, home="place__path")
    natural_key = ("place", "name")
    tracked = ("name", "place", "parent", "valid_to")

    KINDS = [
        ("office", _("议事协调机构办公室")),
        ("department", _("部门")),
        ("township", _("乡镇街道")),
        ("station", _("派出机构")),
        ("party", _("党委机构")),
        ("vertical", _("垂直管理机构")),
        ("laboratory", _("检验机构")),
        ("business", _("企业")),
        ("other", _("其他")),
    ]
    name = models.CharField(_("名称"), max_length=120)
    short_name = models.CharField(_("简称"), max_length=60, blank=True)
    kind = models.CharField(_("类型"), max_length=12, choices=KINDS)
    place = models.ForeignKey(
        "places.Place", models.PROTECT, related_name="units", verbose_name=_("所属区域")
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级单位")
    )
    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    member = models.BooleanField(_("委员会成员单位"), default=False)
    """Sits on the place's committee: 各成员单位 in a plan means these, as they stand at any time."""
    sort = models.PositiveIntegerField(_("排序"), default=100)
    valid_from = models.DateField(_("成立日期"), null=True, blank=True)
    valid_to = models.DateField(_("撤销日期"), null=True, blank=True)

    class Meta(Entity.Meta):
        verbose_name = verbose_name_plural = _("单位")
        ordering = ["sort", "pk"]
        constraints = [OneLive("place", "name", name="one_live_unit_name")]

    def __str__(self) -> str:
        return self.name


class UnitAlias(Entity):
    """Another name a document uses for a unit, remembered once confirmed (别称)."""

    scope = Scope(everyone=True, home="place__path")
    natural_key = ("place", "name")

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="aliases", verbose_name=_("单位"))
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+", verbose_name=_("使用区域"))
    name = models.CharField(_("别称"), max_length=120)

    class Meta(Entity.Meta):
        verbose_name = verbose_name_plural = _("单位别称")
        constraints = [OneLive("place", "name", name="one_live_alias")]

    def __str__(self) -> str:
        return self.name


class Succession(Entity):
    """``before`` was replaced by ``after`` (机构改革): open work and history follow."""

    scope = Scope(everyone=True, home="before__place__path")
    natural_key = ("before", "after")

    before = models.ForeignKey(Unit, models.PROTECT, related_name="successors", verbose_name=_("原单位"))
    after = models.ForeignKey(Unit, models.PROTECT, related_name="predecessors", verbose_name=_("承接单位"))
    on = models.DateField(_("日期"))
    document = models.CharField(_("文件"), max_length=200, blank=True)

    class Meta(Entity.Meta):
        verbose_name = verbose_name_plural = _("机构沿革")

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class UserManager(UnscopedManager):
    """What ``authenticate`` and allauth need; scoped reads go through ``User.objects``."""

    def get_by_natural_key(self, username: str) -> User:
        return self.get(username=username)

    def signing_in(self) -> models.QuerySet[User]:
        """Those of whom :attr:`User.may_sign_in` holds."""
        return self.live().filter(models.Q(unit=None) | models.Q(unit__retired_at=None), is_active=True)


class UserScopedManager(ScopedManager):
    """Also known to migrations: allauth's own migrations ask the historical User for ``objects``."""

    use_in_migrations = True

    def get_queryset(self):
        if self.model.__module__ == "__fake__":
            return models.QuerySet(self.model, using=self._db)
        return super().get_queryset()


class User(Entity, AbstractBaseUser):
    """A person who signs in (用户). Rights come from grants, not from flags."""

    scope = Scope(place="unit__place__path", units=("unit_id",), user="pk")
    natural_key = ("username",)
    personal = ("phone", "email")
    secret = ("password",)
    tracked = ("unit", "is_active")

    username = models.CharField(
        _("登录名"), max_length=60, unique=True, validators=[UnicodeUsernameValidator()]
    )
    name = models.CharField(_("姓名"), max_length=60)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="users", verbose_name=_("单位")
    )
    title = models.CharField(_("职务"), max_length=60, blank=True)
    phone = models.CharField(_("手机"), max_length=20, blank=True)
    email = models.EmailField(_("邮箱"), blank=True)
    is_active = models.BooleanField(_("启用"), default=True)
    is_demo = models.BooleanField(_("演示账号"), default=False, editable=False)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    is_staff = False
    is_superuser = False

    objects = UserScopedManager()
    unscoped = UserManager()

    class Meta(Entity.Meta):
        verbose_name = verbose_name_plural = _("用户")
        ordering = ["unit", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("username"), name="one_login_in_any_case",
                violation_error_message=_("登录名与另一用户的相同（不分字母大小写）"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name or self.username

    def clean(self) -> None:
        """Raises ValidationError for a login that differs from another's in letter case only: sign-in reads over it."""
        super().clean()
        alike = User.unscoped.filter(username__iexact=self.username).exclude(pk=self.pk)
        other = alike.exclude(username=self.username).first()
        if other is not None:
            said = {"name": self.username, "other": other.username}
            raise ValidationError({"username": gettext("登录名“%(name)s”与已有的“%(other)s”只差字母大小写，请另取") % said})

    @property
    def may_sign_in(self) -> bool:
        """Neither the account nor its unit is out of use: asked at every request."""
        return self.is_active and self.retired_at is None and (self.unit is None or self.unit.retired_at is None)

    def has_perm(self, perm: str, obj=None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False


class Door(models.Model):
    """An address from where a person signed in before, as a keyed hash: the sign-in's own bookkeeping."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    address = models.CharField(max_length=64)
    used_at = models.DateTimeField()

    unscoped = models.Manager()

    class Meta:
        base_manager_name = default_manager_name = "unscoped"
        constraints = [models.UniqueConstraint(fields=["user", "address"], name="one_door_an_address")]
