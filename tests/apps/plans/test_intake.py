"""Import: every kind of file, every kind of bad input, each answered in words and with nothing lost."""

import io
import zipfile

import docx
import openpyxl
import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from reportlab.pdfgen import canvas

from shian.apps.plans import actions
from shian.apps.plans.models import Document
from shian.core import plan
from shian.kernel.day import today_is
from shian.kernel.people.models import User
from shian.kernel.scopes import system
from tests.core.plan.made.ofd import image, ofd, pages_of, text
from tests.core.plan.made.office import FOLDER, RIGHT, document

from .conftest import PLAN, TODAY

URL = "/documents/import/"


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def office_client(cast):
    client = Client()
    client.force_login(User.unscoped.get(username="shianban"))
    return client


@pytest.fixture
def send(office_client, cast):
    """``send(text=…)`` or ``send(name, bytes)`` posts the import form; returns the response."""

    def post(name: str = "", data: bytes = b"", **more):
        body = {"kind": "plan", "place": cast.county.pk, "text": "", **more}
        if name:
            body["file"] = SimpleUploadedFile(name, data)
        with today_is(TODAY):
            return office_client.post(URL, body)

    return post


def made(response) -> Document:
    assert response.status_code == 302, response.content.decode()[:3000]
    return Document.unscoped.get(pk=int(response.url.split("/")[2]))


def refused(response, *words: str) -> str:
    html = response.content.decode()
    assert response.status_code == 422
    for each in words:
        assert each in html, html[html.find("alert-danger") :][:600]
    assert not Document.unscoped.exists()
    return html


# -- what can be read -------------------------------------------------------------------------------
def word_file(text: str = PLAN) -> bytes:
    document, out = docx.Document(), io.BytesIO()
    for line in text.split("\n"):
        document.add_paragraph(line)
    with system("arranged by the test"):
        document.save(out)
    return out.getvalue()


def pdf_file(text: str = PLAN) -> bytes:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=(1100, 842))
    page.setFont("STSong-Light", 12)
    for n, line in enumerate(text.split("\n")):
        page.drawString(40, 800 - 24 * n, line)
    with system("arranged by the test"):
        page.save()
    return out.getvalue()


ROWS = [
    ["序号", "工作任务", "责任单位", "完成时限"],
    ["1", "开展校园食品安全排查，排查率达到100%", "县教育局、县市场监管局", "2026年6月底前"],
    ["2", "开展农村集体聚餐培训", "县市场监管局", "2026年9月底前"],
]


def workbook() -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["演示县2026年食品安全任务分解表"])
    for row in ROWS:
        book.active.append(row)
    with system("arranged by the test"):
        book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("计划.txt", PLAN.encode()),
        ("计划.txt", PLAN.encode("gb18030")),
        ("计划.docx", word_file()),
        ("计划.pdf", pdf_file()),
    ],
)
def test_document_is_read_and_its_file_kept(send, name, data):
    document = made(send(name, data))
    assert document.state == "reviewing" and document.drafts.count() == 4
    assert document.filename == name and document.year == 2026
    from shian.kernel.files.queries import files_of

    assert [a.file.name for a in files_of(document, "source")] == [name]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("任务分解表.xlsx", workbook()),
        ("任务分解表.csv", "\n".join(",".join(f'"{c}"' for c in r) for r in ROWS).encode("gb18030")),
    ],
)
def test_table_is_read_row_by_row(send, name, data):
    document = made(send(name, data, year="2026"))
    first, second = document.drafts.order_by("sort")
    assert "校园食品安全排查" in first.title and [p["name"] for p in first.parties] == [
        "县教育局",
        "县市场监管局",
    ]
    assert first.deadlines[0]["date"] == "2026-06-30" and second.deadlines[0]["date"] == "2026-09-30"


def test_pasted_text_of_another_kind_for_a_township(send, cast):
    town = cast.places["东河镇"]
    document = made(send(text=PLAN, kind="meeting", place=town.pk))
    assert document.place == town and document.kind == "meeting"


