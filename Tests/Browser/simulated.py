# What the tests of the playground need: a simulator, a bot in it, and people who use the page.
#
# GUILDHALL_SIMULATOR_URL  a running simulator: used as it is.
# otherwise                one is started: simulator_process.py.

import contextlib
import json
import os
import pathlib
import subprocess
import sys
import threading
import urllib.request

from simulator_process import SimulatorProcess

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
START_DEADLINE_SECONDS = 30


@contextlib.contextmanager
def stopping(process):
    """The process, ended with the block; killed when it says nothing in time."""
    guard = threading.Timer(START_DEADLINE_SECONDS, process.kill)
    guard.start()
    try:
        yield guard
    finally:
        guard.cancel()
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


@contextlib.contextmanager
def running_simulator():
    if address := os.environ.get("GUILDHALL_SIMULATOR_URL"):
        yield address.rstrip("/")
        return
    with SimulatorProcess() as process:
        yield next(line["address"] for line in process.lines if line["kind"] == "simulator")


@contextlib.contextmanager
def running_bot(address, token):
    script = REPOSITORY / "Tests/Browser/playground_bot.py"
    process = subprocess.Popen([sys.executable, str(script), token, address], stdout=subprocess.PIPE, text=True)
    with stopping(process) as guard:
        assert process.stdout.readline().strip() == "ready", "the bot did not start"
        guard.cancel()
        yield process


class World:
    """The simulated world as its REST API shows it."""

    def __init__(self, address):
        self.address = address
        self.people = [person for person in self.sim("GET", "/people") if not person.get("bot")]
        first = self.people[0]["id"]
        self.guild = self.call(first, "GET", f"/guilds/{self.call(first, 'GET', '/users/@me/guilds')[0]['id']}")
        self.owner = self.person(self.guild["owner_id"])
        members = {person["id"]: self.member(person["id"]) for person in self.people[:12]}
        plain = [person for person in self.people if person["id"] in members and members[person["id"]] and person is not self.owner]
        self.someone, self.another = plain[-2:]
        channels = self.call(self.someone["id"], "GET", f"/guilds/{self.guild['id']}/channels")
        self.channels = {channel["name"]: channel for channel in channels}

    def person(self, user_id):
        return next(person for person in self.people if person["id"] == user_id)

    def member(self, user_id):
        try:
            return self.call(self.guild["owner_id"], "GET", f"/guilds/{self.guild['id']}/members/{user_id}")
        except urllib.error.HTTPError:
            return None

    def text_channel(self):
        """A channel that everybody may write in."""
        return next(channel for channel in self.channels.values() if channel["type"] == 0 and "general" in channel["name"])

    def voice_channel(self):
        return next(channel for channel in self.channels.values() if channel["type"] == 2)

    def create(self, name):
        """Somebody new, who is in no guild yet."""
        return self.sim("POST", "/people", {"username": name.lower().replace(" ", ""), "global_name": name})

    def sim(self, method, path, body=None):
        return self.request(method, f"{self.address}/sim{path}", {}, body)

    def call(self, user_id, method, path, body=None):
        return self.request(method, f"{self.address}/api/v10{path}", {"Authorization": f"user.{user_id}"}, body)

    def request(self, method, url, headers, body):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, {**headers, "Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=10) as response:
            text = response.read()
        return json.loads(text) if text else None


def name_of(person):
    return person.get("global_name") or person["username"]
