"""The files of a row over the API: a list, and an upload of one or several (multipart)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ..files.queries import files_of
from ..resources.api import PROBLEM, problem
from ..resources.resource import Resource
from .rows import CAPTION, add_files, described, row_of

TEXTS = ("name", "kind", "caption", "url", "thumb", "public", "by")
FILE = inline_serializer(
    "AttachedFile",
    {
        "id": serializers.IntegerField(),
        **{name: serializers.CharField() for name in TEXTS},
        "size": serializers.IntegerField(),
        "width": serializers.IntegerField(allow_null=True),
        "height": serializers.IntegerField(allow_null=True),
        "taken_at": serializers.DateTimeField(allow_null=True),
        "lat": serializers.FloatField(allow_null=True),
        "lon": serializers.FloatField(allow_null=True),
        "at": serializers.DateTimeField(),
    },
    many=True,
)
UPLOAD = inline_serializer(
    "FileUpload",
    {
        "files": serializers.ListField(child=serializers.FileField()),
        "caption": serializers.CharField(required=False),
    },
)
ANSWER = inline_serializer(
    "FilesAdded",
    {"added": FILE, "refused": serializers.ListField(child=serializers.CharField())},
)
ERRORS = {400: PROBLEM, 403: PROBLEM, 404: PROBLEM}


class FilesEndpoint(APIView):
    resource: Resource = None
    feature: Any = None
    """The Attachments of the resource; their module stands above this one."""
    parser_classes = [MultiPartParser]

    @extend_schema(responses={200: FILE, **ERRORS})
    def get(self, request: Request, pk: int) -> Response:
        obj = row_of(request, self.resource, pk, write=False)
        return Response([described(row) for row in files_of(obj)])

    @extend_schema(request={"multipart/form-data": UPLOAD}, responses={201: ANSWER, **ERRORS})
    def post(self, request: Request, pk: int) -> Response:
        """201 when at least one file was added; the others are named with the reason."""
        obj = row_of(request, self.resource, pk, write=True)
        uploads, caption = (
            request.FILES.getlist("files"),
            str(request.data.get("caption", "")).replace("\x00", ""),
        )
        if not uploads or len(caption) > CAPTION:
            what = _("请用 files 字段上传文件") if not uploads else _("说明最多 %(n)s 字") % {"n": CAPTION}
            return problem(what, 400, errors={"files" if not uploads else "caption": [what]})
        how = {
            "verb": self.resource.permission("attach"),
            "allowed": self.feature.kinds,
            "limit": self.feature.limit,
        }
        added, refused = add_files(request.actor, obj, uploads, caption, **how)
        if not added:
            return problem(_("文件都没有保存"), 400, errors={"files": refused})
        return Response({"added": [described(row) for row in added], "refused": refused}, status=201)