def test_form_sent_twice_makes_one_document(send):
    first = made(send(text=PLAN, once_key="k1"))
    again = send(text=PLAN, once_key="k1")
    assert again.status_code == 302 and Document.unscoped.get() == first


# -- what cannot ------------------------------------------------------------------------------------
@pytest.mark.parametrize("body", [{"name": "计划.docx", "data": word_file()}, {"text": PLAN}])
def test_no_transaction_is_open_while_a_document_is_read(send, monkeypatch, body):
    from shian.core.plan import files, reader

    open_now, before = [], len(connection.atomic_blocks)
    for module, name in ((plan, "read_text"), (files, "read_text"), (reader, "read_text")):
        whole = getattr(module, name)

        def read(*args, whole=whole, **more):
            open_now.append(len(connection.atomic_blocks) - before)
            return whole(*args, **more)

        monkeypatch.setattr(module, name, read)
    made(send(**body))
    assert open_now and not any(open_now)


def test_nothing_given(send):
    refused(send(), "请选择文件，或把正文粘贴到文本框中")
    refused(send(text="  \n "), "请选择文件")


def test_empty_file(send):
    refused(send("空.txt", b""), "文件是空的")
    refused(send("空白.txt", b" \n\r\n"), "空文件")


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("图片.png", b"\x89PNG\r\n\x1a\n" + b"0" * 40, "这里只接受"),
        ("程序.exe", b"MZ" + b"0" * 40, "不接受 .exe"),
        ("计划.docx", b"%PDF-1.4 nothing", "内容与扩展名不符"),
        ("坏.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "另存为 DOCX"),
        ("坏.wps", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "损坏"),
        ("旧表.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "损坏"),
        ("坏.ofd", ofd([text(30, 50, "一、甲")])[:-200], "损坏"),
        ("扫描.ofd", ofd([image()]), "扫描件"),
        ("坏.docx", word_file()[:900], "损坏"),
        ("坏.pdf", b"%PDF-1.7\n" + b"garbage" * 50, "损坏"),
        ("坏.xlsx", workbook()[:900], "损坏"),
    ],
)
def test_wrong_or_broken_file(send, name, data, words):
    refused(send(name, data), words)


@pytest.mark.parametrize("name", ["样例.doc", "样例.wps", "样例.rtf", "样例.odt", "样例.docx", "样例.docm"])
def test_word_processors_files(send, office_client, monkeypatch, name):
    """One document in every format: the same drafts, and its tracked changes are told."""
    monkeypatch.setattr("shian.engines.office.converter", lambda: None)
    kind = name.rpartition(".")[2]
    data = document() if kind.startswith("doc") and kind != "doc" else (FOLDER / f"plan.{kind.replace('wps', 'doc')}").read_bytes()
    answer = send(name, data)
    read = made(answer)
    assert read.text == RIGHT
    assert [d.title for d in read.drafts.order_by("sort")][:3] == ["健全机制", "全年检查学校食堂120家次", "2026年6月底前完成抽检200批次"]
    assert "修订" in office_client.get(answer.url).content.decode()


def test_ofd_with_a_seal(send, office_client):
    pages = pages_of(["样例县2026年食品安全工作计划", "一、压实责任", "（一）健全机制。每季度召开1次会议。（县食安办）"], head="样例县文件")
    answer = send("样例.ofd", ofd(pages, seal="样例签章"))
    read = made(answer)
    assert read.title == "样例县2026年食品安全工作计划" and read.drafts.count() == 1
    assert "没有验证真伪" in office_client.get(answer.url).content.decode()


def test_encrypted_word_file(send):
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    refused(send("密.docx", head + "EncryptedPackage".encode("utf-16-le")), "设有打开密码")


