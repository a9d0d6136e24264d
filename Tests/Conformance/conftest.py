"""A simulator for each test module, and the people and applications in it."""

import asyncio
import contextlib
import json
import urllib.request

import aiohttp
import pytest

from simulator_process import SimulatorProcess, pytest_runtest_call  # noqa: F401


class Sim:
    """A running simulator."""

    def __init__(self, lines):
        one = {line["kind"]: line for line in lines if line["kind"] == "simulator"}["simulator"]
        self.address = one["address"]
        self.api = one["api"]
        self.cdn = one["cdn"]
        self.applications = [line for line in lines if line["kind"] == "application"]
        self.users = [line for line in lines if line["kind"] == "user"]
        self.guilds = [line for line in lines if line["kind"] == "guild"]
        self.app = self.applications[0]
        self.guild = self.guilds[0]
        self.owner = next(user for user in self.users if user["id"] == self.guild["owner_id"])
        self.person = next(user for user in self.users if user["id"] != self.guild["owner_id"])

    def text_channel(self):
        """A channel that everybody may write in."""
        return next(channel for channel in self.guild["channels"] if channel["type"] == 0 and channel["public"])


@pytest.fixture(scope="module")
def sim():
    with SimulatorProcess() as process:
        simulator = Sim(process.lines)
        # Each test is a new session of the same bot: without this they would wait for each other.
        settings = json.dumps({"identify_concurrency": False}).encode()
        request = urllib.request.Request(
            simulator.address + "/sim/settings", settings, {"Content-Type": "application/json"}, method="PATCH")
        urllib.request.urlopen(request, timeout=5).close()
        yield simulator


class Person:
    """A user session: what the playground's page does, in Python."""

    def __init__(self, sim, user):
        self.sim, self.user, self.token = sim, user, f"user.{user['id']}"
        self.events, self.seen = [], asyncio.Condition()

    async def __aenter__(self):
        self.http = aiohttp.ClientSession(headers={"Authorization": self.token})
        self.socket = await self.http.ws_connect(self.sim.address.replace("http", "ws") + "/gateway?v=10&encoding=json")
        hello = await self.socket.receive_json()
        assert hello["op"] == 10
        identify = {"token": self.token, "properties": {"os": "test", "browser": "test", "device": ""}}
        await self.socket.send_json({"op": 2, "d": identify})
        self.reader = asyncio.create_task(self._read())
        ready = await self.event("READY")
        self.session = ready["session_id"]
        return self

    async def __aexit__(self, *_):
        self.reader.cancel()
        await self.socket.close()
        await self.http.close()

    async def _read(self):
        async for message in self.socket:
            payload = json.loads(message.data)
            if payload["op"] == 0:
                async with self.seen:
                    self.events.append((payload["t"], payload["d"]))
                    self.seen.notify_all()

    async def event(self, name, where=lambda data: True, seconds=5):
        """The first event of that name, past or to come, that fits."""

        def find():
            return next((data for kind, data in self.events if kind == name and where(data)), None)

        async with asyncio.timeout(seconds):
            async with self.seen:
                await self.seen.wait_for(lambda: find() is not None)
                return find()

    async def call(self, method, path, body=None, status=None):
        async with self.http.request(method, self.sim.api + path, json=body) as response:
            text = await response.text()
            if status is not None:
                assert response.status == status, text
            else:
                assert response.status < 300, text
            return json.loads(text) if text else None

    async def say(self, channel, text):
        return await self.call("POST", f"/channels/{channel}/messages", {"content": text})

    async def commands(self, guild):
        return (await self.call("GET", f"/guilds/{guild}/application-command-index"))["application_commands"]

    async def interact(self, kind, data, *, guild, channel, application, message=None, nonce="1"):
        body = {
            "type": kind, "application_id": application, "guild_id": guild, "channel_id": channel,
            "session_id": self.session, "data": data, "nonce": nonce,
        }
        if message:
            body["message_id"] = message
        await self.call("POST", "/interactions", body, status=204)

    async def slash(self, name, options=(), *, guild, channel, kind=2, nonce="1"):
        command = next(c for c in await self.commands(guild) if c["name"] == name and c["type"] == 1)
        data = {"id": command["id"], "version": command["version"], "name": name, "type": 1, "options": list(options)}
        await self.interact(
            kind, data, guild=guild, channel=channel, application=command["application_id"], nonce=nonce)


@contextlib.asynccontextmanager
async def running(coroutine):
    """A coroutine in the background, cancelled at the end; what it raises is raised here."""
    task = asyncio.create_task(coroutine)
    try:
        yield task
    finally:
        if task.done() and not task.cancelled() and task.exception():
            raise task.exception()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def order_fault(sim, **order):
    async with aiohttp.ClientSession() as http:
        async with http.post(sim.address + "/sim/faults", json=order) as response:
            assert response.status == 201, await response.text()
            return await response.json()


def run(coroutine, seconds=40):
    """Runs a test's coroutine with a deadline."""

    async def bounded():
        async with asyncio.timeout(seconds):
            await coroutine

    asyncio.run(bounded())
