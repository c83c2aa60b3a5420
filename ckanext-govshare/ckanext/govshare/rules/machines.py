"""The machines of the three kinds of case, declared once. `docs/state-machines.md` is drawn
from here.

- APPLICATION: access to conditional data (Nanyang art. 46; Linyi 12–13; Yunnan 25;
  Zhongshan 22; Tengzhou 12).
- OBJECTION: to the open catalogue (Nanyang art. 45).
- CORRECTION: of wrong data, five variants (Linyi 16, Nanyang 64–65, Yunnan 27, Zhongshan 23,
  Tengzhou 15): who receives, dispatches and verifies is cast by the profile.
"""

from __future__ import annotations

from . import guards as g
from .machine import APPLICANT, TIME, TIME_OR_HANDLER, Machine, Move

REPLY = {
    "nanyang.open": "46", "nanyang.share": "12", "linyi.share": "13", "yunnan.share": "25",
    "zhongshan.share": "22", "tengzhou.share": "12",
}  # fmt: skip
DEEMED = {"linyi.share": "13"}
STEP_IN = {"zhongshan.share": "22"}
DISPUTE = {
    "linyi.share": "18", "nanyang.share": "40", "zhongshan.share": "37", "tengzhou.share": "12",
}  # fmt: skip
EXTENSION = {"nanyang.open": "46"}
OBJECTION_ARTICLE = {"nanyang.open": "45"}
CORRECTION_ARTICLE = {
    "nanyang.share": "65", "linyi.share": "16", "yunnan.share": "27", "zhongshan.share": "23",
    "tengzhou.share": "15",
}  # fmt: skip

# Neither a supplement nor a wish for an extension stops the clock: no regulation knows a pause.
IN_REVIEW = ("in_review", "extension_requested", "extended")
DECIDABLE = (*IN_REVIEW, "supplement")
PENDING = ("accepted", *DECIDABLE)
DECIDES = (g.NOT_OWN_CASE, g.PREPARED_BY_ANOTHER)

APPLICATION = Machine(
    name="application",
    initial="draft",
    final=("delivered", "refused", "withdrawn", "settled"),
    clocks=("reply", "delivery", "step_in"),
    moves=(
        Move("submit", ("draft",), "submitted", APPLICANT,
             (g.CLASS_CONDITIONAL, g.KIND_ALLOWED, g.FORM_COMPLETE, g.UNDERTAKING),
             articles=REPLY | {"linyi.share": "12"}),
        Move("receive", ("submitted",), "accepted", TIME, event="received", articles=REPLY),
        Move("take", ("accepted",), "in_review", "handler", (g.NOT_OWN_CASE,), articles=REPLY),
        Move("assign", PENDING, None, "handler", (g.NOT_OWN_CASE,)),
        Move("comment", PENDING, None, "handler", (g.NOT_OWN_CASE,)),
        Move("return_for_supplement", IN_REVIEW, "supplement", "handler",
             (g.NOT_OWN_CASE, g.REASON)),
        Move("resubmit", ("supplement",), "in_review", APPLICANT, (g.FORM_COMPLETE,)),
        Move("prepare", DECIDABLE, None, "handler", (g.NOT_OWN_CASE,)),
        Move("ask_extension", ("in_review",), "extension_requested", "handler",
             (g.NOT_OWN_CASE, g.extension_of("reply")), articles=EXTENSION),
        Move("consent", ("extension_requested",), "extended", "head",
             (g.NOT_OWN_CASE, g.ASKED_BY_ANOTHER, g.extension_of("reply")), articles=EXTENSION),
        Move("decline", ("extension_requested",), "in_review", "head",
             (g.NOT_OWN_CASE, g.REASON), articles=EXTENSION),
        Move("approve", DECIDABLE, "approved", "decider", (*DECIDES, g.EXPIRY),
             event="replied", articles=REPLY),
        Move("approve_in_part", DECIDABLE, "partially_approved", "decider",
             (*DECIDES, g.ITEMS_SPLIT, g.ITEM_REASONS, g.BASIS, g.EXPIRY),
             event="replied", articles=REPLY),
        Move("refuse", DECIDABLE, "refused", "decider", (*DECIDES, g.REASON, g.BASIS),
             articles=REPLY),
        Move("withdraw", ("draft", "submitted", *PENDING), "withdrawn", APPLICANT),
        Move("deem_approved", PENDING, "deemed_approved", TIME,
             (g.overdue_under("deem_approved"),),
             event="overdue", articles=DEEMED, layers=("share",)),
        Move("step_in", PENDING, "escalated", TIME, (g.overdue_under("authority_provides"),),
             event="overdue", articles=STEP_IN, layers=("share",)),
        Move("provide", ("escalated",), "delivered", "authority", (g.NOT_OWN_CASE,),
             articles=STEP_IN, layers=("share",)),
        Move("deliver", ("approved", "partially_approved", "deemed_approved"), "delivered",
             TIME_OR_HANDLER, articles={"nanyang.open": "46", "zhongshan.share": "22"}),
        Move("object", ("refused", "partially_approved"), "disputed", APPLICANT, (g.REASON,),
             articles=DISPUTE, layers=("share",)),
        Move("settle", ("disputed",), "settled", "first to settle", (g.REASON,),
             articles=DISPUTE, layers=("share",)),
        Move("negotiation_failed", ("disputed",), "coordinating", "provider",
             (g.REASON, g.NEGOTIATES), articles=DISPUTE, layers=("share",)),
        Move("settle", ("coordinating", "referred"), "settled", "authority", (g.REASON,),
             articles=DISPUTE, layers=("share",)),
        Move("refer", ("coordinating",), "referred", "authority", (g.REASON, g.GOVERNMENT_DECIDES),
             articles={"zhongshan.share": "37"}, layers=("share",)),
    ),
)  # fmt: skip

