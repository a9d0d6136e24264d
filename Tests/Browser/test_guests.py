# Third-party plugins, from the zip that the SDK's own tool made to the data that comes back: in containers, by clicking.

import io
import pathlib
import shutil
import subprocess
import sys
import time
import zipfile

import pytest

from test_owner import Discord, session, until

PLUGINS = pathlib.Path(__file__).resolve().parents[1] / "Guests"

pytestmark = pytest.mark.skipif(not shutil.which("podman") and not shutil.which("docker"), reason="no container engine")


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

    def upload(self, name, content):
        self.page.goto(self.here + "/guests")
        self.page.set_input_files("input[name=zip]", {"name": name, "mimeType": "application/zip", "buffer": content})
        self.page.click("form[enctype='multipart/form-data'] button[type=submit]")
        self.page.wait_for_url("**/guests/review/*")

    def install(self, plugin, content, without=(), also=()):
        self.upload(f"{plugin}.zip", content)
        for capability in without:
            self.page.locator(f"[name='capability:{capability}']").uncheck(force=True)
        for capability in also:
            self.page.locator(f"[name='capability:{capability}']").check(force=True)
        self.page.click("form[action*='/guests/review/'] button[type=submit]")
        self.page.wait_for_url(f"**/guests/at/{plugin}")

    def command(self, name, options=()):
        """The owner runs a slash command; what the bot answers."""
        for _ in range(60):
            index = self.discord.call("GET", f"/api/v10/guilds/{self.guild}/application-command-index", user=self.owner)
            found = [one for one in index["application_commands"] if one["name"] == name]
            if found:
                break
            time.sleep(0.25)
        else:
            raise AssertionError(f"/{name} was never registered")
        before = {one["id"] for one in self.messages()}
        self.discord.call("POST", "/api/v10/interactions", {
            "type": 2, "application_id": self.bot, "guild_id": self.guild, "channel_id": self.channel,
            "session_id": "test", "nonce": str(time.time_ns()),
            "data": {"id": found[0]["id"], "name": name, "type": 1, "version": found[0]["version"], "options": list(options)},
        }, self.owner)
        return before

    def messages(self):
        return self.discord.call("GET", f"/api/v10/channels/{self.channel}/messages", user=self.owner)

    def said(self, text, before=()):
        """Waits until somebody says it in the channel."""
        for _ in range(80):
            found = [one for one in self.messages() if text in one["content"] and one["id"] not in before]
            if found:
                return found[0]
            time.sleep(0.25)
        raise AssertionError(f"nobody said {text!r}: {[one['content'] for one in self.messages()]}")

    def log_has(self, plugin, text):
        until(self.page, f"{self.here}/guests/at/{plugin}/log", lambda page: text in page.inner_text("main"))


@pytest.fixture(scope="module")
def server(browser, address):
    return Server(browser, address, Discord(address), "Quiet Harbor")


def test_the_templates_of_the_sdk_work(server, tmp_path):
    # A greeter, as `yourbot new` writes it.
    server.install("my_welcome", scaffolded(tmp_path, "welcome"))
    before = server.command("welcome-channel")
    newcomer = next(p["id"] for p in server.discord.call("GET", "/sim/people") if server.guild not in p["guild_ids"])
    time.sleep(2)
    server.discord.join(server.guild, newcomer)
    server.said("Welcome to the server", before)

    # One that answers a word: only with the text of messages, which the owner gives it.
    server.install("my_basic", scaffolded(tmp_path, "basic"), also=["events:message_content"])
    server.discord.says(server.channel, "!ping", server.owner)
    time.sleep(2)
    assert not any(one["content"] == "Pong!" for one in server.messages()), "metadata only is what is chosen first"
    server.page.goto(server.here + "/guests/at/my_basic")
    server.page.locator("input[name=privacy][value=full]").check(force=True)
    server.page.click("form[action$='/grants'] button[type=submit]")
    server.page.wait_for_load_state()
    server.discord.says(server.channel, "!ping", server.owner)
    server.said("Pong!")

    # A command, and tasks by the clock.
    server.install("my_slash", scaffolded(tmp_path, "slash"))
    server.install("my_cron", scaffolded(tmp_path, "cron"))


def test_a_plugin_with_tables_and_pages(server):
    server.install("garden", packed(PLUGINS / "garden"), also=["storage:sql"])
    before = server.command("water", [{"name": "litres", "type": 4, "value": 7}])
    server.said("The garden has 7 litres now.", before)

    # What was not granted is refused, and its log says so.
    before = server.command("uproot")
    server.said("Not allowed: CapabilityError", before)
    server.log_has("garden", "discord:ban_members")

    # Its own page.
    page = server.page
    until(page, server.here + "/guests/at/garden/pages/beds", lambda page: "7" in page.inner_text(".guest-page"))
    assert "Gardeners" in page.inner_text(".guest-page")
    page.fill("[name='value.text']", "Keep off the grass")
    page.locator("form[action$='/calls/save_sign'] button[type=submit]").click()
    page.wait_for_load_state()
    page.goto(server.here + "/guests/at/garden/pages/beds")
    assert page.input_value("[name='value.text']") == "Keep off the grass"

    # Out, and back with its data.
    page.goto(server.here + "/guests/at/garden")
    page.locator("form[action$='/remove'] input[name=sure]").check(force=True)
    page.click("form[action$='/remove'] button[type=submit]")
    page.wait_for_url("**/guests")
    server.install("garden", packed(PLUGINS / "garden"), also=["storage:sql"])
    before = server.command("water", [{"name": "litres", "type": 4, "value": 1}])
    server.said("The garden has 8 litres now.", before)


def test_a_zip_that_is_not_sound_is_refused_in_words(server):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("../evil.py", "print()")
    page = server.page
    page.goto(server.here + "/guests")
    page.set_input_files("input[name=zip]", {"name": "evil.zip", "mimeType": "application/zip", "buffer": buffer.getvalue()})
    page.click("form[enctype='multipart/form-data'] button[type=submit]")
    page.wait_for_load_state()
    assert "cannot be used" in page.inner_text("main")
