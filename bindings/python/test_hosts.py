"""Apps that answer badly, in Python: every call ends in its time with an error of ours, and the store opens afterwards."""

import asyncio
import datetime
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request
import uuid
from pathlib import Path

import linecrew
from linecrew import HostError, HostFault, LinecrewError
from server import Office, Server

SOON = datetime.timedelta(seconds=30)
CODE = "RC8S3-QVG7R"
NOWHERE = "http://127.0.0.1:1"


class Interrupted(BaseException):
    """What generated code does not catch."""


def threads():
    """How many of this process are the library's."""
    names = (path.read_text(encoding="utf-8").strip() for path in Path("/proc/self/task").glob("*/comm"))
    return sum(name.startswith("linecrew-") for name in names)


class Keystore(linecrew.HostDatabaseKey):
    """A key in memory; `act` is what it does before it answers."""

    def __init__(self):
        self.key = None
        self.act = lambda: None

    def find_key(self):
        self.act()
        return linecrew.FoundDatabaseKey(key=self.key)

    def create_key(self):
        self.act()
        self.key = self.key or bytes(range(32))
        return linecrew.MadeDatabaseKey(key=self.key)

    def destroy_key(self):
        self.act()
        self.key = None
        return linecrew.HostDone(done=True)


class Clock(linecrew.HostClock):
    def __init__(self):
        self.act = lambda: None
        self.asked = 0

    def sample(self):
        self.asked += 1
        self.act()
        return linecrew.ClockSample(wall=time.time_ns() // 1_000_000, monotonic_ms=time.monotonic_ns() // 1_000_000, boot="7")


class Signs(linecrew.HostDeviceKey):
    """Signs nothing; `act` is what it does instead."""

    def __init__(self, act):
        self.act = act

    def public_key(self):
        self.act()
        return linecrew.HostPublicKey(point=b"\x02" * 33)

    def sign(self, message):
        raise AssertionError("nothing is to be signed by a key that is none")


class Carries(linecrew.HostTransport):
    """Carries requests as this platform does."""

    def __init__(self):
        self.urls = []

    async def post(self, request):
        self.urls.append(request.url)
        return await asyncio.to_thread(self.send, request)

    @staticmethod
    def send(request):
        asked = urllib.request.Request(request.url, data=request.body, headers={"Content-Type": request.content_type}, method="POST")
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:
                return linecrew.HostAnswer(status=answer.status, body=answer.read())
        except urllib.error.HTTPError as refused:
            return linecrew.HostAnswer(status=refused.code, body=refused.read())
        except OSError:
            raise HostError.Unavailable() from None


class Log(linecrew.HostLog):
    def __init__(self):
        self.lines = []
        self.came = threading.Event()
        self.act = lambda: None

    def write(self, line):
        self.lines.append(line)
        self.came.set()
        self.act()
        return linecrew.HostDone(done=True)


def throws(error):
    def act():
        raise error

    return act


class Hosts(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.other = await self.opened("other")
        self.addAsyncCleanup(self.other.shut_down)

    async def opened(self, folder="phone", **hosts):
        request = linecrew.OpenRequest(folder=str(self.folder / folder), app_version="1.2.3")
        return await linecrew.open_linecrew(request, linecrew.Hosts(**hosts))

    def bad(self):
        """What an app may do wrong, and how it hears of it."""
        return (
            ("its own error", throws(HostError.Failed()), HostFault.FAILED),
            ("another exception", throws(ValueError("customer Huang")), HostFault.FAILED),
            ("no exception at all", throws(Interrupted("customer Huang")), HostFault.FAILED),
            ("calls back", self.other.status, HostFault.REENTERED),
            ("calls back and waits", lambda: asyncio.run(self.other.accept(str(uuid.uuid4()))), HostFault.REENTERED),
            ("opens another store", lambda: asyncio.run(self.opened("third")), HostFault.REENTERED),
        )

    async def refused(self, doing, callback, how):
        began = time.monotonic()
        with self.assertRaises(LinecrewError.Host) as host:
            await doing
        self.assertEqual((host.exception.callback, host.exception.how), (callback, how))
        self.assertNotIn("Huang", str(host.exception))
        return time.monotonic() - began

    async def test_a_store_whose_key_does_not_come_opens_when_it_comes(self):
        keys = Keystore()
        first = await self.opened(database_key=keys)
        installation = first.installation()
        await first.shut_down()
        for name, act, how in self.bad():
            with self.subTest(name):
                keys.act = act
                await self.refused(self.opened(database_key=keys), "database_key.find_key", how)
        keys.act = throws(HostError.Unavailable())
        with self.assertRaises(LinecrewError.KeyUnavailable):
            await self.opened(database_key=keys)
        keys.act = lambda: None
        keys.key, key = b"short", keys.key
        await self.refused(self.opened(database_key=keys), "database_key.find_key", HostFault.UNUSABLE)
        keys.key = key
        again = await self.opened(database_key=keys)
        self.assertEqual(again.installation(), installation)
        self.assertFalse((self.folder / "phone" / "database.key").exists(), "the key is the app's alone")
        await again.wipe()
        self.assertIsNone(keys.key)
        await again.shut_down()

    async def test_an_app_that_hangs_is_left_behind_in_its_time(self):
        clock, hangs = Clock(), threading.Event()
        self.addCleanup(hangs.set)
        clock.act = lambda: hangs.wait(30)
        took = await self.refused(self.opened(clock=clock), "clock.sample", HostFault.TIMED_OUT)
        self.assertLess(took, 15)
        clock.act = lambda: None
        phone = await self.opened(clock=clock)
        self.assertEqual(phone.status().host_trouble, [])
        await phone.shut_down()

    async def test_another_thread_may_call_and_a_clock_that_fails_later_goes_on(self):
        clock, seen = Clock(), []
        phone = await self.opened(clock=clock)

        def elsewhere():
            thread = threading.Thread(target=lambda: seen.append(self.other.status().saved_here))
            thread.start()
            thread.join()

        clock.act = elsewhere
        for act, trouble in ((elsewhere, []), (throws(ValueError("customer Huang")), [HostFault.FAILED]), (lambda: None, [])):
            clock.act = act
            with self.assertRaises((LinecrewError.Offline, LinecrewError.KeyUnavailable)):
                await phone.enrol(NOWHERE, CODE, "phone")
            self.assertEqual([trouble.how for trouble in phone.status().host_trouble], trouble)
        self.assertEqual((seen, clock.asked), ([0], 4), "once when it was opened, and once before each contact")
        await phone.shut_down()

    async def test_a_phone_whose_key_does_not_sign_is_not_enrolled(self):
        for name, act, how in self.bad():
            with self.subTest(name):
                phone = await self.opened(device_key=Signs(act))
                await self.refused(phone.enrol(NOWHERE, CODE, "phone"), "device_key.public_key", how)
                self.assertEqual(phone.items(), [], "work goes on")
                await phone.shut_down()

    async def test_what_is_logged_reaches_the_app_and_no_line_calls_back(self):
        log = Log()
        phone = await self.opened(log=log)
        log.act = self.other.status
        folder = self.folder / "phone" / "linecrew.db-files"
        folder.mkdir(exist_ok=True)
        # A folder where a file of an older build would be cannot be encrypted, which is said.
        (folder / ("0" * 64)).mkdir()
        again = await self.opened(log=log)
        self.assertTrue(log.came.wait(30), "a line")
        line = log.lines[0]
        self.assertEqual((line.level, line.dropped), (linecrew.LogLevel.WARN, 0))
        self.assertIn("could not be encrypted", line.words)
        self.assertEqual(line.fields, [], "what the system said names a path")
        until = time.monotonic() + 30
        while not (trouble := again.status().host_trouble) and time.monotonic() < until:
            await asyncio.sleep(0)
        self.assertEqual([(one.callback, one.how) for one in trouble], [("log.write", HostFault.REENTERED)])
        await again.shut_down()
        await phone.shut_down()

    async def test_requests_go_over_the_apps_network(self):
        asked = []

        class Network(linecrew.HostTransport):
            async def post(self, request):
                asked.append((request.url, request.content_type))
                await asyncio.sleep(0)
                if len(asked) == 1:
                    raise HostError.Unavailable()
                if len(asked) == 2:
                    raise ValueError("customer Huang")
                if len(asked) == 3:
                    return linecrew.HostAnswer(status=200, body=b"<html>Sign in to the hotel's network</html>")
                await asyncio.Event().wait()

        linecrew.uniffi_set_event_loop(asyncio.get_running_loop())
        self.addCleanup(linecrew.uniffi_set_event_loop, None)
        phone = await self.opened(transport=Network())
        for code in ("no_connection", "broke_off", "not_ours"):
            with self.assertRaises(LinecrewError.Offline) as offline:
                await phone.enrol("https://crews.example/base", CODE, "phone")
            self.assertEqual(offline.exception.code, code)
        with self.assertRaises(asyncio.TimeoutError):
            await asyncio.wait_for(phone.enrol("https://crews.example/base", CODE, "phone"), 1)
        self.assertEqual(set(asked), {("https://crews.example:443/base/v1/enrol", "application/json")})
        await phone.shut_down()

    async def test_a_day_with_all_that_an_app_can_give_but_a_key_that_signs(self):
        server = Server()
        self.addCleanup(server.end)
        item = Office(server).report("hosts")
        linecrew.uniffi_set_event_loop(asyncio.get_running_loop())
        self.addCleanup(linecrew.uniffi_set_event_loop, None)
        network, keys, log = Carries(), Keystore(), Log()
        phone = await self.opened(transport=network, clock=Clock(), database_key=keys, log=log)
        self.addAsyncCleanup(phone.shut_down)
        with self.assertRaises(LinecrewError.NeedsSignIn) as invalid:
            await phone.enrol(server.url, CODE, "phone")
        self.assertEqual(invalid.exception.code, "invitation_invalid")
        await phone.enrol(server.url, server.invite("wang.min"), "phone")
        with self.assertRaises(LinecrewError.NotPermitted):
            phone.start()
        outcome = await phone.sync_once(SOON)
        self.assertEqual((outcome.stopped, outcome.equal), (None, True))
        self.assertEqual([row.id for row in phone.items()], [item])
        server.kill()
        await phone.accept(item)
        outcome = await phone.sync_once(SOON)
        self.assertEqual((outcome.stopped.code, outcome.still_pending), ("no_connection", 1))
        self.assertEqual([trouble.callback for trouble in phone.status().host_trouble], ["transport.post"])
        server.start()
        outcome = await phone.sync_once(SOON)
        self.assertEqual((outcome.stopped, outcome.accepted, phone.status().host_trouble), (None, 1, []))
        self.assertTrue(all(url.startswith(server.url) for url in network.urls))

    async def test_threads_end_with_the_stores_that_they_ask_for(self):
        keys, clock, log = Keystore(), Clock(), Log()
        for _ in range(3):
            await (await self.opened(database_key=keys, clock=clock, log=log)).shut_down()
        before = threads()
        for _ in range(40):
            await (await self.opened(database_key=keys, clock=clock, log=log)).shut_down()
        until = time.monotonic() + 30
        while threads() > before and time.monotonic() < until:
            await asyncio.sleep(0.01)
        self.assertLessEqual(threads(), before)


if __name__ == "__main__":
    unittest.main()
