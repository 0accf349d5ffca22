"""What a picture tells (size, when and where it was taken), and the smaller copies made of it.

The size is read off the header before anything is decoded: a file of 100 kB may claim a gigapixel.
EXIF 2.32 (CIPA DC-008) tags 36867, 36881, GPS 1-4. Copies carry no EXIF and stand upright.
"""

from __future__ import annotations

import datetime as dt
import math
import os
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

MOST_PIXELS = 50_000_000
"""More than any camera of an inspector takes; decoded, 150 MB."""
READ = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "gif": "GIF"}
"""Kinds we decode; HEIC is kept as it came, without copies."""
COPIES = {"thumb": 320, "public": 1600}
"""Longest side of each copy, in pixels."""

BROKEN = (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, TypeError, KeyError)
"""What Pillow raises for a damaged file."""


@dataclass(frozen=True)
class Picture:
    width: int
    height: int
    taken_at: dt.datetime | None = None
    lat: float | None = None
    """Degrees, north positive (WGS 84)."""
    lon: float | None = None


def look(path: Path, name: str, kind: str) -> Picture | None:
    """Size and EXIF of the picture at ``path``; None for a kind we do not decode.

    Raises :class:`ValidationError` for a damaged file and for one of more than :data:`MOST_PIXELS`.
    """
    if kind not in READ:
        return None
    try:
        with Image.open(path, formats=[READ[kind]]) as image:
            width, height = image.size
            exif = image.getexif() if width * height <= MOST_PIXELS else None
            place, taken = (exif.get_ifd(0x8825), exif.get_ifd(0x8769)) if exif else ({}, {})
    except Image.DecompressionBombError as error:
        raise _bomb(name) from error
    except BROKEN as error:
        raise _broken(name) from error
    if width * height > MOST_PIXELS:
        raise _bomb(name, f"{width} × {height}")
    lat, lon = _degrees(place, 1, 2, 90, "S"), _degrees(place, 3, 4, 180, "W")
    known = lat is not None and lon is not None
    return Picture(width, height, _moment(taken), lat if known else None, lon if known else None)


def _bomb(name: str, size: str = "") -> ValidationError:
    limit = MOST_PIXELS // 10_000
    return ValidationError(
        _("“%(name)s”：图片%(size)s超过 %(limit)s 万像素的上限，疑似图片炸弹，已拒绝；请缩小后再上传")
        % {"name": name, "size": f"（{size}）" if size else "", "limit": f"{limit:,}"},
        code="pixels",
    )


def _broken(name: str) -> ValidationError:
    return ValidationError(_("“%(name)s”：图片不完整或已损坏，无法打开") % {"name": name}, code="broken")


def _moment(tags: dict) -> dt.datetime | None:
    """When the shutter fell: camera time, in its own zone where it says so, else in ours."""
    try:
        moment = dt.datetime.strptime(str(tags.get(36867, "")).strip("\x00 "), "%Y:%m:%d %H:%M:%S")
        offset = str(tags.get(36881, "")).strip("\x00 ")
        zone = dt.datetime.strptime(offset, "%z").tzinfo if offset else timezone.get_default_timezone()
        return moment.replace(tzinfo=zone) if moment.year >= 1990 else None
    except ValueError:
        return None


def _degrees(tags: dict, ref: int, value: int, most: int, negative: str) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in tags[value])
        found = degrees + minutes / 60 + seconds / 3600
        side = tags[ref]
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    if not math.isfinite(found) or not 0 <= found <= most:
        return None
    side = side.decode("ascii", "replace") if isinstance(side, bytes) else str(side)
    return round(-found if side.strip("\x00 ").upper() == negative else found, 6)


def copy_of(path: Path, copy: str) -> Path:
    """Where the copy ``thumb`` or ``public`` of the picture at ``path`` lies."""
    return path.with_name(f"{path.name}.{copy}.jpg")


def make_copies(path: Path, name: str, kind: str) -> None:
    """Writes the copies beside the picture at ``path``, each by one rename. Raises as :func:`look` does."""
    if kind not in READ or all(copy_of(path, copy).exists() for copy in COPIES):
        return
    try:
        with Image.open(path, formats=[READ[kind]]) as source:
            largest = max(COPIES.values())
            source.draft("RGB", (largest, largest))
            image = ImageOps.exif_transpose(source)
            image.thumbnail((largest, largest))
            image = _on_white(image)
            for copy, side in sorted(COPIES.items(), key=lambda pair: -pair[1]):
                image.thumbnail((side, side))
                _write(image, copy_of(path, copy))
    except Image.DecompressionBombError as error:
        raise _bomb(name) from error
    except BROKEN as error:
        raise _broken(name) from error


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    image = image.convert("RGBA")
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    return paper


def _write(image: Image.Image, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f"{target.name}.{os.getpid()}.tmp")
    try:
        image.save(temporary, "JPEG", quality=82, optimize=True, exif=b"", icc_profile=None)
        temporary.chmod(0o640)
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
