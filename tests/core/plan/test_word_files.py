"""DOC, RTF, ODT and DOCX of one document say the same; damaged and protected ones are refused."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from shian.core.errors import Told
from shian.core.plan import PlanInputError, read_bytes
from shian.core.plan.files import read_file, text_of
from shian.core.plan.files.doc import doc_text
from shian.core.plan.files.doc.lists import Lists
from shian.core.plan.files.doc.properties import Paragraph, modifiers

from .made.docx import docx, tbl, tc, tr
from .made.office import FOLDER, RIGHT, document

DOC = (FOLDER / "plan.doc").read_bytes()
RTF = (FOLDER / "plan.rtf").read_bytes()
ODT = (FOLDER / "plan.odt").read_bytes()


@pytest.mark.parametrize(("name", "data"), [("docx", document()), ("doc", DOC), ("wps", DOC), ("rtf", RTF), ("odt", ODT)])
def test_one_document_in_every_format(name: str, data: bytes) -> None:
    found = read_file(data, f"样例.{name}")
    assert found.text == RIGHT
    assert len(found.notes) == 1 and "修订" in found.notes[0] and any(n in found.notes[0] for n in ("修订 2 处", "插入 1 处、删除 1 处"))


def test_the_ledger_tells_of_changes() -> None:
    ledger = read_bytes(DOC, "样例.doc")
    assert [t.title for t in ledger.tasks][:3] == ["健全机制", "全年检查学校食堂120家次", "2026年6月底前完成抽检200批次"]
    assert "修订" in ledger.notes[0] and "notes" not in ledger.to_json()


def test_office_is_asked_for_doc_and_its_failure_is_told() -> None:
    asked = []

    def works(data: bytes, suffix: str) -> bytes:
        asked.append((data, suffix))
        return docx("一、由办公软件读出")

    def fails(data: bytes, suffix: str) -> bytes:
        raise Told("office_slow", "太慢")

    assert read_file(docx("一、不问"), "a.docx", fails).notes == ()
    short = read_file(DOC, "a.doc", works)
    assert asked == [(DOC, "doc")] and short.text == RIGHT, "what loses the cells of a table is not believed"
    found = read_file(DOC, "a.doc", fails)
    assert found.text == RIGHT and "太慢" in found.notes[0] and "请核对" in found.notes[0]
    assert read_file(DOC, "a.doc", lambda data, suffix: document()).text == RIGHT


def doc_of(*pieces: tuple[str, bool], flags: int = 0) -> dict[str, bytes]:
    """Streams of a DOC whose text lies in pieces, the last first in the stream; (words, packed in one byte each)."""
    word = bytearray(0x600)
    struct.pack_into("<HH", word, 0, 0xA5EC, 193)
    struct.pack_into("<H", word, 10, flags)
    places, ends, at = [], [0], 0
    for words, _ in pieces:
        at += len(words)
        ends.append(at)
    for words, packed in reversed(pieces):
        place = len(word)
        word += words.encode("cp1252" if packed else "utf-16-le")
        places.insert(0, place * 2 | 0x40000000 if packed else place)
    plc = struct.pack(f"<{len(ends)}I", *ends) + b"".join(struct.pack("<HIH", 0, place, 0) for place in places)
    clx = b"\x01\x02\x00\x16\x24" + b"\x02" + struct.pack("<I", len(plc)) + plc
    struct.pack_into("<i", word, 0x4C, at)
    struct.pack_into("<II", word, 0x9A + 8 * 33, 0, len(clx))
    return {"worddocument": bytes(word), "0table": clx, "1table": b""}


def test_text_in_pieces_of_one_and_two_bytes() -> None:
    """A file saved fast keeps its text in pieces, in any order (MS-DOC 2.4.1)."""
    streams = doc_of(("一、全年检查", False), ("120", True), ("家次\r（一）“县局”", False), (" “A”\r", True))
    assert doc_text(streams, "a.doc").text == "一、全年检查120家次\n（一）“县局” “A”"


def test_fields_show_their_result_only() -> None:
    streams = doc_of(("见\x13 HYPERLINK \x13 IF \x14内\x15\x14附件\x15和\x13 PAGE \x15表\x01\r", False))
    assert doc_text(streams, "a.doc").text == "见附件和表"


class Tables:
    """The part of the head of a DOC that lists stand in."""

    def __init__(self, definitions: bytes, lists: bytes) -> None:
        self.table = definitions
        self._parts = {73: definitions, 74: lists}

    def part(self, index: int) -> bytes:
        return self._parts.get(index, b"")

    def place(self, index: int) -> tuple[int, int]:
        return 0, len(self._parts.get(index, b""))


def level(kind: int, shape: str, start: int = 1) -> bytes:
    """LVL (MS-DOC 2.9.150): ``shape`` with the number as \\0."""
    return struct.pack("<iBB", start, kind, 0) + bytes(18) + bytes(4) + struct.pack("<H", len(shape)) + shape.encode("utf-16-le")


def test_lists_of_a_doc_begin_where_their_override_says() -> None:
    """LFO with LFOLVL (2.9.131): the second list goes on with the first one's numbers, the third begins at five, the fourth is its own."""
    definitions = struct.pack("<H", 1) + struct.pack("<ii", 7, 0) + bytes(18) + b"\x01\x00" + level(37, "\0、")
    override = struct.pack("<I", 0xFFFFFFFF)
    lists = struct.pack("<I", 4) + b"".join(struct.pack("<i8xB3x", 7, n) for n in (0, 0, 1, 1))
    lists += override * 2 + override + struct.pack("<iI", 5, 16) + override + struct.pack("<iI", 0, 32 | 16) + level(0, "\0.", 9)
    counted = Lists(Tables(definitions, lists), None)  # type: ignore[arg-type]
    assert [counted.label(Paragraph(level=0, list=n)) for n in (1, 1, 2, 3, 3, 4, 0, 9)] == ["一、", "二、", "三、", "五、", "六、", "9.", "", ""]


