"""Who must be able to do what: written by hand from the work of the office and from its promises, not from the code.

The promises. Whoever works in an office may read what that office has, for colleagues stand in for each other; only
the acts of a role are the role's own. Another office, and every organisation outside, finds nothing: its own referrals
excepted, from the moment they were sent. The reported agency is such an organisation and no more. An advocate has the
case of the mandate: what was sent, what is proven; no draft, no remark, no list of what is still missing. Counting
people (ANALYST) and running the machine (ADMIN) need no case. The data protection officer reads and changes nothing.
"""

from __future__ import annotations

from tests.authorization.addresses import Thing

ROLES = {
    "budi": "OPERATOR",
    "sari": "FRONT_OFFICER",
    "dewi": "CASE_OFFICER",
    "agus": "DRAFTER",
    "rudi": "REVIEWER",
    "rina": "SIGNER",
    "tono": "REGISTRAR",
    "maya": "COORDINATOR",
    "dpo": "DPO",
    "mira": "MEDIATOR",
    "lia": "LEGAL_COMPANION",
    "arif": "ARCHIVIST",
    "pandu": "PPNS",
    "joko": "REGIONAL_OFFICER",
    "wati": "CASE_OFFICER",
    "admin": "ADMIN",
    "ana": "ANALYST",
}
"""The people of the agency and what they are."""
ELSEWHERE = {"joko", "wati"}
"""They work in the other office; all the others at headquarters."""
PARTNERS = {"polres", "bpjs", "imigrasi", "p3mi", "kbri"}
ADVOCATES = {"obh", "obh2"}
"""The first has a mandate for case A; the second is a colleague without one."""
SIGNED_IN = {*ROLES, *PARTNERS, *ADVOCATES}
STRANGERS = {"anonymous", "complainant", "bearer"}
"""Who has no account. The complainant of case A has opened it with number and PIN; the bearer has opened one of its
referrals to the police with link and code, and is to every other address like anybody else."""
EVERYBODY = SIGNED_IN | STRANGERS

Roles = frozenset[str]


def roles(names: str) -> Roles:
    return frozenset(names.split())


OFFICE = frozenset(ROLES.values()) - roles("ADMIN ANALYST")
INSIDE = frozenset(ROLES.values())
TELEPHONE = roles("OPERATOR FRONT_OFFICER COORDINATOR")
CASEWORK = roles("CASE_OFFICER COORDINATOR MEDIATOR LEGAL_COMPANION REGIONAL_OFFICER")
"""Who handles cases; a drafter writes what they decide. A regional officer does so from door to door."""
WRITERS = TELEPHONE | CASEWORK | {"DRAFTER"}
LETTER_WRITERS = CASEWORK | {"DRAFTER"}
CHECKERS = roles("FRONT_OFFICER CASE_OFFICER COORDINATOR LEGAL_COMPANION REGIONAL_OFFICER")
"""Who says that a paper is good; an operator on the telephone sees none, a mediator stands between the parties."""
TAKERS = CHECKERS | roles("OPERATOR DRAFTER")
DECIDERS = roles("CASE_OFFICER COORDINATOR REGIONAL_OFFICER")
"""Who lets a case go on without a paper."""
OWNERS = roles("CASE_OFFICER COORDINATOR")
"""Who answers for a case: gives others access to it, opens quarantine, joins records."""
SENDERS = roles("REGISTRAR CASE_OFFICER")
NUMBERS = roles("REGISTRAR SIGNER")
SIGN = roles("SIGNER CASE_OFFICER FRONT_OFFICER")
"""The head signs; case officer and front office sign receipts and the like (which one, says the type)."""
HEADS = roles("COORDINATOR SIGNER")
FOLLOW_UP = CASEWORK | {"SIGNER"}
RECORDERS = CASEWORK | {"REGISTRAR"}
AGENDA = roles("REGISTRAR FRONT_OFFICER CASE_OFFICER COORDINATOR REGIONAL_OFFICER")
KEEPERS = roles("ADMIN REGISTRAR COORDINATOR")
NOBODY: Roles = frozenset()

THEIRS = roles("acknowledge accept need_info decline redirect progress provide send_late")
"""What a partner answers."""

