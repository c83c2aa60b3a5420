"""The last steps: make a release public, replace the one before, take one back."""

from __future__ import annotations

import datetime as dt

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH

from ckanext.govshare.release import contents, follow, output, publication, queue, signing, stage
from ckanext.govshare.release import model as store
from ckanext.govshare.release.model import QUARANTINE, VAULT, Release
from ckanext.govshare.release.vault import Missing, NotIntact, Vault


def check_class(release: Release, package: model.Package) -> None:
    """:raises tk.ValidationError: data of this dataset may not be released as it stands."""
    now = stage.open_class(package)
    if now not in ("unconditional", "conditional"):
        stage.refuse(
            tk._(
                "This dataset is not open: only its metadata may be published, its data are never "
                "released. Change its openness first, with its legal basis."
            )
        )
    if release.open_class and release.open_class != now:
        stage.refuse(
            tk._(
                "The openness of the dataset changed since the department signed. "
                "Return the release, so that it is signed for the openness it has now."
            )
        )


def publish(release: Release, package: model.Package, user_id: str, office: str) -> None:
    """Put the signed output in place of the released one. All of it or nothing.

    The order matters: bytes into the vault, then one transaction in which the earlier release
    becomes `replaced`, this one `released`, and the resource tells what is served.
    """
    check_class(release, package)
    publication.check_releasable(package.id)
    if signing.turn(release) is not None or release.digest is None:
        stage.refuse(tk._("Signatures are missing."))
    _into_vault(release)
    earlier = store.released(release.resource_id)
    if earlier is not None:
        stage.end(earlier, None)
        stage.move(
            earlier, "replaced", "release.replaced", actor=user_id, office=office,
            data={"by": release.id},
        )
        model.Session.flush()  # before the new row: one released per resource, always
    release.released_at = store.now()
    stage.move(
        release, "released", "release.released", actor=user_id, office=office,
        data={
            "number": release.number,
            "dataset": release.dataset_id,
            "resource": release.resource_id,
            "digest": release.digest,
            "plan_digest": release.plan_digest,
            "renditions": dict(release.renditions),
            "open_class": release.open_class,
        },
        rule="ZS 27; NY 45",
    )
    publication.on_release(package.id, user_id)
    _describe(release, package)
    queue.after_commit(follow.follow_release, release.id)


def take_back(
    release: Release, user_id: str, office: str, reason: str, *, rule: str | None = None
) -> None:
    """Withdraw at once; what was served stops being served with this transaction."""
    was_served = release.state == "released"
    stage.end(release, reason)
    stage.move(
        release, "withdrawn", "release.withdrawn", actor=user_id, office=office,
        data={"was_released": was_served}, rule=rule,
    )
    if was_served:
        _forget(release)
        queue.after_commit(follow.follow_release, release.id)


def erase_secret(release: Release) -> None:
    """Remove what must not be in the portal at all (NY 2, 10; ZS 17): raw file and outputs."""
    for digest in {release.raw_digest, *release.renditions.values()}:
        if not _still_used(digest, release.id):
            Vault(QUARANTINE).erase(digest)


def _still_used(digest: str, release_id: str) -> bool:
    every = sa.func.jsonb_path_query_array(Release.renditions, sa.cast("$.*", JSONPATH))
    in_renditions = sa.type_coerce(every, JSONB).contains([digest])
    others = sa.select(Release.id).where(
        Release.id != release_id,
        Release.state != "withdrawn",
        sa.or_(Release.raw_digest == digest, in_renditions),
    )
    return model.Session.scalars(others).first() is not None


def _into_vault(release: Release) -> None:
    quarantine, vault = Vault(QUARANTINE), Vault(VAULT)
    for name, digest in release.renditions.items():
        try:
            if not vault.has(digest):
                vault.adopt(digest, quarantine)
        except (Missing, NotIntact):
            stage.refuse(
                tk._("The output no longer is what was signed. Transform and sign it again.")
            )
        size = vault.path(digest).stat().st_size
        contents.keep(digest, size, contents.media_type(f"x.{name}"), VAULT)


def _describe(release: Release, package: model.Package) -> None:
    """Write into CKAN's resource what is served, and nothing of the raw file."""
    resource = model.Session.get(model.Resource, release.resource_id)
    if resource is None or release.digest is None:
        stage.refuse(tk._("The resource of this release was deleted."))
    # The sender's file name can hold a personal value: it is not served.
    name = f"{output.NAME}.{release.format}"
    resource.url = name
    resource.url_type = "upload"
    resource.format = (release.format or "").upper()
    resource.mimetype = contents.media_type(name)
    resource.size = Vault(VAULT).path(release.digest).stat().st_size
    resource.hash = f"sha256:{release.digest}"
    resource.last_modified = package.metadata_modified = _naive_now()


def _forget(release: Release) -> None:
    resource = model.Session.get(model.Resource, release.resource_id)
    if resource is not None:
        resource.hash = ""
        resource.size = None  # type: ignore[assignment]
        resource.last_modified = _naive_now()


def _naive_now() -> dt.datetime:
    """CKAN's own columns keep naive UTC."""
    return store.now().replace(tzinfo=None)