def pdf(draw) -> bytes:
    out = io.BytesIO()
    page = canvas.Canvas(out)
    draw(page)
    page.showPage()
    with system("arranged by the test"):
        page.save()
    return out.getvalue()


def test_encrypted_pdf(send):
    writer, out = pypdf.PdfWriter(io.BytesIO(pdf(lambda p: p.drawString(50, 700, "plan")))), io.BytesIO()
    writer.encrypt("secret")
    writer.write(out)
    refused(send("密.pdf", out.getvalue()), "设有打开密码")


def test_scanned_pdf(send):
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    picture = ImageReader(Image.new("RGB", (400, 600), "white"))
    refused(send("扫描.pdf", pdf(lambda p: p.drawImage(picture, 0, 0))), "扫描件")


def test_zip_bomb(send):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * (40 << 20))
    refused(send("炸弹.docx", out.getvalue()), "压缩炸弹")


def test_fifty_megabytes_of_text_in_a_file(send):
    refused(send("大.txt", b"plan text " * (5 << 20)), "上限")


def test_fifty_megabytes_of_pasted_text(office_client, cast, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 25 << 20
    body = b"kind=plan&text=" + b"a" * (50 << 20)
    answer = office_client.post(URL, body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413 and "超过800万字的上限" in answer.content.decode()


def test_token_is_checked(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.unscoped.get(username="shianban"))
    assert client.post(URL, {"kind": "plan", "place": cast.county.pk, "text": PLAN}).status_code == 403
    assert not Document.unscoped.exists()


def test_table_without_end(send, monkeypatch):
    from shian.apps.plans.pages import intake

    monkeypatch.setattr(intake, "MOST_ROWS", 2)
    refused(send("长.xlsx", workbook()), "超过2行")


LETTER = "关于做好节日期间值班工作的一封信\n各位同事，节日将至，请注意安全，祝大家阖家幸福。"


def test_text_without_tasks_stays_in_the_form_and_may_be_worked_by_hand(send, office_client):
    html = refused(send(text=LETTER), "没有识别出任务", "逐条手工添加", "祝大家阖家幸福")
    assert 'name="anyway"' in html
    refused(send(text=LETTER, anyway="1"), "文中没有写明年度", "祝大家阖家幸福")
    document = made(send(text=LETTER, anyway="1", year="2026"))
    assert document.state == "reviewing" and not document.drafts.exists()
    base = f"/documents/{document.pk}/review/"
    assert office_client.get(base).status_code == 200
    start = document.text.index("请注意安全")
    answer = office_client.post(f"{base}new/", {"start": start, "end": start + 5})
    assert answer.status_code == 200 and document.drafts.get().title == "请注意安全"


def test_file_without_tasks_need_not_be_sent_again(send):
    html = refused(send("信.txt", LETTER.encode()), "没有识别出任务", "已上传：信.txt")
    stored = html.split('name="stored" value="')[1].split('"')[0]
    document = made(send(stored=stored, anyway="1", year="2026"))
    assert document.filename == "信.txt"


def test_file_of_somebody_else_is_no_source(send, cast):
    from shian.kernel.files.actions import store_upload

    theirs = store_upload(cast.actor("shichangju"), SimpleUploadedFile("别人.txt", PLAN.encode()))
    answer = send(stored=theirs.pk)
    assert answer.status_code == 422 and not Document.unscoped.exists()


def test_duplicate_leads_to_the_earlier_one(send):
    first = made(send(text=PLAN))
    again = send("同一份.docx", word_file())
    html = again.content.decode()
    assert again.status_code == 422 and "已于" in html
    assert f'href="/documents/{first.pk}/"' in html and f'href="/documents/{first.pk}/review/"' in html
    assert Document.unscoped.get() == first


# -- who and where ------------------------------------------------------------------------------------
def test_only_places_of_the_actor_are_offered(office_client, cast):
    html = office_client.get(URL).content.decode()
    assert f'<option value="{cast.county.pk}" selected' in html and "东河镇" in html
    assert f'value="{cast.other_county.pk}"' not in html


def test_other_place_is_refused(send, cast):
    refused(send(text=PLAN, place=cast.other_county.pk), "选择一个有效的选项")


@pytest.mark.parametrize("username", ["shichangju", "shishianban"])
def test_who_may_not_import_is_told_so(cast, username):
    client = Client()
    client.force_login(User.unscoped.get(username=username))
    assert client.get(URL).status_code == 403
    assert client.post(URL, {"kind": "plan", "place": cast.county.pk, "text": PLAN}).status_code == 403


# -- corrections, documents without text -----------------------------------------------------------------
def test_correction_is_offered_and_taken(office_client, send, plan):
    html = office_client.get(f"{URL}?supersedes={plan.pk}").content.decode()
    assert f'<option value="{plan.pk}" selected' in html
    document = made(send(text=PLAN.replace("98%", "99%"), supersedes=plan.pk))
    assert document.supersedes == plan


def test_correction_of_another_place_is_refused(send, plan, cast):
    answer = send(text=PLAN.replace("98%", "99%"), supersedes=plan.pk, place=cast.places["东河镇"].pk)
    assert answer.status_code == 422 and "不能由“东河镇”的文件更正" in answer.content.decode()


def test_document_entered_without_text_gets_one(office, office_client, cast):
    document = actions.create_document(
        actor=office, place=cast.county, title="县长批示", year=2026, kind="instruction"
    )
    assert office_client.get(f"/documents/{document.pk}/review/").url == f"{URL}?document={document.pk}"
    html = office_client.get(f"{URL}?document={document.pk}").content.decode()
    assert "县长批示" in html
    answer = office_client.post(
        f"{URL}?document={document.pk}", {"kind": "instruction", "place": cast.county.pk, "text": PLAN}
    )
    assert answer.url == f"/documents/{document.pk}/review/"
    document.refresh_from_db()
    assert document.title == "县长批示" and document.state == "reviewing" and document.drafts.count() == 4


UNDATED = "关于加强快检工作的意见\n一、重点\n（一）建设。9月底前建成快检室20个。（县市场监管局负责）\n（二）督查。到2028年，合格率达到98%。（县市场监管局负责）"


def test_a_text_without_a_year_is_asked_for_it_and_nothing_is_lost(send):
    """No year is guessed from a goal, nor from the clock."""
    refused(send(text=UNDATED), "文中没有写明年度", "9月底前建成快检室20个")
    refused(send(text=UNDATED, year="1e9"), "年度")
    document = made(send(text=UNDATED, year="2027"))
    assert document.year == 2027
    assert [d["date"] for d in document.drafts.get(no="（一）").deadlines] == ["2027-09-30"]


def test_the_year_of_the_text_stands_against_the_one_typed(send):
    assert made(send(text=PLAN, year="2019")).year != 2019


def test_what_led_to_nothing_is_marked_and_counted(send, office_client):
    text = UNDATED.replace("9月底前", "汛期前") + "\n（三）抽检。抽检面积1000㎡以上的单位，结果向县卫生健康局通报。（县市场监管局负责）"
    document = made(send(text=text, year="2027"))
    html = office_client.get(f"/documents/{document.pk}/review/").content.decode()
    shown = {document.text[u["start"] : u["end"]]: u["reason"] for u in document.unread}
    assert set(shown) == {"汛期前", "1000㎡", "县卫生健康局"}
    assert "未识别片段 3" in html and all(why.split("，")[0] in html for why in ("有时间，", "这个数读作范围条件，"))


def test_a_document_that_takes_too_long_is_answered_in_words(send, monkeypatch):
    from shian.engines import reading

    monkeypatch.setattr(reading.read_file, "__kwdefaults__", {**reading.read_file.__kwdefaults__, "wall": 0.05})
    html = refused(send("计划.docx", word_file()), "计划.docx", "还没有读完")
    assert 'name="stored"' in html