STEPS: dict[str, dict[str, Roles]] = {
    "case": {
        **dict.fromkeys(("triage", "open_requirements"), TELEPHONE | CASEWORK),
        **dict.fromkeys(("complete", "begin", "resolve"), CASEWORK),
        "close": HEADS | {"CASE_OFFICER"},
        **dict.fromkeys(("lapse", "close_unreachable", "hand_over", "close_unsolvable", "close_otherwise"), HEADS),
        "reopen": HEADS | CASEWORK,
        "extend": HEADS | {"CASE_OFFICER"},
    },
    "document": {
        **dict.fromkeys(("accept", "reject", "expire", "withdraw"), CHECKERS),
        "quarantine": NOBODY,  # the scanner's word, not a person's
    },
    "requirement": {
        **dict.fromkeys(("request", "receive", "ask_again"), TAKERS),
        **dict.fromkeys(("check", "accept", "reject", "insist"), CHECKERS),
        **dict.fromkeys(("waive", "end_waiver", "substitute", "relent", "extend"), DECIDERS),
        **dict.fromkeys(("expire", "withdraw", "not_applicable", "apply_again"), NOBODY),  # facts and the clock
    },
    "letter": {
        **dict.fromkeys(("submit", "discard"), LETTER_WRITERS),
        "initial": roles("REVIEWER"),
        "give_back": SIGN | {"REVIEWER"},
        "revise": LETTER_WRITERS | roles("REVIEWER SIGNER"),
        "approve": SIGN,
        **dict.fromkeys(("issue", "issue_supplement", "void"), NUMBERS),
        "sign": SIGN,
        "attach": SIGN | NUMBERS,
        "scan": SENDERS | NUMBERS,
        **dict.fromkeys(("dispatch", "send_again", "note_delivery"), SENDERS),
        **dict.fromkeys(("answer", "close"), SENDERS | HEADS | {"REGIONAL_OFFICER"}),
        **dict.fromkeys(("withdraw", "supersede"), roles("SIGNER")),
    },
    "incoming": {
        **dict.fromkeys(("match", "set_aside", "note", "answer", "file_documents", "file"), AGENDA),
        "discard": roles("REGISTRAR"),
    },
    "consent": {
        **dict.fromkeys(("confirm", "refuse"), HEADS),  # the second person; who proposed it never is
        "withdraw": WRITERS,  # whoever is told of it writes it down
        **dict.fromkeys(("expire", "settle"), NOBODY),  # the clock and the referrals
    },
    "person": dict.fromkeys(("merge", "unmerge"), OWNERS),
    "organisation": dict.fromkeys(("retire", "revive"), KEEPERS),
    "referral": {
        **dict.fromkeys(("approve", "return_to_draft", "send"), NOBODY),  # they follow the letter
        **dict.fromkeys(("supply", "confirm", "dispute", "close", "recall", "lapse", "extend"), FOLLOW_UP),
        "write_recall": LETTER_WRITERS,
        # Said on paper or by telephone, it is written down by who has the case or the mail.
        **dict.fromkeys(THEIRS, RECORDERS),
        **dict.fromkeys(("set_claim_aside", "send_link", "renew_link", "revoke_link"), RECORDERS),
    },
}
UNISSUED = roles("draft in_review approved")
DESKS = roles("desk answer")
"""Where an addressee reads a referral: under its code, and behind its link."""
FOR_STAFF = UNISSUED | roles("signing voided")
"""What nobody outside may read yet, or any more: no letter counts before it is signed."""


def may(thing: Thing, method: str, name: str) -> frozenset[str]:
    """The persons who may make that request of that thing."""
    if thing.kind not in ITEMS and thing.kind not in DESKS:
        return frozenset(_place(thing, method, name))
    step = name.removeprefix("@workflow/") if name.startswith("@workflow/") else ""
    outside = _outside(thing, name, step)
    if thing.kind in DESKS:
        return frozenset(outside)
    who = STEPS[thing.kind][step] if step else ITEMS[thing.kind](thing, method, name)
    return frozenset(outside | _people(thing, who))


