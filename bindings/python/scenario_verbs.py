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
            given |= built(kind, name, values, labels)
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
    return lines(await call(phone, "sync_once", {"deadline": SYNC_WITHIN} | values, labels), labels)


SPECIAL = {
    "changes.next": changes_next,
    "installation": installation,
    "observe": observe,
    "sync_once": sync_once,
}
