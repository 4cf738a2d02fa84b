"""A player of scenarios (bindings/scenarios/README.md): reading lines, the stage, and the steps. What phones do stands in scenario_verbs."""

import asyncio
import hashlib
import os
import subprocess
import tempfile
from pathlib import Path

import linecrew
from linecrew import LinecrewError
from scenario_text import Labels, lines
from scenario_verbs import act

FOLDER = Path(__file__).resolve().parent.parent / "scenarios"
PATIENCE = 30


def files():
    return sorted(FOLDER.glob("*.txt"))


def read(line):
    """The plain words of a line, and its keys with their values."""
    words, values, rest = [], {}, line.strip()
    while rest:
        end = next((at for at, character in enumerate(rest) if character in " ="), len(rest))
        word, rest = rest[:end], rest[end:]
        if rest.startswith("="):
            values[word], rest = value_of(rest[1:])
        else:
            words.append(word)
        rest = rest.lstrip(" ")
    return words, values


def value_of(text):
    if not text.startswith('"'):
        value, space, rest = text.partition(" ")
        return value, space + rest
    value, at = "", 1
    while text[at] != '"':
        if text[at] == "\\":
            at += 1
            value += "\n" if text[at] == "n" else text[at]
        else:
            value += text[at]
        at += 1
    return value, text[at + 1 :]


class Stage:
    """The program that plays everybody but the phones."""

    def __init__(self):
        self.process = subprocess.Popen([os.environ["LINECREW_STAGE"]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def act(self, line, labels):
        """Learns what there is to learn; answers what is to be written."""
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        state, *words = self.process.stdout.readline().rstrip("\n").split(" ")
        if state != "ok":
            raise AssertionError(f"{line}: {' '.join(words) or 'the stage has ended'}")
        for learnt in (word for word in words if ":=" in word):
            labels.learn(*learnt.split(":=", 1))
        said = [word for word in words if ":=" not in word]
        return [" ".join(said)] if said else []

    def end(self):
        self.process.stdin.close()
        ended = self.process.wait(PATIENCE)
        self.process.stdout.close()
        if ended != 0:
            raise AssertionError(f"the stage ended with {ended}")


class Phone:
    """One store, and what it gave out."""

    def __init__(self, name, folder):
        self.name, self.folder = name, folder
        self.core = None
        self.objects = {}
        self.installation = None

    async def open(self):
        self.core = await linecrew.open_linecrew(linecrew.OpenRequest(folder=str(self.folder), app_version="1.0"))


class Player:
    """Plays one scenario."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.labels = Labels()
        self.phones = {}
        self.stage = Stage()

    async def play(self, lines):
        transcript = ""
        for line in (line.rstrip("\n") for line in lines):
            if line and not line.startswith("#"):
                try:
                    seen = await self.step(line)
                except Exception as broken:
                    raise AssertionError(f"{line}\nafter\n{transcript}") from broken
                transcript += f"> {line}\n" + "".join(f"  {one}\n" for one in seen)
        return transcript

    async def step(self, line):
        words, values = read(line)
        if words[0] != "phone":
            return self.stage.act(line, self.labels)
        _, name, verb = words
        phone = self.phones.setdefault(name, Phone(name, Path(self.folder.name) / name))
        expected = values.pop("expect", None)
        try:
            seen, failed = await self.call(phone, verb, values), None
        except LinecrewError as error:
            failed = variant(error)
            seen = [f"error {failed}"]
        if failed != expected:
            raise AssertionError(f"failed with {failed}, expected {expected}")
        return seen

    async def call(self, phone, verb, values):
        if verb == "open":
            await phone.open()
            return []
        if verb == "enrol":
            self.stage.act(f"stage invite phone={phone.name} person={values['person']}", self.labels)
            url, code = self.labels.value_of("url"), self.labels.value_of("code")
            return lines(await phone.core.enrol(url, code, phone.name), self.labels)
        if verb == "agree":
            return [f"crew={agreement(phone.core, self.phones[values['with']].core)}"]
        doing = becomes(phone, values, self.labels) if verb == "await" else act(phone, verb, values, self.labels)
        return await asyncio.wait_for(doing, PATIENCE)

    async def end(self):
        for phone in self.phones.values():
            await phone.core.shut_down()
        self.stage.end()
        self.folder.cleanup()


def variant(error):
    fields = list(vars(error).values())
    return f"{type(error).__name__}:{fields[0]}" if fields else type(error).__name__


def agreement(one, other):
    feeds = [{feed.feed: feed.digest for feed in core.status().feeds if feed.feed.startswith("crew/")} for core in (one, other)]
    return "equal" if feeds[0] and feeds[0] == feeds[1] else "unequal"


async def becomes(phone, wanted, labels):
    while True:
        _, now = read(lines(phone.core.status(), labels)[0])
        if all(now[key] == value for key, value in wanted.items()):
            return []
        await asyncio.sleep(0.05)


async def play(file):
    """The transcript of a scenario, and its digest."""
    player = Player()
    try:
        transcript = await player.play(file.read_text(encoding="utf-8").splitlines())
    finally:
        await player.end()
    return transcript, hashlib.sha256(transcript.encode()).hexdigest()
