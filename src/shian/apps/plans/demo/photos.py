"""Two pictures hung on a task of the demo county: drawn here, no photograph of anything, and they say so (演示)."""

from __future__ import annotations

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from shian.kernel.attachments.rows import add_files
from shian.kernel.day import now
from shian.kernel.files.sniff import PICTURES
from shian.kernel.scopes import Actor

from ..models import Task

SIZE = (1280, 960)
EXIF, TAKEN = 0x8769, 0x9003
"""DateTimeOriginal, in the part of the camera."""
GLYPHS = tuple(
    bytes.fromhex(rows)
    for rows in (
        "00000000000000000000000000001c000e003c001f803c001ffffffe0ffffffe03bffffe003c001e003c001e003ffffe"
        "1007fff03c07fff07f003c007f003c001f0ffff80e0ffff8020ffff8000e3c38000e3c38000ffff8030ffff803cffff8"
        "07ce3c38078ffff80f8ffff80f0ffff81f0181c01e07e3e03e1fc1f83c7f80fc",
        "00000000000000000000000000000000000000000000000007ffffe007ffffe007ffffe007ffffe00000000000000000"
        "00000000000000003ffffffc3ffffffc3ffffffc3ffffffc0003c0000003c0000303c08003c3c3c007c3c3e00783c1e0"
        "0f83c1f01f03c0f81f03c0f83e03c07c7c03c07c3c03c03c187fc030007fc000",
    )
)
"""演 and 示, 32 × 32 dots: a server need not have a Chinese font."""


def hang(actor: Actor, task: Task) -> None:
    """The pictures on ``task``, as its unit would send them."""
    for name, caption, draw in (
        ("留样柜.jpg", "留样柜已更换，每餐每品分盒留样（演示图片）", cabinet),
        ("留样登记.jpg", "留样登记台账已补记时间（演示图片）", register),
    ):
        upload = SimpleUploadedFile(name, _jpeg(draw), "image/jpeg")
        _added, refused = add_files(actor, task, [upload], caption, verb="task.attach", allowed=PICTURES, limit=20 << 20)
        if refused:
            raise ValueError("；".join(refused))


def cabinet(d: ImageDraw.ImageDraw) -> None:
    """A cooled cabinet with three shelves of sample boxes."""
    d.rectangle((260, 90, 1020, 900), fill="#e8edf1", outline="#8a97a3", width=10)
    d.rectangle((300, 130, 980, 860), fill="#cfe3ea")
    colours = ("#c8553d", "#e0a458", "#7a9e59", "#f1e3c6", "#8d6b94", "#d98e73")
    for shelf in range(3):
        floor = 350 + shelf * 235
        d.rectangle((300, floor, 980, floor + 14), fill="#9fb1ba")
        for n in range(6):
            left = 322 + n * 108
            d.rounded_rectangle((left, floor - 120, left + 92, floor), 12, fill="#f7fafb", outline="#90a3ad", width=3)
            d.rectangle((left + 8, floor - 60, left + 84, floor - 8), fill=colours[(n + shelf * 2) % 6])
            d.rectangle((left + 20, floor - 108, left + 72, floor - 78), fill="#ffffff", outline="#55606a")


def register(d: ImageDraw.ImageDraw) -> None:
    """An open register, its lines filled in by hand."""
    d.polygon(((150, 200), (640, 160), (640, 850), (150, 880)), fill="#fdfbf3", outline="#8b7d5b")
    d.polygon(((640, 160), (1130, 200), (1130, 880), (640, 850)), fill="#fbf8ec", outline="#8b7d5b")
    for n in range(11):
        y = 260 + n * 54
        for left, right in ((190, 600), (680, 1090)):
            d.line((left, y, right, y), fill="#b9b39d", width=3)
            for k in range(4 if n % 3 else 5):
                x = left + 12 + k * 80
                d.line((x, y - 14, x + 22, y - 30, x + 40, y - 12, x + 58, y - 26), fill="#2b4a7f", width=4)


def _jpeg(draw) -> bytes:
    picture = Image.new("RGB", SIZE, "#b8b2a7")
    d = ImageDraw.Draw(picture)
    for y in range(SIZE[1]):
        shade = 176 + y * 40 // SIZE[1]
        d.line((0, y, SIZE[0], y), fill=(shade, shade - 4, shade - 12))
    draw(d)
    _mark(d)
    exif = Image.Exif()
    exif.get_ifd(EXIF)[TAKEN] = f"{now():%Y:%m:%d %H:%M:%S}"
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=82, exif=exif)
    return out.getvalue()


def _mark(d: ImageDraw.ImageDraw, dot: int = 5) -> None:
    """演示 in a red frame, above and to the left, where the square of a thumbnail still shows it."""
    left = (SIZE[0] - SIZE[1]) // 2 + 16
    d.rectangle((left, 24, left + 68 * dot, 40 + 32 * dot), fill="#ffffff", outline="#b3261e", width=6)
    for n, glyph in enumerate(GLYPHS):
        for at in range(32 * 32):
            if glyph[at // 8] >> (7 - at % 8) & 1:
                x, y = left + 10 + (n * 33 + at % 32) * dot, 32 + at // 32 * dot
                d.rectangle((x, y, x + dot - 1, y + dot - 1), fill="#b3261e")
