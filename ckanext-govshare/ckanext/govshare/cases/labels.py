"""The names that people see for states, acts and fields."""

from __future__ import annotations

from ckan.plugins import toolkit as tk


def state(code: str) -> str:
    return {
        "draft": tk._("Draft"),
        "submitted": tk._("Submitted"),
        "accepted": tk._("Case received"),
        "in_review": tk._("In review"),
        "extension_requested": tk._("Extension asked for"),
        "extended": tk._("Extended"),
        "supplement": tk._("Waiting for supplement"),
        "approved": tk._("Approved"),
        "partially_approved": tk._("Approved in part"),
        "refused": tk._("Refused"),
        "withdrawn": tk._("Taken back"),
        "deemed_approved": tk._("Deemed approved"),
        "escalated": tk._("Data authority provides"),
        "delivered": tk._("Delivered"),
        "disputed": tk._("Disputed"),
        "coordinating": tk._("Being coordinated"),
        "referred": tk._("Referred to the government"),
        "settled": tk._("Dispute settled"),
        "filed": tk._("Filed"),
        "received": tk._("Case received"),
        "agreed": tk._("Agreed"),
        "change_proposed": tk._("Change proposed"),
        "catalogue_changed": tk._("Catalogue changed"),
        "dispatched": tk._("Passed on"),
        "verifying": tk._("Being verified"),
        "confirmed": tk._("Error confirmed"),
        "rejected": tk._("No error found"),
        "correcting": tk._("Being corrected"),
        "corrected": tk._("Corrected"),
        "closed": tk._("Closed"),
    }.get(code, code)


def act(code: str) -> str:
    return {
        "submit": tk._("Submit"),
        "submitted": tk._("Submitted"),
        "received": tk._("Case received"),
        "receive": tk._("Case received"),
        "take": tk._("Take the case"),
        "assign": tk._("Assign"),
        "comment": tk._("Comment inside the office"),
        "return_for_supplement": tk._("Return for supplement"),
        "resubmit": tk._("Send the supplement"),
        "prepare": tk._("Prepare the decision"),
        "ask_extension": tk._("Ask for an extension"),
        "consent": tk._("Consent to the extension"),
        "decline": tk._("Decline the extension"),
        "approve": tk._("Approve"),
        "approve_in_part": tk._("Approve in part"),
        "refuse": tk._("Refuse"),
        "withdraw": tk._("Withdraw"),
        "deem_approved": tk._("Deemed approved"),
        "step_in": tk._("Data authority steps in"),
        "provide": tk._("Provide the data"),
        "deliver": tk._("Deliver"),
        "object": tk._("Object to the decision"),
        "negotiation_failed": tk._("No agreement: pass on to the data authority"),
        "refer": tk._("Refer to the government"),
        "settle": tk._("Settle the dispute"),
        "recounted": tk._("Time limit counted again"),
        "agree": tk._("Agree"),
        "propose_change": tk._("Propose the change"),
        "change_catalogue": tk._("Change the catalogue"),
        "dispatch": tk._("Dispatch"),
        "confirm": tk._("Confirm the error"),
        "reject": tk._("No error found"),
        "begin": tk._("Begin the correction"),
        "correct": tk._("Corrected"),
        "close": tk._("Close the case"),
        "close_rejected": tk._("Close the case"),
    }.get(code, code)


def use_type(code: str) -> str:
    return {
        "administrative_basis": tk._("Basis of administrative acts"),
        "working_reference": tk._("Reference at work"),
        "data_checking": tk._("Checking of data"),
        "business_coordination": tk._("Coordination of business"),
        "other": tk._("Other use"),
    }.get(code, code)


def kind(code: str) -> str:
    return {
        "application": tk._("Application"),
        "objection": tk._("Objection to the catalogue"),
        "correction": tk._("Data correction"),
    }.get(code, code)


def mode(code: str) -> str:
    return {
        "file": tk._("File download"),
        "api": tk._("Data interface"),
        "verify": tk._("Verification (matches or not)"),
    }.get(code, code)


def applicant(code: str) -> str:
    return {
        "citizen": tk._("Natural person"),
        "legal_person": tk._("Legal person"),
        "other_organisation": tk._("Other organization"),
        "department": tk._("Government department"),
    }.get(code, code)


def field(code: str) -> str:
    return {
        "purpose": tk._("Purpose"),
        "scenario": tk._("Scenario of use"),
        "business": tk._("Business it serves"),
        "need": tk._("Need"),
        "results": tk._("Expected results"),
        "items": tk._("Items"),
        "months": tk._("Months of use"),
        "mode": tk._("Mode"),
        "applicant_kind": tk._("Applicant"),
        "undertaking": tk._("Undertaking"),
        "attached": tk._("Attachments"),
        "reason": tk._("Reason given"),
        "evidence": tk._("Supporting evidence"),
    }.get(code, code)


def office(codes: str | None) -> str:
    """The office or offices in which somebody acted; empty for time and the system."""
    names = {
        "applicant": tk._("Applicant"),
        "publisher": tk._("Publisher"),
        "reviewer": tk._("Reviewer"),
        "confidentiality_reviewer": tk._("Confidentiality reviewer"),
        "head": tk._("Principal leader"),
        "authority": tk._("Data authority"),
        "auditor": tk._("Auditor"),
        "operator": tk._("Operator"),
        "holder": tk._("Holder of the grant"),
    }
    return ", ".join(names.get(code, code) for code in (codes or "").split(", ") if code)


def standing(code: str) -> str:
    return {
        "waiting": tk._("Not begun"),
        "live": tk._("In force"),
        "used-up": tk._("Used up"),
        "suspended": tk._("Suspended"),
        "expired": tk._("Expired"),
        "ended": tk._("Ended"),
    }.get(code, code)
