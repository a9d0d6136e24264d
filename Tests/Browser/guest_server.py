# A server of the demo for tests of third-party plugins: what its owner clicks, and what its people do at Discord.

import contextlib
import datetime
import io
import json
import pathlib
import subprocess
import sys
import time
import urllib.error
import zipfile

from websockets.sync.client import connect

from test_owner import session, until

PLUGINS = pathlib.Path(__file__).resolve().parents[1] / "Guests"
COMMAND, COMPONENT, MODAL = 2, 3, 5
# Everything a person's own client is told of.
INTENTS = 0b11_0011_0001_1111_1111_1111_1111


def packed(folder):
    """A zip as `yourbot` packs it: the folder's files at the root, without tests."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(pathlib.Path(folder).rglob("*")):
            name = path.relative_to(folder)
            if path.is_file() and name.parts[0] not in ("tests", "__pycache__") and not name.name.startswith("."):
                archive.write(path, str(name))
    return buffer.getvalue()


def scaffolded(folder, template):
    """What `yourbot new` makes, packed."""
    target = folder / f"my_{template}"
    subprocess.run(
        [str(pathlib.Path(sys.executable).with_name("yourbot")), "new", f"my_{template}", "--template", template, "--target", str(target)],
        check=True, capture_output=True,
    )
    return packed(target)


def eventually(find, failure, seconds=20):
    """What `find` returns, once it is something."""
    deadline = time.monotonic() + seconds
    while True:
        if found := find():
            return found
        if time.monotonic() > deadline:
            raise AssertionError(failure() if callable(failure) else failure)
        time.sleep(0.25)


class Client:
    """The gateway as a person's own client has it: forms are shown to people there, and nowhere else."""

    def __init__(self, socket, user):
        self.socket = socket
        properties = {"os": "linux", "browser": "test", "device": "test"}
        identify = {"token": f"user.{user}", "intents": INTENTS, "properties": properties}
        self.socket.send(json.dumps({"op": 2, "d": identify}))
        self.event("READY")

    def event(self, name, seconds=20):
        deadline = time.monotonic() + seconds
        while True:
            message = json.loads(self.socket.recv(timeout=max(0.1, deadline - time.monotonic())))
            if message.get("t") == name:
                return message["d"]


