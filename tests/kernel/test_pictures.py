"""Pictures: bombs and broken ones refused, EXIF read, copies upright and without EXIF. Panel, page and API."""

import dataclasses
import datetime as dt
import io
import struct
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from tests.cast import client_of
from tests.core.plan.made.docx import docx

from shian.kernel.attachments.feature import Attachments
from shian.kernel.changes.models import Change
from shian.kernel.changes.presentation import described
from shian.kernel.changes.queries import history
from shian.kernel.changes.writer import change
from shian.kernel.files.actions import attach, store_upload
from shian.kernel.files.models import Attachment, StoredFile
from shian.kernel.files.pictures import copy_of
from shian.kernel.resources import registry
from shian.kernel.scopes import SYSTEM

EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + bytes(400)


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


def png_of(width: int, height: int) -> bytes:
    """A PNG whose header claims the size, with one byte of picture behind it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0"))
        + chunk(b"IEND", b"")
    )


def photo(
    *, turned: bool = False, gps: bool = True, taken: str = "2026:06:01 09:30:00", size=(640, 400)
) -> bytes:
    """A red photograph with a blue left edge, taken at 34°07'12" N, 113°30'36" E."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (0, 0, size[0] // 4, size[1]))
    exif = Image.Exif()
    if turned:
        exif[0x0112] = 6  # turn a quarter clockwise to stand upright
    exif.get_ifd(0x8769)[36867] = taken
    if gps:
        exif.get_ifd(0x8825).update({1: "N", 2: (34.0, 7.0, 12.0), 3: "E", 4: (113.0, 30.0, 36.0)})
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, quality=95)
    return out.getvalue()


def keep(name: str, content: bytes, actor=SYSTEM, **options) -> StoredFile:
    return store_upload(actor, SimpleUploadedFile(name, content), **options)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("炸弹.png", png_of(60_000, 60_000), "5,000 万像素"),
        ("炸弹.png", png_of(7_100, 7_100), "7100 × 7100"),
        ("断.png", png_of(100, 100), "损坏"),
        ("断.jpg", b"\xff\xd8\xff\xe0" + bytes(40), "损坏"),
        ("程序.jpg", EXE, "内容与扩展名不符"),
        ("病毒.exe", EXE, "不接受 .exe"),
        ("网页.svg", b"<svg onload='x'/>", "不接受 .svg"),
        ("半张.jpg", photo()[:900], "损坏"),
    ],
)
def test_what_is_no_honest_picture_is_refused_in_words_and_not_kept(db, store, name, content, words):
    with pytest.raises(ValidationError) as refused:
        keep(name, content)
    assert words in refused.value.messages[0] and name in refused.value.messages[0]
    assert not StoredFile.unscoped.exists() and [p for p in store.rglob("*") if p.is_file()] == []


def test_just_below_the_limit_of_pixels_is_taken(db):
    out = io.BytesIO()
    Image.new("L", (7000, 7000)).save(out, "PNG")
    row = keep("大图.png", out.getvalue())
    assert (row.width, row.height) == (7000, 7000)


def test_size_time_and_place_are_read(db):
    row = keep("现场.jpg", photo())
    row.refresh_from_db()
    assert (row.width, row.height, row.kind) == (640, 400, "jpg")
    assert row.taken_at == dt.datetime(2026, 6, 1, 1, 30, tzinfo=dt.UTC), "the camera's clock is ours"
    assert (row.lat, row.lon) == (34.12, 113.51)


@pytest.mark.parametrize(
    "taken", ["", "0000:00:00 00:00:00", "昨天", "2026:13:40 99:99:99", "1970:01:01 00:00:00"]
)
def test_a_camera_without_a_clock_tells_no_time(db, taken):
    row = keep("现场.jpg", photo(taken=taken, gps=False))
    assert (row.taken_at, row.lat, row.lon) == (None, None, None)


def test_time_and_place_enter_the_log_sealed_only(db):
    row = keep("现场.jpg", photo())
    diff = Change.unscoped.get(object_type="files.storedfile", object_id=row.pk).diff
    assert all(set(diff[name]) == {"sealed"} for name in ("taken_at", "lat", "lon"))


