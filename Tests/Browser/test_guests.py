# Third-party plugins, from the zip that the SDK's own tool made to the data that comes back: in containers, by clicking.

import io
import shutil
import time
import zipfile

import pytest

from guest_server import Server, scaffolded
from test_owner import Discord, until

# Whether anything is drawn.
INKED = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.some((part) => part > 0);
}"""

pytestmark = pytest.mark.skipif(not shutil.which("podman") and not shutil.which("docker"), reason="no container engine")


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

    # One with a command.
    server.install("my_slash", scaffolded(tmp_path, "slash"))
    answer = server.said("Hi, ", server.command("hello"))
    names = {person["id"]: person["username"] for person in server.discord.call("GET", "/sim/people")}
    assert answer["content"] == f"Hi, {names[server.owner]}!" and answer["flags"] & 64
    server.log_has("my_slash", "My Slash ready")

    # And one with tasks by the clock: both are due at nine.
    server.install("my_cron", scaffolded(tmp_path, "cron"))
    before = server.command("summary-channel")
    server.said(f"Daily summary will post to <#{server.channel}>.", before)
    server.go_to_nine()
    server.said("Good morning!", before)
    server.log_has("my_cron", "heartbeat tick #1")


def test_a_plugin_with_tables_and_pages(server):
    server.install("garden", also=["storage:sql"])
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

    # Its chart is drawn, and drawn anew when it is asked for again.
    chart = page.locator("[data-guest-widget=days]")
    chart.locator("canvas").evaluate("(canvas) => { canvas.dataset.isOld = ''; }")
    server.command("water", [{"name": "litres", "type": 4, "value": 2}])
    chart.locator("canvas:not([data-is-old])").wait_for(timeout=20_000)
    assert chart.locator("canvas").count() == 1
    chart.locator("td[data-value='9.0']").wait_for(state="attached", timeout=20_000)
    assert chart.locator("canvas").evaluate(INKED)

    page.fill("[name='value.text']", "Keep off the grass")
    page.locator("form[action$='/calls/save_sign'] button[type=submit]").click()
    page.wait_for_load_state()
    page.goto(server.here + "/guests/at/garden/pages/beds")
    assert page.input_value("[name='value.text']") == "Keep off the grass"

    # Out, and back with its data.
    server.remove("garden")
    server.install("garden", also=["storage:sql"])
    before = server.command("water", [{"name": "litres", "type": 4, "value": 1}])
    server.said("The garden has 10 litres now.", before)


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
