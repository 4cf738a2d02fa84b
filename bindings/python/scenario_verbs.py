"""What a phone does in a scenario, and how its records are written (bindings/scenarios/README.md)."""

import datetime

import linecrew

SYNC_WITHIN = 30


class Call:
    """One step of a phone: what it is given, and how what it answers is written."""

    def __init__(self, phone, values, labels):
        self.phone, self.core = phone, phone.core
        self.values, self.labels = values, labels

    def id(self, key):
        return self.labels.id_of(self.values[key])

    def text(self, key):
        return self.values[key]

    def maybe(self, key):
        return self.values.get(key)

    def number(self, key):
        return int(self.values[key]) if key in self.values else None

    def flag(self, key, usual):
        return self.values[key] == "true" if key in self.values else usual

    def name(self, value):
        return self.labels.name_of(value)

    def account(self, it):
        return [
            line(
                "account",
                person=self.name(it.person),
                name=text(it.name),
                username=text(it.username),
                roles=listed(enum(role) for role in it.roles),
                crew=self.name(it.crew),
                crew_name=maybe(it.crew_name, text),
                signed_in=flag(it.signed_in),
                signed_in_until=known(it.signed_in_until),
            )
        ]

    def saved(self, it):
        document, state, phase = self.name(it.document), maybe(it.state, text), maybe(it.phase, enum)
        return [line("saved", device_seq=it.device_seq, document=document, kind=it.kind, state=state, phase=phase)]

    def item(self, it):
        edits = it.edits
        return line(
            "item",
            id=self.name(it.id),
            number=number(it.number),
            kind=it.kind,
            state=it.state,
            phase=enum(it.phase),
            priority=enum(it.priority),
            crew=self.name(it.crew),
            lead=self.name(it.lead),
            customer=text(it.customer.name),
            phone=maybe(it.customer.phone, text),
            account=maybe(it.customer.account, text),
            arrears_fen=maybe(it.customer.arrears_fen),
            address=text(it.site.address),
            street_code=maybe(it.site.street_code, text),
            about=text(self.labels.in_json(it.about)),
            appointment=known(it.appointment),
            next=listed(it.next),
            questions=it.questions,
            edits=f"{edits.saved_here}/{edits.sent}/{edits.safe}/{edits.needs_attention}",
            withdrawn=maybe(it.withdrawn),
            damaged=flag(it.damaged),
        )

    def edit(self, it):
        document, state = self.name(it.document), edit_state(it.state)
        return line("edit", device_seq=it.device_seq, document=document, number=maybe(it.number, number), kind=it.kind, state=state)


def line(word, **values):
    return " ".join([word, *(f"{key}={value}" for key, value in values.items())])


def rows(lines):
    return list(lines) or ["none"]


def text(value):
    if value and not value.startswith('"') and " " not in value and "\n" not in value:
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def maybe(value, write=str):
    return "none" if value is None else write(value)


def known(value):
    return "none" if value is None else "set"


def flag(value):
    return "true" if value else "false"


def enum(value):
    """Of an enum without fields; of one with fields its class says which."""
    name = value.name if hasattr(value, "name") else type(value).__name__.rpartition(".")[2]
    return name.lower()


def listed(values):
    return ",".join(values) or "none"


def number(value):
    return value.rpartition("-")[2]


def edit_state(state):
    reason = getattr(state, "reason", None)
    return enum(state) if reason is None else f"{enum(state)}:{reason}"


def status(call):
    now = call.core.status()
    about = line(
        "status",
        saved_here=now.saved_here,
        sent=now.sent,
        oldest_pending_at=known(now.oldest_pending_at),
        safe=now.safe,
        safe_since=known(now.safe_since),
        needs_attention=now.needs_attention,
        last_contact=known(now.last_contact),
        documents=now.documents,
        forms=now.forms,
        books=now.books,
        receivables=now.receivables,
        entries_here=now.entries_here,
        entries_refused=now.entries_refused,
        unreadable=now.unreadable,
        damaged=now.damaged,
        locked=flag(now.locked),
    )
    feeds = (
        line("feed", feed=call.labels.in_json(feed.feed), cursor=known(feed.cursor), documents=feed.documents, transferring=flag(feed.transferring))
        for feed in now.feeds
    )
    return [about, *feeds]


async def sync_once(call):
    done = await call.core.sync_once(datetime.timedelta(seconds=call.number("deadline") or SYNC_WITHIN))
    stopped = maybe(done.stopped and done.stopped.code)
    # How far a sync came that stopped early is chance.
    pushed, received = (done.pushed, done.received) if done.stopped is None else ("?", "?")
    return [
        line(
            "synced",
            pushed=pushed,
            accepted=done.accepted,
            quarantined=done.quarantined,
            received=received,
            still_pending=maybe(done.still_pending),
            equal=maybe(done.equal, flag),
            stopped=stopped,
        )
    ]


async def installation(call):
    now = call.core.installation()
    before, call.phone.installation = call.phone.installation, call.phone.installation or now
    return [f"installation {'first' if before is None else 'same' if before == now else 'other'}"]


async def account(call):
    now = call.core.account()
    return ["none"] if now is None else call.account(now)


async def items(call):
    return rows(call.item(it) for it in call.core.items(call.flag("open_only", True), call.maybe("kind")))


async def edits(call):
    document = call.id("document") if "document" in call.values else None
    found = call.core.edits(document, call.flag("unsafe_only", False), call.number("newest"))
    return rows(call.edit(it) for it in found)


async def observe(call):
    changes = call.core.observe()
    await changes.next()
    call.phone.objects["changes"] = changes
    return []


async def changes_next(call):
    await call.phone.objects["changes"].next()
    return ["changed"]


def nothing(method):
    """A method that takes and answers nothing."""

    async def verb(call):
        await getattr(call.core, method)()
        return []

    return verb


def step(method, *texts, more=None):
    """A command: the item, texts, and what is made of the rest."""

    async def verb(call):
        given = [call.id("item"), *(call.text(key) for key in texts), *([more(call)] if more else [])]
        return call.saved(await getattr(call.core, method)(*given))

    return verb


async def hand_over(call):
    return call.saved(await call.core.hand_over(call.id("item"), call.id("crew"), call.text("reason")))


def repair_report(call):
    return linecrew.RepairReport(
        cause=call.text("cause"), remedy=call.text("remedy"), restored_at=call.number("restored_at"), handler=call.maybe("handler")
    )


async def read_status(call):
    return status(call)


VERBS = {
    "account": account,
    "changes.next": changes_next,
    "edits": edits,
    "installation": installation,
    "items": items,
    "observe": observe,
    "shut_down": nothing("shut_down"),
    "sign_out": nothing("sign_out"),
    "status": read_status,
    "sync_once": sync_once,
    "wipe": nothing("wipe"),
    # Steps of all kinds.
    "accept": step("accept"),
    "depart": step("depart"),
    "arrive": step("arrive"),
    "decline": step("decline", "reason"),
    "suspend_work": step("suspend_work", "reason"),
    "resume_work": step("resume_work"),
    "not_done": step("not_done", "reason"),
    "hand_over": hand_over,
    "note": step("note", "text"),
    "force_start": step("force_start", "reason"),
    "step": step("step", "name", "body"),
    # Repairs.
    "start_work": step("start_work"),
    "restore": step("restore", more=repair_report),
    "complete_repair": step("complete_repair", more=repair_report),
}