@pytest.mark.parametrize("cut", range(0, 1600, 97))
def test_a_torn_doc_is_refused_not_a_crash(cut: int) -> None:
    streams = doc_of(("一、甲\r乙\r", False))
    torn = {"worddocument": streams["worddocument"][:cut], "0table": streams["0table"], "1table": b""}
    try:
        assert doc_text(torn, "a.doc").text is not None
    except PlanInputError as e:
        assert e.code == "broken" and "a.doc" in str(e)


def test_torn_lists_of_modifiers_end() -> None:
    for data in (b"\x08\xd6", b"\x15\xc6\xff", b"\x15\xc6\xff\x09", b"\x08\xd6\xff\xff\x01", b"\x0b\x46\x01", b"\xff" * 9):
        assert len(list(modifiers(data))) <= 3


def flagged(data: bytes, flag: int) -> bytes:
    """The DOC with a flag of its head set; the head stands at the beginning of a sector."""
    at = data.index(b"\xec\xa5")
    return data[: at + 10] + struct.pack("<H", struct.unpack_from("<H", data, at + 10)[0] | flag) + data[at + 12 :]


def fat_bomb() -> bytes:
    """The head promises 60,000 tables of sectors in a file of a few (MS-CFB 2.2)."""
    return DOC[:44] + struct.pack("<I", 60_000) + DOC[48:72] + struct.pack("<I", 500) + DOC[76:]


def endless() -> bytes:
    """A file of three sectors: the first tells of 400,000 more tables, and each time leads to itself."""
    more = 400_000
    head = bytearray(DOC[:512])
    struct.pack_into("<I", head, 44, 109 + 127 * more)
    struct.pack_into("<II", head, 68, 0, more)
    return bytes(head) + struct.pack("<128I", *[1] * 127, 0) + DOC[512:1536]


def locked() -> bytes:
    """A DOCX whose parts are marked as encrypted by the zip's own password."""
    data = bytearray(document())
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(data)


def looped() -> bytes:
    """Every sector of the table of sectors leads to the first."""
    at = 512 * (struct.unpack_from("<I", DOC, 76)[0] + 1)
    return DOC[:at] + struct.pack("<128I", *[0] * 128) + DOC[at + 512 :]


def renamed(old: str, new: str) -> bytes:
    return DOC.replace(old.encode("utf-16-le"), new.encode("utf-16-le"))


def odt_with(name: str, data: bytes) -> bytes:
    buffer = io.BytesIO(ODT)
    with zipfile.ZipFile(io.BytesIO(ODT)) as old, zipfile.ZipFile(buffer, "w") as new:
        for part in old.namelist():
            new.writestr(part, data if part == name else old.read(part))
    return buffer.getvalue()


