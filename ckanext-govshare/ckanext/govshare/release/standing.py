"""The standing signature: new content of the same shape on the signatures of the release before.

Off unless the setting allows it. It stands only while nothing that the persons judged has changed:
columns, plan, open class, engine's clean rescan; and only while they still hold their offices.
"""

from __future__ import annotations

from ckan import model

from ckanext.govshare import offices
from ckanext.govshare.release import finish, machine, settings, signing, stage
from ckanext.govshare.release import model as store
from ckanext.govshare.release.model import Release, Signature


def may_stand(release: Release) -> bool:
    """Whether the release may try to go out on the earlier signatures: same plan, same columns."""
    earlier = store.released(release.resource_id)
    return (
        settings.standing_signature()
        and earlier is not None
        and earlier.plan_digest == release.plan_digest
        and not (release.plan or {}).get("by_hand")
        and _shape(earlier) == _shape(release)
    )


def release_if_standing(release: Release) -> None:
    """Carry the earlier signatures over and release, if they stand."""
    earlier = store.released(release.resource_id)
    if earlier is None or not may_stand(release) or earlier.columns != release.columns:
        return
    package = stage.dataset(release)
    signatures = signing.valid(earlier)
    authority = signatures.get(machine.AUTHORITY)
    complete = all(office in signatures for office in signing.needed(release))
    if not complete or authority is None or earlier.open_class != stage.open_class(package):
        return
    if not all(_still_in_office(s, package) for s in signatures.values()):
        return
    release.open_class = earlier.open_class
    stage.move(release, "in_review", "release.standing", actor=None, data={"as": earlier.id})
    for office in signing.needed(release):
        signing.write(release, office, signatures[office].user_id, "sign", standing=True)
    finish.publish(release, package, authority.user_id, machine.AUTHORITY)


def _still_in_office(signature: Signature, package: model.Package) -> bool:
    org = package.owner_org if signature.office in machine.ORG_OFFICES else None
    return offices.holds(signature.user_id, signature.office, org)


def _shape(release: Release) -> list[list[str]]:
    return [[c["name"] for c in table["columns"]] for table in release.findings or []]