WAITING = ("received", "extension_requested", "extended")

OBJECTION = Machine(
    name="objection",
    initial="draft",
    final=("catalogue_changed", "refused", "withdrawn"),
    clocks=("objection",),
    moves=(
        Move("submit", ("draft",), "filed", APPLICANT, (g.KIND_ALLOWED, g.REASON),
             articles=OBJECTION_ARTICLE, layers=("open",)),
        Move("receive", ("filed",), "received", TIME, event="received",
             articles=OBJECTION_ARTICLE, layers=("open",)),
        Move("assign", WAITING, None, "provider", (g.NOT_OWN_CASE,), layers=("open",)),
        Move("comment", WAITING, None, "provider", (g.NOT_OWN_CASE,), layers=("open",)),
        Move("prepare", WAITING, None, "provider", (g.NOT_OWN_CASE,), layers=("open",)),
        Move("ask_extension", ("received",), "extension_requested", "provider",
             (g.NOT_OWN_CASE, g.extension_of("objection")),
             articles=OBJECTION_ARTICLE, layers=("open",)),
        Move("consent", ("extension_requested",), "extended", "head",
             (g.NOT_OWN_CASE, g.ASKED_BY_ANOTHER, g.extension_of("objection")),
             articles=OBJECTION_ARTICLE, layers=("open",)),
        Move("decline", ("extension_requested",), "received", "head",
             (g.NOT_OWN_CASE, g.REASON), articles=OBJECTION_ARTICLE, layers=("open",)),
        Move("agree", WAITING, "agreed", "provider signs", DECIDES,
             articles=OBJECTION_ARTICLE, layers=("open",)),
        Move("refuse", WAITING, "refused", "provider signs", (*DECIDES, g.REASON, g.BASIS),
             articles=OBJECTION_ARTICLE, layers=("open",)),
        Move("propose_change", ("agreed",), "change_proposed", "provider",
             articles=OBJECTION_ARTICLE, layers=("open",)),
        Move("change_catalogue", ("change_proposed",), "catalogue_changed", "authority",
             (g.CATALOGUE_VERSION,), articles=OBJECTION_ARTICLE, layers=("open",)),
        Move("withdraw", ("draft", "filed", *WAITING), "withdrawn", APPLICANT, layers=("open",)),
    ),
)  # fmt: skip

CORRECTION = Machine(
    name="correction",
    initial="draft",
    final=("closed", "withdrawn"),
    clocks=("correction_verify", "correction_fix"),
    moves=(
        Move("submit", ("draft",), "filed", APPLICANT, (g.REASON, g.EVIDENCE), event="received",
             articles=CORRECTION_ARTICLE | {"nanyang.share": "64"}),
        Move("dispatch", ("filed",), "dispatched", "dispatcher", (g.DISPATCHED,),
             event="dispatched", articles={"nanyang.share": "65"}),
        Move("take", ("filed",), "verifying", "verifier", (g.NOT_DISPATCHED, g.NOT_OWN_CASE),
             articles=CORRECTION_ARTICLE),
        Move("take", ("dispatched",), "verifying", "verifier", (g.NOT_OWN_CASE,),
             articles=CORRECTION_ARTICLE),
        Move("comment", ("filed", "dispatched", "verifying", "confirmed", "correcting"), None,
             "receiver"),
        Move("confirm", ("verifying",), "confirmed", "verifier", (g.NOT_OWN_CASE,),
             event="decided", articles=CORRECTION_ARTICLE),
        Move("reject", ("verifying",), "rejected", "verifier", (g.NOT_OWN_CASE, g.REASON),
             articles=CORRECTION_ARTICLE),
        Move("begin", ("confirmed",), "correcting", "provider", articles=CORRECTION_ARTICLE),
        Move("correct", ("correcting",), "corrected", "provider", (g.CORRECTED_RELEASE,),
             articles=CORRECTION_ARTICLE),
        Move("close", ("corrected",), "closed", "receiver", (g.CORRECTION_TOUCHES,),
             articles=CORRECTION_ARTICLE),
        Move("close_rejected", ("rejected",), "closed", "receiver", articles=CORRECTION_ARTICLE),
        Move("withdraw", ("draft", "filed"), "withdrawn", APPLICANT),
    ),
)  # fmt: skip

ALL = (APPLICATION, OBJECTION, CORRECTION)