class Server:
    """A server of the demo whose owner is signed in."""

    def __init__(self, browser, address, discord, name):
        self.discord, self.address = discord, address
        self.guild, self.owner, self.channel = discord.server(name)
        self.page = session(browser, address, self.owner, 1440)
        invite = self.page.locator(f"a[href*='guild_id={self.guild}']").first
        self.page.goto(invite.get_attribute("href"))
        self.page.select_option("select[name=user_id]", self.owner)
        self.page.click("[name=action][value=allow]")
        self.here = f"{address}/g/{self.guild}"
        until(self.page, self.here, lambda page: page.title().startswith("Overview"))
        self.bot = discord.call("GET", "/sim/applications")[0]["id"]

    # What the owner clicks.

    def upload(self, name, content):
        self.page.goto(self.here + "/guests")
        self.page.set_input_files("input[name=zip]", {"name": name, "mimeType": "application/zip", "buffer": content})
        self.page.click("form[enctype='multipart/form-data'] button[type=submit]")
        self.page.wait_for_load_state()
        assert "/guests/review/" in self.page.url, self.page.inner_text("main")

    def install(self, plugin, content=None, without=(), also=(), without_domains=()):
        self.upload(f"{plugin}.zip", content or packed(PLUGINS / plugin))
        for capability in without:
            self.page.locator(f"[name='capability:{capability}']").uncheck(force=True)
        for capability in also:
            self.page.locator(f"[name='capability:{capability}']").check(force=True)
        for domain in without_domains:
            self.page.locator(f"[name='domain:{domain}']").uncheck(force=True)
        self.page.click("form[action*='/guests/review/'] button[type=submit]")
        self.page.wait_for_url(f"**/guests/at/{plugin}")

    def remove(self, plugin):
        self.page.goto(f"{self.here}/guests/at/{plugin}")
        self.page.locator("form[action$='/remove'] input[name=sure]").check(force=True)
        self.page.click("form[action$='/remove'] button[type=submit]")
        self.page.wait_for_url("**/guests")

    def turn(self, plugin, is_on):
        self.page.goto(f"{self.here}/guests/at/{plugin}")
        switch = self.page.locator(f"form[action$='/guests/at/{plugin}/switch'] input[type=checkbox]")
        with self.page.expect_response(f"**/guests/at/{plugin}/switch") as answer:
            switch.set_checked(is_on, force=True)
        assert answer.value.ok

    def keep_secret(self, plugin, name, value, host=None):
        self.page.goto(f"{self.here}/guests/at/{plugin}")
        form = self.page.locator("form[action$='/secrets']").last
        form.locator("[name=name]").fill(name)
        form.locator("[name=value]").fill(value)
        if host:
            form.locator("[name=host]").fill(host)
        form.locator("button[type=submit]").click()
        self.page.wait_for_load_state()

    def shows(self, plugin, page, *words, without=()):
        """Loads a page of the plugin's own until it says all the words; what it says, in one line."""
        def text():
            return " ".join(self.page.inner_text(".guest-page").split())

        address = f"{self.here}/guests/at/{plugin}/pages/{page}"
        until(self.page, address, lambda _: all(one in text() for one in words) and not any(one in text() for one in without))
        return text()

    def submit(self, method):
        """Sends the form or button of the plugin's page that calls a method, and returns what the page says then."""
        form = self.page.locator(f"form[action$='/calls/{method}']")
        if (question := form.locator("xpath=ancestor::details")).count():
            question.locator("summary").click()
        form.locator("button[type=submit]").click()
        self.page.wait_for_load_state()
        return self.page.inner_text("body")

    def log_has(self, plugin, text, level="debug"):
        until(
            self.page, f"{self.here}/guests/at/{plugin}/log?level={level}",
            lambda page: text in page.inner_text("main"))

    # What people do at Discord.

    def call(self, method, path, body=None, user=None):
        return self.discord.call(method, "/api/v10" + path, body, user or self.owner)

    def interact(self, kind, data, user=None, channel=None, **more):
        self.call("POST", "/interactions", {
            "type": kind, "application_id": self.bot, "guild_id": self.guild, "channel_id": channel or self.channel,
            "session_id": "test", "nonce": str(time.time_ns()), "data": data, **more,
        }, user)

    def command(self, name, options=(), user=None):
        """Somebody, or the owner, runs a slash command; what they saw in the channel before."""
        def registered():
            index = self.call("GET", f"/guilds/{self.guild}/application-command-index", user=user)
            return [one for one in index["application_commands"] if one["name"] == name]

        found = eventually(registered, f"/{name} was never registered", 15)[0]
        before = {one["id"] for one in self.messages(user=user)}
        self.interact(COMMAND, {
            "id": found["id"], "name": name, "type": 1, "version": found["version"], "options": list(options),
        }, user)
        return before

    def subcommand(self, name, sub, options=(), user=None):
        return self.command(name, [{"name": sub, "type": 1, "options": list(options)}], user)

    def press(self, message, label, user=None):
        """Somebody presses a button; what they saw in its channel before."""
        buttons = [one for row in message["components"] for one in row["components"]]
        button = next(one for one in buttons if one["label"] == label)
        before = {one["id"] for one in self.messages(message["channel_id"], user)}
        self.interact(
            COMPONENT, {"component_type": 2, "custom_id": button["custom_id"]}, user, message["channel_id"],
            message_id=message["id"])
        return before

    def fill(self, modal, values, user=None, channel=None):
        """Somebody sends a form that was shown to them."""
        rows = [{"type": 1, "components": [{"type": 4, "custom_id": name, "value": text}]} for name, text in values.items()]
        self.interact(MODAL, {"id": modal["id"], "custom_id": modal["custom_id"], "components": rows}, user, channel)

    @contextlib.contextmanager
    def client(self, user):
        address = self.discord.origin.replace("http", "ws", 1) + "/gateway?v=10&encoding=json"
        with connect(address, max_size=None) as socket:
            yield Client(socket, user)

    def messages(self, channel=None, user=None):
        return self.call("GET", f"/channels/{channel or self.channel}/messages", user=user)

    def said(self, text, before=(), channel=None, user=None):
        """Waits until somebody says it in the channel."""
        return self.sees(lambda one: text in one["content"], before, channel, user, text)

    def sees(self, condition, before=(), channel=None, user=None, what="it"):
        """Waits until there is such a message."""
        def find():
            return next((one for one in self.messages(channel, user) if one["id"] not in before and condition(one)), None)

        return eventually(
            find, lambda: f"nobody said {what!r}: {[one['content'] for one in self.messages(channel, user)]}")

    def message(self, message):
        """As it is now."""
        return self.call("GET", f"/channels/{message['channel_id']}/messages/{message['id']}")

    def channels(self, user=None):
        return {one["name"]: one for one in self.call("GET", f"/guilds/{self.guild}/channels", user=user)}

    def exists(self, channel):
        try:
            self.call("GET", f"/channels/{channel}")
        except urllib.error.HTTPError as error:
            assert error.code == 404
            return False
        return True

    # Time.

    def now(self):
        return datetime.datetime.fromisoformat(self.discord.call("GET", "/sim/time")["now"])

    def advance(self, seconds):
        self.discord.call("POST", "/sim/time/advance", {"seconds": int(seconds)})

    def go_to_nine(self):
        """Moves the world to the next nine in the morning, and past the delay that each server's tasks have."""
        # What is under way would look as if it had hung for hours.
        time.sleep(1)
        nine = self.now().replace(hour=9, minute=0, second=0, microsecond=0)
        if nine <= self.now():
            nine += datetime.timedelta(days=1)
        self.advance((nine - self.now()).total_seconds() - 1)
        eventually(lambda: self.now() > nine + datetime.timedelta(seconds=3), "time stands still")
        self.advance(31)
        return nine
