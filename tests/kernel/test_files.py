"""Uploads: what is taken and refused, where bytes go, who gets them back."""

import datetime as dt
import hashlib
import io
import os
import struct
import zipfile
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from shian.kernel.changes.queries import history
from shian.kernel.changes.writer import change
from shian.kernel.files import actions
from shian.kernel.files.models import Attachment, StoredFile
from shian.kernel.files.queries import files_of, may_download
from shian.kernel.files.sniff import DOCUMENTS, TABLES, sniff
from shian.kernel.jobs.models import Job
from shian.kernel.scopes import SYSTEM, system

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"


def picture(kind):
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, kind)
    return out.getvalue()


PNG = picture("PNG")


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


def zipped(*parts, content=b"<x/>"):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for part in parts:
            package.writestr(part, content)
    return out.getvalue()


DOCX = zipped("[Content_Types].xml", "word/document.xml")
XLSX = zipped("[Content_Types].xml", "xl/workbook.xml")
ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000) + "EncryptedPackage".encode("utf-16-le")


def upload(name, content, actor=SYSTEM, **options):
    return actions.store_upload(actor, SimpleUploadedFile(name, content), **options)


def refusal(name, content, **options):
    with pytest.raises(ValidationError) as refused:
        upload(name, content, **options)
    return refused.value


def kept(store):
    return [p for p in store.rglob("*") if p.is_file()]


def test_bytes_lie_under_their_hash_readable_by_the_service_only(db, store):
    row = upload("2026年计划.pdf", PDF)
    sha = hashlib.sha256(PDF).hexdigest()
    assert row.path == store / sha[:2] / sha[2:4] / sha and row.open().read() == PDF
    assert (row.sha256, row.size, row.kind, row.name) == (sha, len(PDF), "pdf", "2026年计划.pdf")
    assert oct(row.path.stat().st_mode & 0o777) == "0o640"
    assert kept(store) == [row.path], "no temporary file is left"


def test_same_upload_is_the_same_row_and_same_bytes_are_stored_once(cast, store):
    mine = upload("甲.pdf", PDF, cast.actor("donghe"))
    assert upload("甲.pdf", PDF, cast.actor("donghe")) == mine
    theirs = upload("乙.pdf", PDF, cast.actor("xiling"))
    assert theirs != mine and theirs.path == mine.path
    assert len(kept(store)) == 1 and len(history(mine)) == 1


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.docx", DOCX, "docx"),
        ("a.XLSX", XLSX, "xlsx"),
        ("a.ofd", zipped("OFD.xml", "Doc_0/Document.xml"), "ofd"),
        ("a.zip", zipped("读我.txt"), "zip"),
        ("a.zip", DOCX, "zip"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "doc"),
        ("a.et", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "et"),
        ("a.doc", b"{\\rtf1 x}", "doc"),
        ("a.rtf", b"{\\rtf1 x}", "rtf"),
        ("a.wps", DOCX, "wps"),
        ("a.docm", DOCX, "docm"),
        ("a.odt", zipped("mimetype", "content.xml"), "odt"),
        ("a.png", PNG, "png"),
        ("a.jpeg", picture("JPEG"), "jpg"),
        ("a.webp", picture("WEBP"), "webp"),
        ("a.heic", b"\x00\x00\x00\x18ftypheic" + bytes(8), "heic"),
        ("a.mp4", b"\x00\x00\x00\x18ftypisom" + bytes(8), "mp4"),
        ("a.csv", "序号,任务\n1,抽检\n".encode("gb18030"), "csv"),
        ("a.txt", "食品安全工作计划".encode(), "txt"),
        ("a.txt", "\ufeff计划".encode("utf-16"), "txt"),
    ],
)
def test_kinds_are_known_by_their_bytes(db, name, content, kind):
    assert upload(name, content).kind == kind


def test_text_that_ends_inside_a_character_of_the_first_block_is_text(tmp_path):
    for pad in range(4):
        path = tmp_path / "a.txt"
        path.write_bytes(b"a" * pad + "食".encode() * 3000)
        assert sniff(path, "a.txt") == "txt"


