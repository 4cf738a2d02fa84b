"""What a phone does in a scenario (bindings/scenarios/README.md): the surface's methods by their names, called with what a line holds."""

import datetime
import enum
import inspect
import types
import typing

import linecrew
from scenario_text import lines

SYNC_WITHIN = "30"
# What `label=` learns of an answer.
LEARNT = ("ticket", "hash", "event", "id", "session")


async def act(phone, verb, values, labels):
    """Calls a method; answers the lines that it gives."""
    special = SPECIAL.get(verb)
    if special:
        return await special(phone, values, labels)
    answer = await call(phone, verb, values, labels)
    learn(answer, values, labels)
    return lines(answer, labels) if answers(phone, verb) else []


async def call(phone, verb, values, labels, **given):
    """Calls a method with its parameters out of `values`, unless they are given."""
    method = method_of(phone, verb)
    for name, kind in hints(method).items():
        if name not in given and name != "return":
            # What may be absent and has no default is nothing.
            optional = {} if inspect.signature(method).parameters[name].default is not inspect.Parameter.empty else {name: None}
            given |= built(kind, name, values, labels) or optional
    answer = method(**given)
    return await answer if inspect.isawaitable(answer) else answer


def method_of(phone, verb):
    thing, _, name = verb.rpartition(".")
    return getattr(phone.objects[thing] if thing else phone.core, name)


def answers(phone, verb):
    return hints(method_of(phone, verb))["return"] is not type(None)


def hints(method):
    return typing.get_type_hints(method, vars(linecrew))


def built(kind, name, values, labels):
    """A parameter or a field: nothing when there is no key for it, so that its default stands."""
    kind = plain(kind)
    if name in values:
        return {name: read(kind, values[name], labels)}
    # The fields of a record stand beside the other keys.
    if isinstance(kind, type) and kind.__module__ == linecrew.__name__ and not issubclass(kind, enum.Enum):
        parts = {}
        for field, field_kind in hints(kind.__init__).items():
            parts |= built(field_kind, field, values, labels)
        return {name: kind(**parts)} if parts else {}
    return {}


def plain(kind):
    """Without the ways to say that it may be absent."""
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        return plain(next(each for each in typing.get_args(kind) if each not in (object, type(None))))
    return kind


def read(kind, text, labels):
    if kind is bool:
        return text == "true"
    if kind is datetime.timedelta:
        return datetime.timedelta(seconds=int(text))
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return kind[text.upper()]
    return kind(labels.value_of(text))


def learn(answer, values, labels):
    if "label" in values:
        found = answer[0] if isinstance(answer, list) else answer
        found = found.sessions[-1] if hasattr(found, "sessions") else found
        labels.learn(values["label"], next(getattr(found, name) for name in LEARNT if hasattr(found, name)))


async def installation(phone, values, labels):
    now = phone.core.installation()
    before, phone.installation = phone.installation, phone.installation or now
    return ["first" if before is None else "same" if before == now else "other"]


async def observe(phone, values, labels):
    phone.objects["changes"] = phone.core.observe()
    await phone.objects["changes"].next()
    return []


async def changes_next(phone, values, labels):
    await phone.objects["changes"].next()
    return ["changed"]


async def sync_once(phone, values, labels):
    token = phone.objects["cancel_token"] if "token" in values else None
    return lines(await call(phone, "sync_once", {"deadline": SYNC_WITHIN} | values, labels, token=token), labels)


async def cancel(phone, values, labels):
    phone.objects["cancel_token"] = linecrew.CancelToken()
    phone.objects["cancel_token"].cancel()
    return []


async def watch_link(phone, values, labels):
    phone.objects["link_watch"] = phone.core.watch_link()
    return []


async def link_watch_next(phone, values, labels):
    while (now := lines(await phone.objects["link_watch"].next(), labels)[0].partition("{")[0]) != values["until"]:
        pass
    return [now]


async def open_file(phone, values, labels):
    phone.objects["file_reader"] = await call(phone, "open_file", values, labels)
    return [] if phone.objects["file_reader"] else ["none"]