def _people(thing: Thing, who: Roles) -> set[str]:
    """Those who hold one of these roles in the office that has the thing."""
    if thing.kind == "organisation" and who == INSIDE:
        return set(ROLES)  # the directory is one for all offices
    here = ELSEWHERE if thing.case in {"C", "other"} else set(ROLES) - ELSEWHERE
    return {name for name in here if ROLES[name] in who}


def _outside(thing: Thing, name: str, step: str) -> set[str]:
    """Partners and the advocate of case A."""
    if name.startswith(("@sharing", "@versions", "@history", "@edit", "@lock", "@pin")):
        return set()
    if thing.kind == "referral" or thing.kind in DESKS:
        return _of_referral(thing, name, step)
    if thing.case != "A" or step or name.startswith("@comments"):
        return set()
    open_pages = {
        "case": roles("@documents @referrals @casefile @receipt @workflow"),
        "document": roles("@file @copy @preview @workflow") if thing.state == "accepted" else None,
        "letter": roles("@pdf @preview.pdf @page @workflow") if thing.state not in FOR_STAFF else None,
    }.get(thing.kind)
    return {"obh"} if open_pages is not None and name.partition("/")[0] in open_pages | {""} else set()


def _of_referral(thing: Thing, name: str, step: str) -> set[str]:
    if not thing.was_sent or (step and step not in THEIRS):
        return set()
    is_content = name.startswith(("@letter", "@text", "@enclosure", "@comments"))
    partner = set() if is_content and thing.state == "recalled" else {thing.to}
    is_advocates = (
        thing.kind == "referral" and thing.case == "A" and thing.state != "recalled" and name in {"", "@workflow"}
    )
    return partner | ({"obh"} if is_advocates else set())


def _case(thing: Thing, method: str, name: str) -> Roles:
    if name in {"@edit", "@pin", "@upload", "@require"} or (name.startswith("@versions") and method == "POST"):
        return NOBODY if thing.state == "closed" else WRITERS
    if name in {"@draft-letter", "@refer", "@refer-many"}:
        return NOBODY if thing.state == "closed" else LETTER_WRITERS
    if name in {"@record-consent", "@propose-ground"}:
        return NOBODY if thing.state == "closed" else WRITERS
    if name.startswith("@casefile"):
        return roles("CASE_OFFICER COORDINATOR LEGAL_COMPANION PPNS")
    if name.startswith("@sharing"):
        return OWNERS
    return {"@assign": roles("COORDINATOR"), "@contacts": WRITERS}.get(name, OFFICE)


def _document(thing: Thing, method: str, name: str) -> Roles:
    if name == "@edit" or (name.startswith("@versions") and method == "POST"):
        return CHECKERS if thing.state in {"received", "accepted"} else NOBODY
    if name in {"@file", "@copy"} and thing.state == "quarantined":
        return OWNERS
    return NOBODY if name.startswith("@sharing") else OFFICE


def _requirement(_thing: Thing, _method: str, name: str) -> Roles:
    if name.startswith(("@sharing", "@versions")):
        return NOBODY  # its course is its history; it has no text of which a version could be kept
    return {"@receive": TAKERS, "@check": CHECKERS}.get(name, OFFICE)


def _letter(thing: Thing, method: str, name: str) -> Roles:
    if name in {"@edit", "@lock"} or (method == "POST" and name.startswith(("@preview", "@versions"))):
        return LETTER_WRITERS | roles("REVIEWER SIGNER") if thing.state in UNISSUED else NOBODY
    if name == "@render":
        return SENDERS | {"SIGNER"}
    if name == "@frozen":
        return SIGN | NUMBERS if thing.state == "signing" else NOBODY
    return NOBODY if name.startswith("@sharing") else OFFICE


def _consent(_thing: Thing, _method: str, name: str) -> Roles:
    return NOBODY if name.startswith(("@sharing", "@versions")) else OFFICE


def _incoming(_thing: Thing, method: str, name: str) -> Roles:
    if name == "@files" or (name.startswith("@versions") and method == "POST"):
        return AGENDA
    return NOBODY if name.startswith("@sharing") else OFFICE


def _person(_thing: Thing, method: str, name: str) -> Roles:
    if name == "@edit" or (name.startswith("@versions") and method == "POST"):
        return OFFICE - roles("ARCHIVIST SIGNER DPO")
    return NOBODY if name.startswith("@sharing") else OFFICE


