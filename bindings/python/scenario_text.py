"""How what a phone answers is written in a transcript (bindings/scenarios/README.md). It looks at the generated records as they are."""

import enum
import re

# What only chance decides.
CHANCE = {"digest", "cursor", "retry_after_ms", "store_bytes", "server_url", "svg", "evidence", "next_try"}
# Whole numbers from here on are times.
TIME = 10**12
# Hashes, ids, times.
IDS = re.compile("[0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]{13}")
TICKET = re.compile("[A-Z0-9]+-([0-9]{8})")
ITEM_NUMBER = re.compile("[0-9]{8}-([0-9]{4})")
CODE = re.compile("[A-Z0-9]{4}-[A-Z0-9]{4}")


class Labels:
    """What ids are called in a scenario."""

    def __init__(self):
        self.values = {}

    def learn(self, label, value):
        self.values[label] = value

    def value_of(self, text):
        return self.values.get(text, text)

    def within(self, text):
        for label, value in sorted(self.values.items(), key=lambda learnt: -len(learnt[1])):
            text = text.replace(value, label)
        return ITEM_NUMBER.sub(r"\1", IDS.sub("?", text))


def lines(answer, labels):
    """A line for a value, or several for a list, or for a record that holds lists of records."""
    if isinstance(answer, list):
        return [line for element in answer for line in lines(element, labels)] or ["none"]
    if not is_record(answer):
        return [written(answer, labels)]
    beside, below = [], []
    for name, value in vars(answer).items():
        if isinstance(value, list) and value and is_record(value[0]):
            below += [f"  {name} {fields(element, labels)}" for element in value]
        else:
            beside.append(field(name, value, labels))
    return [" ".join(beside)] * bool(beside) + below


def is_record(value):
    """A variant of an enum is one of its class, too, and has a dot in its name."""
    return hasattr(value, "__dict__") and not isinstance(value, enum.Enum) and "." not in type(value).__name__


def fields(record, labels):
    return " ".join(field(name, value, labels) for name, value in vars(record).items())


def field(name, value, labels):
    return f"{name}={'set' if name in CHANCE and value is not None else written(value, labels)}"


def written(value, labels):
    match value:
        case None:
            return "none"
        case bool():
            return "true" if value else "false"
        case enum.Enum():
            return value.name.lower()
        case int():
            return "set" if value >= TIME else str(value)
        case float():
            return str(int(value)) if value.is_integer() else str(value)
        case str():
            return text(value, labels)
        case list():
            return f"[{','.join(written(element, labels) for element in value)}]"
        case dict():
            return f"{{{' '.join(f'{key}={written(value[key], labels)}' for key in sorted(value))}}}"
    if is_record(value):
        return f"{{{fields(value, labels)}}}"
    variant = type(value).__name__.rpartition(".")[2].lower()
    return f"{variant}{{{fields(value, labels)}}}" if vars(value) else variant


def text(value, labels):
    value = labels.within(value)
    if ticket := TICKET.fullmatch(value):
        return ticket[1]
    return "?" if CODE.fullmatch(value) else quoted(value)


def quoted(value):
    if value and not value.startswith('"') and " " not in value and "\n" not in value:
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
