"""Pictures of organizations, groups, people and the site: redrawn, never copied.

A picture can carry a whole data file behind its last byte. Decoding and encoding it again keeps
the pixels and nothing else.
"""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from ckan.lib.uploader import Upload
from ckan.plugins import toolkit as tk
from flask import has_request_context
from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("PNG", "JPEG", "GIF")
UNREADABLE = (
    UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError,
)
MAX_SIDE = 2000
MAX_PIXELS = 40_000_000


class RedrawnUpload(Upload):
    """CKAN's uploader for pictures, with the bytes drawn again and named by their digest."""

    def update_data_dict(
        self, data_dict: dict[str, Any], url_field: str, file_field: str, clear_field: str
    ) -> None:
        """An address of another site is not kept: a page asks no outside host for anything.

        :raises tk.ValidationError: the upload is not a picture.
        """
        super().update_data_dict(data_dict, url_field, file_field, clear_field)
        if self.filename and self.upload_file and self.storage_path:
            drawn, suffix = redraw(self.upload_file, file_field)
            self.upload_file = io.BytesIO(drawn)
            self.filename = hashlib.sha256(drawn).hexdigest()[:32] + suffix
            self.filepath = str(Path(self.storage_path) / self.filename)
            self.tmp_filepath = self.filepath + "~"
            data_dict[url_field] = self.filename
        elif _is_elsewhere(str(data_dict.get(url_field) or "")):
            data_dict[url_field] = ""
            if has_request_context() and not (tk.request.endpoint or "").startswith("api."):
                tk.h.flash_notice(tk._("Pictures of other sites are not shown. Upload the file."))


def redraw(stream: IO[bytes], field: str) -> tuple[bytes, str]:
    """The picture as fresh bytes, and their file ending.

    :raises tk.ValidationError: it is not a picture of a known kind, or too large.
    """
    try:
        stream.seek(0)
        picture = Image.open(stream, formats=FORMATS)
        if picture.width * picture.height > MAX_PIXELS:
            raise tk.ValidationError({field: [tk._("The picture is too large.")]})
        kind = picture.format
        drawn = ImageOps.exif_transpose(picture).convert("RGB" if kind == "JPEG" else "RGBA")
    except UNREADABLE as error:
        raise tk.ValidationError(
            {field: [tk._("This is not a PNG, JPEG or GIF picture.")]}
        ) from error
    drawn.thumbnail((MAX_SIDE, MAX_SIDE))
    clean = Image.new(drawn.mode, drawn.size)
    clean.paste(drawn)
    out = io.BytesIO()
    clean.save(out, "JPEG" if kind == "JPEG" else "PNG")
    return out.getvalue(), ".jpg" if kind == "JPEG" else ".png"


def _is_elsewhere(url: str) -> bool:
    """An address that a browser would fetch from another host, or as anything but http."""
    url = url.strip().replace("\\", "/")
    parts = urlsplit(url)
    here = urlsplit(tk.config["ckan.site_url"])
    same = (parts.scheme, parts.netloc) == (here.scheme, here.netloc)
    return bool(parts.scheme or parts.netloc or url.startswith("//")) and not same