def test_copies_are_small_upright_and_tell_nothing(db):
    row = keep("现场.jpg", photo(turned=True, size=(2400, 1600)))
    for copy, size in (("thumb", (213, 320)), ("public", (1067, 1600))):
        with Image.open(copy_of(row.path, copy)) as image:
            assert image.format == "JPEG" and image.size == size
            assert not image.getexif() and b"Exif" not in row.open(copy).read()
            blue = image.convert("RGB").getpixel((image.width // 2, 5))
            assert blue[2] > 150 > blue[0], "the left edge of a picture turned clockwise is on top"


def test_a_transparent_picture_stands_on_white(db):
    out = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")
    row = keep("章.png", out.getvalue())
    with Image.open(copy_of(row.path, "thumb")) as image:
        assert image.getpixel((25, 25)) == (255, 255, 255)


# -- the panel -----------------------------------------------------------------------------------------
@pytest.fixture
def units(cast):
    """Units with attachments: pictures and PDF up to 1 MB."""
    plain = registry.get("units")
    feature = Attachments(kinds=frozenset({"jpg", "png", "pdf"}), photos=True, limit=1 << 20)
    yield registry.register(dataclasses.replace(plain, features=(*plain.features, feature)))
    registry.register(plain)


def sent(*files, **more) -> dict:
    return {"files": [SimpleUploadedFile(name, content) for name, content in files]} | more


def at(cast) -> str:
    return f"/units/{cast.units['东河镇'].pk}/files/"


def test_several_at_once_and_what_is_refused_is_named(cast, units):
    client = client_of(cast, "guanliyuan")
    big = b"%PDF-1.7\n" + bytes(1 << 20)
    page = client.post(
        at(cast), sent(("一.jpg", photo()), ("木马.jpg", EXE), ("大.pdf", big), caption="后厨现场")
    )
    text = page.content.decode()
    assert page.status_code == 422 and "木马.jpg" in text and "“大.pdf”：超过 1 MB 的上限" in text
    assert 'value="后厨现场"' in text, "what was typed stays"
    row = Attachment.unscoped.get()
    assert (row.file.name, row.caption, row.object_id) == ("一.jpg", "后厨现场", cast.units["东河镇"].pk)
    again = client.post(at(cast), sent(("一.jpg", photo()), ("二.png", photo_png())))
    assert again.status_code == 302 and Attachment.unscoped.count() == 2, (
        "the same file again is the same row"
    )
    detail = client.get(f"/units/{cast.units['东河镇'].pk}/").content.decode()
    assert (
        f"/files/{row.file_id}/thumb/" in detail
        and "后厨现场" in detail
        and 'capture="environment"' in detail
    )
    assert "34.12, 113.51" in detail


def photo_png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (20, 20), "green").save(out, "PNG")
    return out.getvalue()


def test_sixty_megabytes_are_refused_and_nothing_is_lost(cast, units):
    page = client_of(cast, "guanliyuan").post(
        at(cast), sent(("录像.pdf", b"%PDF-" + bytes(60 << 20)), caption="门头")
    )
    assert page.status_code == 422 and "“录像.pdf”：超过 1 MB 的上限" in page.content.decode()
    assert 'value="门头"' in page.content.decode() and not StoredFile.unscoped.exists()


@pytest.mark.parametrize(("data", "words"), [({}, "请先选择文件"), ({"caption": "长" * 201}, "超过 200 字")])
def test_an_empty_upload_and_a_long_caption_are_said(cast, units, data, words):
    page = client_of(cast, "guanliyuan").post(at(cast), sent(("一.jpg", photo())) | data if data else {})
    assert page.status_code == 422 and words in page.content.decode() and not Attachment.unscoped.exists()


def test_removal_needs_a_reason_and_stays_in_the_history(cast, units):
    client = client_of(cast, "guanliyuan")
    client.post(at(cast), sent(("一.jpg", photo())))
    row = Attachment.unscoped.get()
    client.post(f"{at(cast)}{row.pk}/remove/", {"reason": " "})
    row.refresh_from_db()
    assert row.retired_at is None
    client.post(f"{at(cast)}{row.pk}/remove/", {"reason": "拍错了"})
    row.refresh_from_db()
    assert row.retired_at is not None
    last, first = described(history(cast.units["东河镇"])[:2])
    assert (last["verb"], last["reason"], last["diff"]) == (
        "移除附件",
        "拍错了",
        [{"label": "附件", "old": "一.jpg", "new": None}],
    )
    assert (first["verb"], first["diff"]) == ("添加附件", [{"label": "附件", "old": None, "new": "一.jpg"}])


def test_without_the_right_nothing_is_added_or_removed(cast, units):
    client_of(cast, "guanliyuan").post(at(cast), sent(("一.jpg", photo())))
    row, stranger = Attachment.unscoped.get(), client_of(cast, "donghe")
    assert stranger.post(at(cast), sent(("二.jpg", photo()))).status_code == 403
    assert stranger.post(f"{at(cast)}{row.pk}/remove/", {"reason": "x"}).status_code == 403
    assert stranger.post(f"/api/v1{at(cast)}", sent(("二.jpg", photo()))).status_code == 403
    row.refresh_from_db()
    assert row.retired_at is None and Attachment.unscoped.count() == 1
    assert 'type="file"' not in stranger.get(f"/units/{cast.units['东河镇'].pk}/").content.decode()


def test_a_file_of_another_row_is_not_removed_here(cast, units):
    client = client_of(cast, "guanliyuan")
    client.post(at(cast), sent(("一.jpg", photo())))
    other = f"/units/{cast.units['西岭镇'].pk}/files/{Attachment.unscoped.get().pk}/remove/"
    assert client.post(other, {"reason": "x"}).status_code == 404


def test_thumbnails_are_seen_by_who_sees_the_row_and_by_nobody_else(cast, units):
    client_of(cast, "guanliyuan").post(at(cast), sent(("一.jpg", photo())))
    file = StoredFile.unscoped.get()
    answer = client_of(cast, "donghe").get(f"/files/{file.pk}/thumb/")
    assert answer.status_code == 200 and answer["Content-Type"] == "image/jpeg"
    assert b"Exif" not in b"".join(answer.streaming_content)
    public = client_of(cast, "donghe").get(f"/files/{file.pk}/public/")
    assert b"Exif" not in b"".join(public.streaming_content)
    mine = keep("私.jpg", photo(gps=False), cast.actor("guanliyuan"))
    assert client_of(cast, "donghe").get(f"/files/{mine.pk}/thumb/").status_code == 404
    assert client_of(cast, "donghe").get(f"/files/{file.pk}/other/").status_code == 404
    assert Client().get(f"/files/{file.pk}/thumb/").status_code == 302


def test_a_document_is_shown_as_text_to_who_sees_the_row(cast, units):
    """Text and notes, escaped; what cannot be read in words; nothing for pictures, other rows and strangers."""
    plan = docx("<w:p><w:r><w:t>一、&lt;b&gt;重点&lt;/b&gt;</w:t></w:r></w:p>", "<w:p><w:ins w:id='1'><w:r><w:t>新增</w:t></w:r></w:ins></w:p>")
    unit = cast.units["东河镇"]
    with change(SYSTEM, "unit.attach") as w:
        for name, data in (("计划.docx", plan), ("坏.pdf", b"%PDF-1.7 x"), ("图.png", photo_png())):
            attach(w, unit, keep(name, data))
    said, broken, picture = Attachment.unscoped.order_by("pk")
    client = client_of(cast, "guanliyuan")
    page = client.get(f"{at(cast)}{said.pk}/text/").content.decode()
    assert "一、&lt;b&gt;重点&lt;/b&gt;\n新增" in page and "插入 1 处" in page
    refused = client.get(f"{at(cast)}{broken.pk}/text/")
    assert refused.status_code == 200 and "可能已损坏" in refused.content.decode()
    assert client.get(f"{at(cast)}{picture.pk}/text/").status_code == 404
    assert client.get(f"/units/{cast.units['西岭镇'].pk}/files/{said.pk}/text/").status_code == 404
    detail = client.get(f"/units/{unit.pk}/").content.decode()
    assert f"files/{said.pk}/text/" in detail and f"files/{picture.pk}/text/" not in detail
    assert client.post(f"{at(cast)}{said.pk}/text/").status_code == 405
    assert Client().get(f"{at(cast)}{said.pk}/text/").status_code == 302
    said.file.path.unlink()
    assert client.get(f"{at(cast)}{said.pk}/text/").status_code == 404


def test_resources_without_the_feature_have_no_such_address(cast, units):
    user = cast.users["donghe"]
    for base in ("", "/api/v1"):
        assert client_of(cast, "guanliyuan").get(f"{base}/users/{user.pk}/files/").status_code == 404


def test_the_api_lists_and_takes_several(cast, units):
    client = client_of(cast, "guanliyuan")
    answer = client.post(f"/api/v1{at(cast)}", sent(("一.jpg", photo()), ("木马.jpg", EXE), caption="现场"))
    assert answer.status_code == 201
    assert [f["name"] for f in answer.json()["added"]] == ["一.jpg"] and "木马.jpg" in answer.json()[
        "refused"
    ][0]
    row = client.get(f"/api/v1{at(cast)}").json()[0]
    assert (row["name"], row["caption"], row["lat"], row["taken_at"]) == (
        "一.jpg",
        "现场",
        34.12,
        "2026-06-01T09:30:00+08:00",
    )
    assert client.post(f"/api/v1{at(cast)}", sent(("木马.jpg", EXE))).status_code == 400
    assert client.post(f"/api/v1{at(cast)}", {}).json()["errors"]["files"]
    assert client.post(f"/api/v1{at(cast)}", "{}", content_type="application/json").status_code == 415
    schema = client.get("/api/v1/schema/?format=json").json()
    assert set(schema["paths"]["/api/v1/units/{id}/files/"]) >= {"get", "post"}
