"""Radicals (部首) that stand in for characters: ⽉ ⻝ ⻅ of a PDF or a bad input method are 月 食 见."""

from __future__ import annotations

import unicodedata

# The supplement U+2E80 … has no compatibility forms in Unicode; only forms that are characters by themselves.
_SUPPLEMENT = (
    "⺁厂⺃乙⺇几⺈刀⺋卩⺌小⺍小⺎兀⺏尢⺒巳⺓幺⺕彐⺗心⺙攵⺛旡⺜日⺝月⺟母⺠民⺢水⺤爪⺥爪⺦丬⺧牛⺨犬⺩王⺪疋⺫目⺬示⺭礻⺮竹⺯糸⺰纟⺱网⺲网⺳网⺴网⺶羊⺷羊⺹老⺺肀⺻聿⺼肉⺽臼⺾艹⺿艹⻀艹"
    "⻁虎⻂衤⻃西⻄西⻅见⻆角⻇角⻈讠⻉贝⻊足⻋车⻌辶⻍辶⻎辶⻏阝⻐金⻑長⻒长⻓长⻔门⻕阜⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻞食⻟食⻠饣⻡首⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⻳龟"
)
RADICALS: dict[int, str] = {
    **{code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)},
    **{ord(radical): char for radical, char in zip(_SUPPLEMENT[::2], _SUPPLEMENT[1::2], strict=True)},
}
"""For ``str.translate``: one character for one, so that offsets stand."""