@pytest.mark.parametrize(("name", "data", "code"), [
    ("a.doc", flagged(DOC, 0x100), "encrypted"),
    ("a.doc", DOC[:700], "broken"),
    ("a.doc", DOC[:3000], "broken"),
    ("a.doc", fat_bomb(), "broken"),
    ("a.doc", looped(), "wrong_type"),
    ("a.doc", endless(), "broken"),
    ("a.docx", locked(), "encrypted"),
    ("a.xls", renamed("WordDocument", "Workbook\0\0\0\0"), "wrong_type"),
    ("a.wps", renamed("WordDocument", "CONTENTS\0\0\0\0"), "wrong_type"),
    ("a.odt", odt_with("content.xml", b"<x/>"), "broken"),
    ("a.odt", odt_with("META-INF/manifest.xml", b"<m><encryption-data/></m>"), "encrypted"),
    ("a.ods", odt_with("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), "wrong_type"),
    ("a.rtf", b"{\\rtf1" + b"{" * 100_000, "broken"),
    ("a.rtf", b"{\\rtf1 }", "empty"),
    ("a.docx", b"{\\rtf", "empty"),
])
def test_refused_with_a_chinese_message(name: str, data: bytes, code: str) -> None:
    with pytest.raises(PlanInputError) as e:
        text_of(data, name)
    assert e.value.code == code and name in str(e.value) and any("\u4e00" <= c <= "\u9fff" for c in str(e.value))


@pytest.mark.parametrize(("data", "right"), [
    (rb"{\rtf1\ansi\ansicpg936 \'d2\'bb\'a1\'a2\'bc\'d7\par{\*\unknown x}\b b\b0\par}", "一、甲\nb"),
    (rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset134 SimSun;}{\f1\fcharset0 A;}}\f0 \'d2\'bb\f1 a\u20108?\par}", "一a二"),
    (rb"{\rtf1\uc2\u19968 ab\u-10180 ab\u-9216 ab\{x\}\~\_y\par}", "一\U0001f000{x} -y"),
    (rb"{\rtf1 a{\deleted b}{\revised c}{\v d}{\field{\*\fldinst PAGE}{\fldrslt 3}}{\pict 0102}{\header h}\par}", "ac3"),
    (rb"{\rtf1{\pntext\'97\tab}x\par\bin3 {{{y\par}", "\u2014x\ny"),
    (b"{\\rtf1 \xd2\xbb\r\n\xd2\xbb\\par}", "\xd2\xbb\xd2\xbb"),
])  # fmt: skip
def test_rtf_words(data: bytes, right: str) -> None:
    assert text_of(data, "a.rtf") == right


def test_rtf_cells_marked_as_merged_sideways() -> None:
    data = rb"{\rtf1 \trowd\clmgf\cellx100\clmrg\cellx200\cellx300\pard\intbl a\cell\cell c\cell\row\trowd\cellx100\cellx200\cellx300\pard\intbl 1\cell 2\cell 3\cell\row}"
    assert text_of(data, "a.rtf").splitlines() == ["a\t\tc", "1\t2\t3"]


def test_rtf_table_merged_down_and_across() -> None:
    row = r"\trowd%s\pard\intbl a\cell b\cell\row"
    data = r"{\rtf1 " + row % r"\cellx100\cellx200" + row % r"\clvmrg\cellx100\cellx200" + r"\trowd\cellx200\pard\intbl w\cell\row\pard z\par}"
    assert text_of(data.encode(), "a.rtf").splitlines() == ["a\tb", "a\tb", "w\t", "z"]


def rows_merged(count: int) -> str:
    return tbl(tr(tc("长" * 5000, '<w:vMerge w:val="restart"/>'), "x"), *[tr(tc("", "<w:vMerge/>"), "x")] * count, columns=2)


def rtf_rows(count: int) -> bytes:
    """Every row has edges of its own: as a grid this would be rows times rows."""
    rows = "".join(rf"\trowd\cellx{100 * i + 100}\cellx{100 * i + 200}\pard\intbl a\cell b\cell\row" for i in range(count))
    return ("{\\rtf1 " + rows + "}").encode()


@pytest.mark.parametrize(("name", "data", "code"), [
    ("a.docx", docx(rows_merged(3000)), "too_large"),
    ("a.docx", docx(tbl(tr(*[tc("x", '<w:gridSpan w:val="60"/>')] * 40), columns=2)), "too_large"),
    ("a.odt", odt_with("content.xml", b'<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><office:body><office:text><table:table><table:table-row>' + b'<table:table-cell table:number-columns-repeated="60"/>' * 90 + b"</table:table-row></table:table></office:text></office:body></office:document-content>"), "too_large"),
])
def test_few_bytes_that_ask_for_much_text(name: str, data: bytes, code: str) -> None:
    with pytest.raises(PlanInputError) as e:
        text_of(data, name)
    assert e.value.code == code and name in str(e.value)


def test_a_table_of_thousands_of_columns_is_read_row_by_row() -> None:
    assert text_of(rtf_rows(3000), "a.rtf").splitlines() == ["a\tb"] * 3000


def odt_lists(body: str) -> bytes:
    names = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "text", "style", "table"))
    levels = "".join(f'<text:list-level-style-number text:level="{i}" style:num-format="{f}" style:num-prefix="{a}" style:num-suffix="{b}" text:display-levels="{d}"/>' for i, f, a, b, d in ((1, "一, 二, 三, ...", "", "、", 1), (2, "1", "", ".", 2)))
    return odt_with("content.xml", f'<office:document-content {names}><office:automatic-styles><text:list-style style:name="L">{levels}</text:list-style></office:automatic-styles><office:body><office:text>{body}</office:text></office:body></office:document-content>'.encode())


def test_odt_lists_go_on_restart_and_nest() -> None:
    def one(words: str, more: str = "", inner: str = "") -> str:
        return f"<text:list-item {more}><text:p>{words}</text:p>{inner}</text:list-item>"

    body = (
        f'<text:list text:style-name="L" xml:id="a">{one("甲", "", "<text:list>" + one("子") + "</text:list>")}</text:list>'
        f'<text:list text:style-name="L" text:continue-numbering="true">{one("乙")}</text:list>'
        f'<text:list text:style-name="L">{one("丙")}</text:list>'
        f'<text:list text:style-name="L" text:continue-list="a">{one("丁")}{one("戊", "text:start-value=" + chr(34) + "8" + chr(34))}'
        "<text:list-header><text:p>无号</text:p></text:list-header></text:list>"
    )
    assert text_of(odt_lists(body), "a.odt").splitlines() == ["一、甲", "一.1.子", "二、乙", "一、丙", "三、丁", "八、戊", "无号"]
