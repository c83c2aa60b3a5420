"""The storage wall: a resource's file goes to quarantine; CKAN's storage holds none."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any, NoReturn

from ckan.common import current_user
from ckan.plugins import toolkit as tk
from flask import has_request_context
from werkzeug.datastructures import FileStorage

from ckanext.govshare.gate import writes
from ckanext.govshare.release import intake

log = logging.getLogger(__name__)
MB = 1 << 20


class QuarantineUpload:
    """CKAN makes one for each changed resource, before the schema looks at it."""

    def __init__(self, resource: dict[str, Any]) -> None:
        upload = resource.pop("upload", None)
        resource.pop("clear_upload", None)
        writes.server_fields(resource)
        self.file = upload if isinstance(upload, FileStorage) and upload.filename else None
        if self.file is None:
            return
        # The sender's file name can hold a personal value; it waits in the release, not here.
        suffix = PurePosixPath(self.file.filename or "").suffix.lower()
        plain = suffix if suffix[1:].isalnum() and suffix.isascii() else ""
        resource["url"] = f"data{plain}"
        resource["url_type"] = "upload"
        resource["last_modified"] = datetime.now(UTC).replace(tzinfo=None).isoformat()

    def upload(self, id: str, max_size: int = 10) -> None:
        """Hand the file to the release room, in the transaction of the write.

        :raises tk.ValidationError: the file is larger than `max_size` MB, or the disk has no
            room for it; nothing is kept then.
        """
        if self.file is None:
            return
        stream = self.file.stream
        stream.seek(0, 2)
        if max_size and stream.tell() > max_size * MB:
            raise tk.ValidationError(
                {"upload": [tk._("The file is larger than {0} MB.").format(max_size)]}
            )
        stream.seek(0)
        try:
            intake.receive(id, stream, self.file.filename or "", _source(), _user_id())
        except OSError as error:
            log.exception("A file could not be stored in quarantine")
            raise tk.ValidationError({"upload": [tk._(
                "The portal has no room for this file just now. Nothing was changed; tell the "
                "operator and try again later."
            )]}) from error

    def get_path(self, id: str) -> NoReturn:  # noqa: ARG002
        """Nothing servable lies behind a resource's id."""
        raise tk.ObjectNotFound(tk._("Files are read through their release only."))


def _user_id() -> str | None:
    signed_in = has_request_context() and current_user.is_authenticated
    return current_user.id if signed_in else None


def _source() -> str:
    if not has_request_context():
        return "harvest"
    return "api" if (tk.request.endpoint or "").startswith("api.") else "form"
