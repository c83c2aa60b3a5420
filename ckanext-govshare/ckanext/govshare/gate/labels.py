"""Who may see a dataset's metadata: everyone once it is published, its own people before."""

from __future__ import annotations

import sqlalchemy as sa
from ckan import model
from ckan.lib.plugins import DefaultPermissionLabels

from ckanext.govshare import offices

PUBLIC, SUPERVISION = "public", "govshare-supervision"

#: Portal offices that see drafts: they review and audit them.
SUPERVISORS = frozenset({"authority", "auditor"})

PUBLISHED = sa.text("""
    select from govshare_publication where dataset_id = :id and state = 'published'
""")


def is_published(dataset: model.Package) -> bool:
    """A private flag closes; nothing but the publication opens."""
    if dataset.state != "active" or dataset.private:
        return False
    return model.Session.execute(PUBLISHED, {"id": dataset.id}).first() is not None


class Labels(DefaultPermissionLabels):
    """CKAN's labels, with `public` only for published metadata."""

    def get_dataset_labels(self, dataset_obj: model.Package) -> list[str]:
        if is_published(dataset_obj):
            return [PUBLIC]
        owner = (
            f"member-{dataset_obj.owner_org}"
            if dataset_obj.owner_org
            else f"creator-{dataset_obj.creator_user_id}"
        )
        return [owner, SUPERVISION]

    def get_user_dataset_labels(self, user_obj: model.User | None) -> list[str]:
        labels = super().get_user_dataset_labels(user_obj)  # type: ignore[arg-type]
        if user_obj is None or user_obj.is_anonymous:
            return labels
        if SUPERVISORS & {office.office for office in offices.of(user_obj.id)}:
            labels.append(SUPERVISION)
        return labels
