"""The JSON body of a request: what no database stores and no stack holds is malformed, not a fault of ours."""

from __future__ import annotations

import json

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class Body(JSONParser):
    def parse(self, stream, media_type=None, parser_context=None):
        try:
            data = super().parse(stream, media_type, parser_context)
            json.dumps(data, ensure_ascii=False).encode()
        except RecursionError:
            raise ParseError(_("JSON 嵌套过深")) from None
        except UnicodeEncodeError:
            raise ParseError(_("JSON 中有不成对的代理字符")) from None
        return data