async def read_file(phone, values, labels):
    piece = await call(phone, "file_reader.read", values, labels)
    return lines(piece.decode(), labels)


async def attach(phone, values, labels):
    content = values["text"].encode()
    if values.get("as") == "path":
        (phone.folder / "attached").write_bytes(content)
        content = linecrew.FileContent.PATH(str(phone.folder / "attached"))
    else:
        content = linecrew.FileContent.BYTES(content)
    parts = {"content": content}
    for name, kind in hints(linecrew.NewFile.__init__).items():
        if name != "content":
            parts |= built(kind, name, values, labels)
    return await written(phone, "attach", values, labels, file=linecrew.NewFile(**parts))


async def sign(phone, values, labels):
    strokes = [[point.split(":") for point in stroke.split(",")] for stroke in values["strokes"].split(";")]
    strokes = [linecrew.Stroke(points=[linecrew.Point(x=int(x), y=int(y)) for x, y in stroke]) for stroke in strokes]
    return await written(phone, "sign", values, labels, strokes=strokes)


async def exchange_meter(phone, values, labels):
    readings = (register.split(":") for register in values["registers"].split(","))
    registers = {name: linecrew.StartReading(index=int(index), digits=int(digits)) for name, index, digits in readings}
    installed = linecrew.MeterPutOn(serial=values["installed"], multiplier=int(values["multiplier"]), registers=registers)
    names = ("photo_removed", "photo_installed", "no_photo", "explanation", "seals")
    others = {name: labels.value_of(values[name]) for name in names if name in values}
    exchange = linecrew.MeterExchange(removed=taken_off(values), installed=installed, **others)
    return await written(phone, "exchange_meter", values, labels, exchange=exchange)


async def complete_meter_service(phone, values, labels):
    removed = taken_off(values) if "removed" in values else None
    report = linecrew.MeterServiceReport(result=values["result"], removed=removed, seals=values.get("seals"))
    return await written(phone, "complete_meter_service", values, labels, report=report)


def taken_off(values):
    indexes = (register.split(":") for register in values["indexes"].split(","))
    return linecrew.MeterTakenOff(serial=values["removed"], indexes={name: int(index) for name, index in indexes})


async def missing_answers(phone, values, labels):
    answers = (answer.split(":", 1) for answer in values["answers"].split(";") if answer)
    return await written(phone, "missing_answers", values, labels, answers=dict(answers))


async def collect(phone, values, labels):
    variant = getattr(linecrew.Method, values["method"].upper())
    parts = {name: values[name] for name in hints(variant.__init__) if name in values}
    return await written(phone, "collect", values, labels, method=variant(**parts))


def with_amounts(verb, parameter):
    async def act(phone, values, labels):
        parts = {name: int(values.get(name, 0)) for name in ("cash", "cheque", "terminal")}
        return await written(phone, verb, values, labels, **{parameter: linecrew.Amounts(**parts)})

    return act


async def print_text(phone, values, labels):
    paper = await call(phone, "print_text", values, labels)
    words = (line.strip(" ") for line in paper.splitlines() if not any(letter.isascii() and letter.isalnum() for letter in line))
    return list(words)


async def print_png(phone, values, labels):
    png = await call(phone, "print_png", values, labels)
    return ["png" if png.startswith(b"\x89PNG\r\n\x1a\n") else "no png"]


async def written(phone, verb, values, labels, **given):
    answer = await call(phone, verb, values, labels, **given)
    learn(answer, values, labels)
    return lines(answer, labels)


SPECIAL = {
    "attach": attach,
    "cancel_token.cancel": cancel,
    "changes.next": changes_next,
    "close_cash_session": with_amounts("close_cash_session", "counted"),
    "collect": collect,
    "complete_meter_service": complete_meter_service,
    "deposit": with_amounts("deposit", "amounts"),
    "exchange_meter": exchange_meter,
    "file_reader.read": read_file,
    "installation": installation,
    "link_watch.next": link_watch_next,
    "missing_answers": missing_answers,
    "observe": observe,
    "open_file": open_file,
    "print_png": print_png,
    "print_text": print_text,
    "sign": sign,
    "sync_once": sync_once,
    "watch_link": watch_link,
}