def _organisation(_thing: Thing, _method: str, name: str) -> Roles:
    if name.startswith("@sharing"):
        return NOBODY
    return KEEPERS if name.startswith(("@edit", "@history", "@versions")) else INSIDE


def _referral(_thing: Thing, _method: str, name: str) -> Roles:
    return NOBODY if name.startswith(("@sharing", "@versions")) else OFFICE  # what was asked is the letter's text


ITEMS = {
    "case": _case,
    "document": _document,
    "requirement": _requirement,
    "letter": _letter,
    "consent": _consent,
    "incoming": _incoming,
    "person": _person,
    "organisation": _organisation,
    "referral": _referral,
}
PUBLIC = "health login login_factor reset reset_link invitation_link static language verify verify_code".split()
CONTROL = {
    "": roles("ADMIN COORDINATOR DPO"),
    "readers": roles("DPO"),
    **dict.fromkeys(("health", "journal", "jobs", "mail"), roles("ADMIN DPO")),
}


LISTS = {
    **dict.fromkeys(("emergencies", "untriaged", "mine", "overdue", "to-check"), TELEPHONE | CASEWORK),
    "unassigned": roles("COORDINATOR"),
    "to-confirm": HEADS,
    "consent-ended": TELEPHONE | CASEWORK,
    **dict.fromkeys(("answers", "late-partners", "drafts"), LETTER_WRITERS),
    "silent-partners": HEADS | {"CASE_OFFICER"},
    "reminders": LETTER_WRITERS,
    "to-initial": roles("REVIEWER SIGNER"),
    "to-issue": NUMBERS,
    "to-sign": SIGN,
    "to-dispatch": SENDERS,
    "unmatched": roles("REGISTRAR COORDINATOR"),
    "resolved": HEADS | {"CASE_OFFICER"},
}
"""Worklist → whose work it is. The advocates' own list is `case-files`."""
ROUTES = {"signing_certificate": SIGN, "delegations": OFFICE | {"ADMIN"}}
"""How the names of routes begin → whose they are."""


def _letters(method: str, name: str) -> Roles:
    """The registrar's desk; the texts of letters are written by those who check them, and decided by who heads."""
    if name.startswith("text"):
        return HEADS if name == "text-approve" else HEADS | roles("REVIEWER ADMIN")
    if name in {"enter", "number-sheet"} or (name == "reserved" and method == "POST"):
        return NUMBERS
    return AGENDA if name == "receive" else OFFICE


LISTS_OF_ALL = {"@add": KEEPERS, "@chasing": FOLLOW_UP | {"DRAFTER"}, "@matrix": OFFICE}
"""To add to the directory; to see whom the daily run reminds; all referrals at once."""


def _place(thing: Thing, method: str, name: str) -> set[str]:
    is_front = thing.kind == "Root" and name == "welcome"
    if is_front or thing.kind in {"public", "Answers", "Door"} or (thing.kind == "route" and name in PUBLIC):
        return EVERYBODY
    who: Roles | None = None
    if thing.kind == "Control":
        who = roles("ADMIN") if method == "POST" else CONTROL[name]
    elif thing.kind in {"Reference", "TablePlace", "RowPlace"}:
        who = roles("ADMIN COORDINATOR")
    elif thing.kind in {"Settings", "SettingPlace"} or (thing.kind == "route" and name.startswith("accounts")):
        who = roles("ADMIN")
    elif thing.kind == "Letters":
        who = _letters(method, name)
    elif begun := next(filter(name.startswith, ROUTES), ""):
        who = ROUTES[begun]
    elif name.startswith("intake"):
        who = TELEPHONE | roles("CASE_OFFICER REGIONAL_OFFICER")
    elif name in LISTS_OF_ALL:
        who = LISTS_OF_ALL[name]
    elif thing.kind == "Desk":
        return PARTNERS | ADVOCATES
    elif name == "@worklist/case-files":
        return ADVOCATES
    elif name.startswith("@worklist"):
        who = LISTS[name.removeprefix("@worklist/")]
    elif name == "@mailbox":
        return set()  # of the demonstration only
    return SIGNED_IN if who is None else {person for person, role in ROLES.items() if role in who}
