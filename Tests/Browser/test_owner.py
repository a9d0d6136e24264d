# What an owner does on the first day, with nothing but a browser: from the sign-in to a member's erased data.

import json
import os
import re
import urllib.error
import urllib.request

import pytest

from signed_in import consent

SCAM = "free nitro: https://discord-nitro-gift.ru/gift"


class Discord:
    """The simulated Discord beside the demo, and what its people do there."""

    def __init__(self, address):
        base = consent(address)[2]
        self.origin = base.split("/api/")[0].split("/oauth2/")[0]

    def call(self, method, path, body=None, user=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.origin + path, data=data, method=method)
        request.add_header("Content-Type", "application/json")
        if user:
            request.add_header("Authorization", f"user.{user}")
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def server(self, name):
        """A server of the world without the bot: its id, its owner, and a channel in which everybody writes."""
        found = next(guild for guild in self.call("GET", "/sim/guilds") if guild["name"] == name)
        guild, owner = found["id"], found["owner_id"]
        bot = self.call("GET", "/sim/applications")[0]["id"]
        try:
            self.call("DELETE", f"/sim/guilds/{guild}/members/{bot}")
        except urllib.error.HTTPError as error:
            assert error.code in (403, 404)
        channel = self.call("POST", f"/api/v10/guilds/{guild}/channels", {"name": "talk", "type": 0}, owner)["id"]
        return guild, owner, channel

    def join(self, guild, user):
        self.call("PUT", f"/sim/guilds/{guild}/members/{user}", {})

    def says(self, channel, text, user):
        return self.call("POST", f"/api/v10/channels/{channel}/messages", {"content": text}, user)["id"]


@pytest.fixture(scope="module")
def discord(address):
    if os.environ.get("GUILDHALL_RENDERING"):
        pytest.skip("a rendering has one page")
    return Discord(address)


def session(browser, address, user, width):
    """Signs in by clicking, as that person."""
    context = browser.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(address + "/login")
    page.select_option("select[name=user_id]", user)
    page.click("[name=action][value=allow]")
    page.wait_for_url(address + "/servers")
    return page


def until(page, path, condition):
    """Loads the page until something is there, ten seconds at most."""
    for _ in range(40):
        page.goto(path)
        if condition(page):
            return
        page.wait_for_timeout(250)
    raise AssertionError(f"{path}: it never came\n{page.inner_text('main')[:2000]}")


@pytest.mark.parametrize("width, name", [(1440, "Quiet Harbor"), (390, "Tiny Tavern")])
def test_first_day(browser, address, discord, width, name):
    guild, owner, channel = discord.server(name)
    strangers = [person["id"] for person in discord.call("GET", "/sim/people") if guild not in person["guild_ids"]]
    friend, spammer = strangers[:2]
    for person in (friend, spammer):
        discord.join(guild, person)

    # Adds the bot to a second server.
    page = session(browser, address, owner, width)
    invite = page.locator(f"a[href*='guild_id={guild}']").first
    page.goto(invite.get_attribute("href"))
    page.select_option("select[name=user_id]", owner)
    page.click("[name=action][value=allow]")
    here = f"{address}/g/{guild}"
    until(page, here, lambda page: page.title().startswith("Overview"))

    # Switches moderation on at once, and AutoMod with a preset.
    page.goto(here + "/plugins")
    for plugin in ("moderation", "automod"):
        switch = page.locator(f"form[action$='/plugins/{plugin}/switch'] input[type=checkbox]")
        with page.expect_response(re.compile(f"/plugins/{plugin}/switch$")) as answer:
            switch.check(force=True)
        assert answer.value.ok
    page.goto(here + "/plugins/automod/presets/strict")
    page.click("form[action$='/presets/strict'] button[type=submit]")
    page.wait_for_url(here + "/plugins/automod")

    # Sees it work, and finds the case.
    message = discord.says(channel, SCAM, spammer)
    until(page, here + "/moderation/cases", lambda page: page.locator("table tbody a[href*='case?number=']").count() > 0)
    left = discord.call("GET", f"/api/v10/channels/{channel}/messages", user=owner)
    assert message not in [entry["id"] for entry in left]

    # Takes a setting back.
    page.goto(here + "/plugins/automod/history")
    before = page.locator("form[action$='/automod/revert']").count()
    page.locator("form[action$='/automod/revert'] button[type=submit]").last.click()
    page.wait_for_load_state()
    page.goto(here + "/plugins/automod/history")
    assert page.locator("form[action$='/automod/revert']").count() > before

    # Lets a friend look, who cannot write.
    page.goto(here + "/access")
    form = page.locator("form[action$='/access/grant']").first
    form.locator("[name=person]").fill(friend)
    form.locator("button[type=submit]").click()
    page.wait_for_load_state()
    looking = session(browser, address, friend, width)
    assert looking.goto(here + "/plugins/automod").status == 200
    assert looking.locator("form[action$='/automod/switch']").count() == 0
    assert looking.locator("main input:not(:disabled):not([type=hidden]):not([type=search])").count() == 0
    token = looking.locator("form[action='/logout'] input[name=csrf]").get_attribute("value")
    refused = looking.request.post(
        here + "/plugins/automod/switch", form={"csrf": token, "on": "on"}, headers={"Origin": address}
    )
    assert refused.status == 403

    # Takes a member's data along, and erases it.
    page.goto(here + "/data")
    form = page.locator("form[action$='/data/member/export']")
    form.locator("[name=user]").fill(spammer)
    with page.expect_download() as download:
        form.locator("button[type=submit]").click()
    assert spammer in open(download.value.path()).read()
    token = page.locator("form[action='/logout'] input[name=csrf]").get_attribute("value")
    erased = page.request.post(
        here + "/data/member/erase",
        form={"csrf": token, "user": spammer, "confirm": spammer},
        headers={"Origin": address},
    )
    # The report names what went and what stays: a case does, for the server's protection.
    assert erased.ok and "moderation_case" in erased.text()
    page.goto(here + "/audit")
    assert "erase" in page.inner_text("main").lower()
    page.context.close()
    looking.context.close()
