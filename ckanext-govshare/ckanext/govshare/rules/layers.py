"""The two layers of a profile, `share` (between departments) and `open` (to the public).

What can happen when a clock runs out differs by layer and is fixed here by type: deemed approval
(Linyi art. 13) and the authority's step-in (Zhongshan art. 22) are rules on sharing between
departments, so the open layer has no word for them and a file that says so does not load.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from .cited import Cited, Strict
from .openness import OpenClass, ShareClass

WorkingDays = Annotated[int, Field(ge=1, le=366)]
Side = Literal["provider", "authority", "authority_with_provider"]
RefusalNeed = Literal["reason", "basis"]
Level = Literal[
    "law", "administrative_regulation", "regulation", "central_policy", "national_document"
]
StartEvent = Literal[
    "received", "replied", "overdue", "dispatched", "decided", "changed", "formed_or_changed",
    "agreed",
]  # fmt: skip
Applicant = Literal["citizen", "legal_person", "other_organisation", "department"]


class Extension(Strict):
    """How far a clock may be prolonged: days in all, how often, with whose consent."""

    limit_wd: Cited[WorkingDays]
    consent: Cited[Literal["principal_leader", "authority"]]
    times: Cited[Annotated[int, Field(ge=1)]]


class ClockRule(Strict):
    """One statutory clock: working days, the event that starts it, its extension if any."""

    limit_wd: Cited[WorkingDays]
    start: Cited[StartEvent]
    extension: Extension | None = None


class CatalogueClocks(Strict):
    """Clocks of catalogue and data that run in either layer."""

    catalogue_update: ClockRule | None = None
    catalogue_review: ClockRule | None = None
    county_report: ClockRule | None = None
    attribute_change: ClockRule | None = None
    data_update: ClockRule | None = None
    publish: ClockRule | None = None


class OpenClocks(CatalogueClocks):
    reply: ClockRule | None = None
    objection: ClockRule | None = None
    correction_verify: ClockRule | None = None
    correction_fix: ClockRule | None = None


class ShareClocks(OpenClocks):
    delivery: ClockRule | None = None
    step_in: ClockRule | None = None
    interface_extension: ClockRule | None = None


class Correction(Strict):
    """The way a report of wrong data takes (Nanyang 64, 65; Linyi 16; Yunnan 27; Zhongshan 23;
    Tengzhou 15): who receives it, who dispatches and verifies it, who is told."""

    receiver: Cited[Literal["provider", "authority"]]
    dispatcher: Cited[Literal["tech_service"]] | None = None
    verifier: Cited[Side]
    evidence_needed: Cited[bool] | None = None
    filed_with_authority: Cited[bool] | None = None
    person_not_sent_round: Cited[bool] | None = None
    usable_meanwhile: Cited[bool] | None = None


class Layer(Strict):
    """What both layers can say; what the regulation leaves open is None."""

    class_filing: Cited[bool] | None = None
    basis_levels: Cited[tuple[Level, ...]] | None = None
    applicants: Cited[tuple[Applicant, ...]] | None = None
    application_needs: Cited[tuple[str, ...]] | None = None
    decider: Cited[Literal["provider", "authority"]] | None = None
    refusal_needs: Cited[tuple[RefusalNeed, ...]] | None = None
    correction: Correction | None = None


class OpenLayer(Layer):
    """To citizens, companies and other organisations."""

    classes: Cited[tuple[OpenClass, ...]] | None = None
    basis_required_for: Cited[tuple[OpenClass, ...]] | None = None
    reason_required_for: Cited[tuple[OpenClass, ...]] | None = None
    overdue_policy: Cited[Literal["report_only"]] | None = None
    clocks: OpenClocks = OpenClocks()
    unconditional_needs_authentication: Cited[bool] | None = None
    sensitive_needs_desensitization: Cited[bool] | None = None
    paid_use_after_desensitization: Cited[bool] | None = None
    single_portal: Cited[str] | None = None
    desensitization_profile_per_category: Cited[bool] | None = None
    authority_review_before_publish: Cited[bool] | None = None
    machine_readable: Cited[bool] | None = None
    same_content_and_format: Cited[bool] | None = None
    feedback_analysis: Cited[Literal["periodic"]] | None = None

    @field_validator("overdue_policy", mode="before")
    @classmethod
    def _no_irreversible_policy(cls, given: Any) -> Any:
        value = given.get("value") if isinstance(given, dict) else given
        if value in ("deem_approved", "authority_provides"):
            raise ValueError(
                f"overdue_policy = {value!r} belongs to the share layer only: toward the public "
                "nothing is deemed approved and nobody provides in the department's place"
            )
        return given


class ShareLayer(Layer):
    """Between departments."""

    classes: Cited[tuple[ShareClass, ...]] | None = None
    basis_required_for: Cited[tuple[ShareClass, ...]] | None = None
    reason_required_for: Cited[tuple[ShareClass, ...]] | None = None
    overdue_policy: Cited[Literal["report_only", "deem_approved", "authority_provides"]] | None = (
        None
    )
    clocks: ShareClocks = ShareClocks()
    grant_expiry_required: Cited[bool] | None = None
    grant_renewal: Cited[Literal["new_application"]] | None = None
    suspend_by: Cited[Literal["authority"]] | None = None
    suspend_grounds: Cited[tuple[str, ...]] | None = None
    service_types: Cited[tuple[str, ...]] | None = None
    batch_needs_justification: Cited[bool] | None = None
    closed_data_verification: Cited[bool] | None = None
    least_permission: Cited[bool] | None = None
    secondary_disclosure: Cited[Literal["forbidden", "provider_consent"]] | None = None
    commercial_use: Cited[bool] | None = None
    free_of_charge: Cited[bool] | None = None
    use_types: Cited[tuple[str, ...]] | None = None
    delivery_modes: Cited[tuple[str, ...]] | None = None
    base_data_declassified: Cited[Literal["where_appropriate"]] | None = None
    base_data_unconditional: Cited[bool] | None = None
    dispute: Cited[tuple[str, ...]] | None = None
    dispute_subjects: Cited[tuple[str, ...]] | None = None
    collection_modes: Cited[tuple[str, ...]] | None = None