@pytest.mark.parametrize(
    ("name", "content", "code", "words"),
    [
        ("空.docx", b"", "empty", "文件是空的"),
        ("页.html", b"<html></html>", "type", "不接受 .html"),
        ("图.svg", b"<svg/>", "type", "不接受 .svg"),
        ("程序.exe", b"MZ\x90\x00", "type", "不接受 .exe"),
        ("无扩展名", PDF, "type", "不接受 .?"),
        ("假.docx", PDF, "mismatch", "扩展名 .docx，内容是 pdf"),
        ("假.docx", XLSX, "mismatch", "内容是 xlsx/zip"),
        ("假.pdf", b"\x00\x01\x02\x03" * 10, "mismatch", "无法识别的格式"),
        ("假.png", b"<html><script>alert(1)</script>", "mismatch", "内容与扩展名不符"),
        ("半.docx", DOCX[: len(DOCX) // 2], "broken", "不完整或已损坏"),
        ("密.docx", ENCRYPTED, "encrypted", "设有打开密码"),
        ("密.xlsx", ENCRYPTED, "encrypted", "设有打开密码"),
        ("", PDF, "name", "没有名称"),
        ("..", PDF, "name", "没有名称"),
    ],
)
def test_what_is_refused_and_why(db, store, name, content, code, words):
    source = io.BytesIO(content)
    source.name = name
    source.chunks = lambda: iter([source.getvalue()] if content else [])
    with pytest.raises(ValidationError) as refused:
        actions.store_upload(SYSTEM, source)
    assert refused.value.code == code and words in refused.value.message
    assert not kept(store) and not StoredFile.unscoped.exists()


def test_zip_bomb_is_refused_unopened(db, store):
    error = refusal("bomb.xlsx", zipped("xl/workbook.xml", content=bytes(64 << 20)))
    assert error.code == "zip_bomb" and "压缩炸弹" in error.message
    many = refusal("many.docx", zipped(*(f"word/{n}.xml" for n in range(10_001)), content=b""))
    assert many.code == "zip_bomb"
    assert not kept(store)


def test_zip_with_a_password_is_refused(db):
    data = bytearray(zipped("word/document.xml"))
    at = data.rfind(b"PK\x01\x02")
    flags = struct.unpack_from("<H", data, at + 8)[0]
    struct.pack_into("<H", data, at + 8, flags | 1)
    assert refusal("密.docx", bytes(data)).code == "encrypted"


def test_too_large_stops_while_reading(db, store, settings):
    settings.MAX_UPLOAD_BYTES = 1 << 20
    read = []

    class Endless:
        name = "大.txt"

        def chunks(self):
            while True:
                read.append(1)
                yield b"a" * 65536

    with pytest.raises(ValidationError, match="超过 1 MB 的上限"):
        actions.store_upload(SYSTEM, Endless())
    assert len(read) == 17 and not kept(store)


def test_place_of_upload_narrows_the_kinds(db):
    assert (
        refusal("a.docx", DOCX, allowed=TABLES).message == "“a.docx”：这里只接受 .csv、.et、.xls、.xlsx 文件"
    )
    assert upload("a.docx", DOCX, allowed=DOCUMENTS).kind == "docx"


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("C:\\Users\\王\\计划.docx", "计划.docx"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("a\r\nSet-Cookie: x.txt", "aSet-Cookie: x.txt"),
        ("a\u202etxt.pdf", "atxt.pdf"),
        ("长" * 300 + ".docx", "长" * 195 + ".docx"),
    ],
)
def test_names_are_cleaned(given, clean):
    assert actions.clean_name(given) == clean


def test_crash_before_the_rename_leaves_no_row_and_no_file(db, store, monkeypatch):
    def crash(source, target):
        raise OSError("磁盘已满")

    monkeypatch.setattr(os, "replace", crash)
    with pytest.raises(OSError, match="磁盘已满"):
        upload("a.pdf", PDF)
    assert not kept(store) and not StoredFile.unscoped.exists()


# -- attachments and the way out ------------------------------------------------------------------
def attach(actor, obj, file, **said):
    with change(actor, "job.enqueue") as w:
        return actions.attach(w, obj, file, **said)


def detach(actor, row):
    with change(actor, "job.enqueue", reason="传错") as w:
        return actions.detach(w, row)


@pytest.fixture
def job_of_donghe(cast):
    from django.utils import timezone

    row = Job(kind="x", title="东河的任务", owner=cast.users["donghe"], run_at=timezone.now())
    with change(cast.actor("donghe"), "job.enqueue") as w:
        w.save(row)
    return row


def test_attachment_is_seen_with_its_object_only(cast, job_of_donghe):
    actor = cast.actor("donghe")
    file = upload("证据.png", PNG, actor)
    row = attach(actor, job_of_donghe, file, kind="evidence", caption="现场照片")
    assert files_of(job_of_donghe) == [row] and files_of(job_of_donghe, "other") == []
    assert history(job_of_donghe)[0].verb == "file.attach"
    assert not may_download(cast.actor("xiling"), file)
    assert may_download(cast.actor("guanliyuan"), file), "sees the job, so sees its file"
    assert attach(actor, job_of_donghe, file, kind="evidence") == row, "twice is once"
    detach(actor, row)
    assert files_of(job_of_donghe) == [] and not may_download(cast.actor("guanliyuan"), file)
    assert may_download(actor, file), "one's own upload"


def test_a_guessed_file_id_cannot_be_attached_to_read_it(cast, job_of_donghe):
    secret = upload("机密.pdf", PDF, cast.actor("xiling"))
    with pytest.raises(PermissionDenied):
        attach(cast.actor("donghe"), job_of_donghe, secret)
    own = upload("自己的.pdf", PDF, cast.actor("xiling"))
    with pytest.raises(PermissionDenied):
        attach(cast.actor("xiling"), job_of_donghe, own)
    row = attach(SYSTEM, job_of_donghe, secret)
    with pytest.raises(PermissionDenied):
        detach(cast.actor("shichangju"), row)


def test_unknown_or_unscoped_object_types_open_nothing(cast):
    file = upload("a.pdf", PDF)
    for object_type in ["no.such", "changes.change", "garbage"]:
        with system("arranged by the test"):
            Attachment.unscoped.create(object_type=object_type, object_id=1, file=file)
    assert not may_download(cast.actor("guanliyuan"), file)


def test_download_is_checked_named_and_never_inline(cast, client, job_of_donghe):
    file = upload("现场 照片#1.png", PNG, cast.actor("donghe"))
    url = file.get_absolute_url()
    assert client.get(url).status_code == 302
    client.force_login(cast.users["xiling"])
    assert client.get(url).status_code == 404
    client.force_login(cast.users["donghe"])
    answer = client.get(url)
    assert b"".join(answer.streaming_content) == PNG
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer["X-Content-Type-Options"] == "nosniff" and answer["Content-Type"] == "image/png"
    assert "sandbox" in answer["Content-Security-Policy"] and "no-store" in answer["Cache-Control"]
    assert client.get(f"/files/{file.pk}/").status_code == 200
    text = upload("a.txt", b"<script>alert(1)</script>", cast.actor("donghe"))
    assert client.get(text.get_absolute_url())["Content-Type"] == "application/octet-stream"
    assert client.post(url).status_code == 405
    assert client.get("/files/999999/x").status_code == 404
    Path(file.path).unlink()
    assert client.get(url).status_code == 404, "lost bytes are not an error page of the server"


def test_retired_objects_are_still_seen_by_who_saw_them(cast, job_of_donghe):
    file = upload("a.pdf", PDF)
    attach(SYSTEM, job_of_donghe, file)
    with system("arranged by the test"):
        Job.unscoped.update(retired_at=dt.datetime.now(dt.UTC))
    assert may_download(cast.actor("donghe"), file)
