"""The surface of the device library, end to end: generated Python, the real library, a real server."""

import asyncio
import datetime
import tempfile
import unittest
import uuid
from pathlib import Path

import linecrew
from linecrew import EditState, LinecrewError, Phase
from server import Office, Server

SOON = datetime.timedelta(seconds=30)


async def opened(folder, **more):
    return await linecrew.open_linecrew(linecrew.OpenRequest(folder=str(folder), app_version="1.2.3", **more))


class Alone(unittest.IsolatedAsyncioTestCase):
    """Without any server."""

    async def asyncSetUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.phone = await opened(Path(self.folder.name) / "phone")
        self.addAsyncCleanup(self.phone.shut_down)

    async def test_the_library_is_of_this_version(self):
        self.assertRegex(linecrew.library_version(), r"^\d+\.\d+\.\d+$")

    async def test_a_phone_that_nobody_enrolled_has_nothing_and_says_what_it_needs(self):
        self.assertIsNone(self.phone.account())
        self.assertEqual(self.phone.items(), [])
        self.assertEqual(self.phone.status().saved_here, 0)
        with self.assertRaises(LinecrewError.NeedsSignIn) as needed:
            await self.phone.sync_once(SOON)
        self.assertEqual(needed.exception.code, "nobody_signed_in")
        with self.assertRaises(LinecrewError.NeedsSignIn):
            await self.phone.accept(str(uuid.uuid4()))

    async def test_what_is_no_value_is_named_and_not_repeated(self):
        for wrong, code in (
            (lambda: self.phone.accept("customer Huang"), "document_id"),
            (lambda: self.phone.step(str(uuid.uuid4()), "noted", "customer Huang {"), "json"),
            (lambda: self.phone.enrol("customer Huang", "RC8S3-QVG7R", "phone"), "server_address"),
            (lambda: self.phone.enrol("http://127.0.0.1:1", "customer Huang", "phone"), "invitation"),
        ):
            with self.assertRaises(LinecrewError.Invalid) as invalid:
                await wrong()
            self.assertEqual(invalid.exception.code, code)
            self.assertNotIn("Huang", str(invalid.exception))
        with self.assertRaises(LinecrewError.Invalid):
            self.phone.items(kind="no such kind")

    async def test_nothing_travels_in_the_clear_and_no_server_is_offline(self):
        with self.assertRaises(LinecrewError.Untrusted):
            await self.phone.enrol("http://linecrew.example", "RC8S3-QVG7R", "phone")
        with self.assertRaises(LinecrewError.Offline) as offline:
            await self.phone.enrol("http://127.0.0.1:1", "RC8S3-QVG7R", "phone")
        self.assertEqual(offline.exception.code, "no_connection")

    async def test_a_store_that_was_shut_down_says_so_and_opens_again_as_the_same(self):
        before = self.phone.installation()
        changes = self.phone.observe()
        await changes.next()
        waiting = asyncio.ensure_future(changes.next())
        await self.phone.shut_down()
        await self.phone.shut_down()
        with self.assertRaises(LinecrewError.Closed):
            self.phone.status()
        with self.assertRaises((LinecrewError.Closed, LinecrewError.Store)):
            await waiting
        again = await opened(Path(self.folder.name) / "phone")
        self.assertEqual(again.installation(), before)
        await again.shut_down()


class Day(unittest.IsolatedAsyncioTestCase):
    """Two phones of a crew, and a server that is killed in between."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.end)
        cls.office = Office(cls.server)

    async def phone_of(self, username):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        phone = await opened(folder.name)
        self.addAsyncCleanup(phone.shut_down)
        account = await phone.enrol(self.server.url, self.server.invite(username), f"phone of {username}")
        self.assertEqual(account.username, username)
        self.assertEqual(account.roles, [linecrew.Role.REPAIR_CREW])
        return phone

    async def synced(self, phone):
        outcome = await phone.sync_once(SOON)
        self.assertIsNone(outcome.stopped)
        self.assertEqual((outcome.still_pending, outcome.equal), (0, True))
        return outcome

    async def test_a_repair_offline_and_back(self):
        item = self.office.report("repair")
        phone, mate = await self.phone_of("wang.min"), await self.phone_of("chen.liang")
        await self.synced(phone)
        (row,) = [row for row in phone.items() if row.id == item]
        self.assertEqual((row.kind, row.phase, row.site.address), ("repair_dispatch", Phase.ASSIGNED, "鼓楼区五四路 1 号"))
        self.assertIn("accepted", row.next)
        changes = phone.observe()
        await changes.next()

        self.server.kill()
        self.assertEqual((await phone.accept(item)).kind, "accepted")
        await asyncio.wait_for(changes.next(), 30)
        await phone.depart(item)
        await phone.arrive(item)
        with self.assertRaises(LinecrewError.NotPermitted) as refused:
            await phone.complete_repair(item, linecrew.RepairReport(cause="风吹断线", remedy="接线"))
        self.assertEqual(refused.exception.code, "state_not_permitted")
        await phone.start_work(item)
        await phone.note(item, "灯亮了")
        self.assertEqual(phone.status().saved_here, 5)
        outcome = await phone.sync_once(SOON)
        self.assertEqual((outcome.stopped.code, outcome.still_pending), ("no_connection", 5))

        self.server.start()
        outcome = await self.synced(phone)
        self.assertEqual((outcome.accepted, outcome.quarantined), (5, 0))
        self.assertTrue(all(isinstance(edit.state, EditState.SAFE) for edit in phone.edits(document=item)))
        await phone.complete_repair(item, linecrew.RepairReport(cause="风吹断线", remedy="接线"))
        await self.synced(phone)
        self.assertEqual(self.office.state(item), "completed")
        await self.synced(mate)
        digests = [{feed.feed: feed.digest for feed in one.status().feeds} for one in (phone, mate)]
        crew = next(feed for feed in digests[0] if feed.startswith("crew"))
        self.assertEqual(digests[0][crew], digests[1][crew])

    async def test_what_was_refused_is_seen_and_kept(self):
        item = self.office.report("refused")
        phone = await self.phone_of("wang.min")
        await self.synced(phone)
        self.server.admin("disable", "wang.min")
        try:
            await phone.accept(item)
            outcome = await phone.sync_once(SOON)
            self.assertEqual((outcome.stopped.code, outcome.quarantined), ("suspended", 1))
            (edit,) = phone.edits(document=item)
            self.assertEqual(edit.state, EditState.NEEDS_ATTENTION(reason="revoked"))
            self.assertEqual(phone.status().needs_attention, 1)
        finally:
            self.server.admin("enable", "wang.min")

    async def test_a_sync_that_is_cancelled_loses_nothing(self):
        item = self.office.report("cancelled")
        phone = await self.phone_of("wang.min")
        await self.synced(phone)
        await phone.note(item, "无电")
        for _ in range(20):
            sync = asyncio.ensure_future(phone.sync_once(SOON))
            await asyncio.sleep(0)
            sync.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await sync
        await self.synced(phone)
        self.assertEqual(phone.status().safe, 1)


if __name__ == "__main__":
    unittest.main()
