# What strangers call things, through every page in a real browser: nothing of it runs, and no page becomes wider than the
# screen. That each text is only text in the markup is what HostileTextTests.swift looks at, with two hundred of them.

import os
import tempfile
import urllib.error
import urllib.request
import json

import pytest

from conftest import start_guildhall
from signed_in import sign_in
from test_design import WIDTHS
from test_owner import Discord
from test_pages import look_around

SCRIPT = "<script>window.hit=1</script>"
IMAGE = '"><img src=x onerror=window.hit=2>'
TEXTS = [
    SCRIPT, IMAGE, "'><svg onload=window.hit=3>", "</title></textarea><script>window.hit=4</script>",
    "javascript:window.hit=5", "{{constructor.constructor('window.hit=6')()}}", "W" * 90, "www." + "long" * 22,
    "\u202egnp.exe\u202d \u2066isolated", "\u202bעברית مرحبا\u202c", "👩‍👩‍👧‍👦" * 8, "Z̴̧̛͎͚a̷̡l̶̨g̵̢o̸̧" * 6, "ﷺ" * 20, "\u200b\u200d\ufeff.",
    "日本語" * 20, "_" * 90, "&lt;b&gt; &amp;amp; &copy", "](javascript:window.hit=7) [x](javascript:window.hit=8)",
]


@pytest.fixture(scope="module")
def hostile_address():
    if os.environ.get("GUILDHALL_RENDERING"):
        pytest.skip("a rendering has no strangers")
    with tempfile.TemporaryDirectory(prefix="guildhall-hostile-") as data:
        yield from start_guildhall(data)


def api(visitor, method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{visitor.address}/api/v1{path}", data, visitor.headers, method=method)
    request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        if error.code == 422:
            return None
        raise


def leaves(document, path=""):
    """Paths of settings that are, or may be, texts."""
    for name, value in document.items():
        here = f"{path}.{name}" if path else name
        if isinstance(value, dict):
            yield from leaves(value, here)
        elif value is None or isinstance(value, str):
            yield here


@pytest.fixture(scope="module")
def visitor(hostile_address):
    """The owner of a server in which everything has a hostile name, and so have its settings."""
    visitor = sign_in(hostile_address)
    discord, guild = Discord(hostile_address), visitor.guild
    owner = next(one for one in discord.call("GET", "/sim/guilds") if one["id"] == guild)["owner_id"]

    def act(method, path, body):
        return discord.call(method, f"/api/v10/guilds/{guild}{path}", body, owner)

    act("PATCH", "", {"name": IMAGE + SCRIPT})
    people = [one["id"] for one in discord.call("GET", "/sim/people") if not one.get("bot")]
    members = [one for one in people if one != owner][: len(TEXTS)]
    for index, text in enumerate(TEXTS):
        act("POST", "/channels", {"name": text[:100], "type": 0})
        act("POST", "/roles", {"name": text[:100]})
        if index < len(members):
            discord.join(guild, members[index])
            act("PATCH", f"/members/{members[index]}", {"nick": text[:32]})
    taken = 0
    for plugin in ("core", "automod", "moderation", "roles", "welcome"):
        document = api(visitor, "GET", f"/guilds/{guild}/plugins/{plugin}/settings")["settings"]
        for number, path in enumerate(leaves(document)):
            body = {"path": path, "value": TEXTS[number % len(TEXTS)]}
            taken += api(visitor, "PATCH", f"/guilds/{guild}/plugins/{plugin}/settings", body) is not None
        if plugin != "core":
            api(visitor, "POST", f"/guilds/{guild}/plugins/{plugin}/enable")
    assert taken >= 10
    return visitor


@pytest.fixture(scope="module")
def hostile_pages(browser, hostile_address, visitor):
    return look_around(browser, hostile_address, visitor)


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_runs_or_yields_to_what_strangers_wrote(browser, hostile_address, visitor, hostile_pages, width):
    context = browser.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    context.add_cookies(visitor.cookies)
    faults, seen = [], 0
    for path, status in hostile_pages.values():
        page = context.new_page()
        page.on("dialog", lambda dialog: (faults.append(f"{path}: a dialog"), dialog.dismiss()))
        page.on("pageerror", lambda error: faults.append(f"{path}: {error}"))
        page.on("console", lambda line: line.type == "error" and status == 200 and faults.append(f"{path}: {line.text}"))
        page.goto(hostile_address + path)
        if page.evaluate("window.hit") is not None:
            faults.append(f"{path}: ran {page.evaluate('window.hit')}")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            faults.append(f"{path}: wider than {width}")
        seen += "window.hit" in page.inner_text("body")
        if folder := os.environ.get("GUILDHALL_SCREENSHOTS"):
            page.screenshot(path=f"{folder}/hostile{path.replace('/', '-').split('?')[0]}-{width}.png", full_page=True)
        page.close()
    context.close()
    assert faults == []
    assert seen >= 15, "the texts are on no page"
