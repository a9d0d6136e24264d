# The playground in a real browser, used as a person uses it: with others, with a bot, on a phone, by keyboard.

import re
import time
import zlib
import struct

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from simulated import World, name_of, running_bot, running_simulator

PAGE = "/playground"
WIDTHS = [390, 1440]
THEMES = ["light", "dark"]
SIZE_BUDGET_KIBIBYTES = 280


def violations(page):
    return [
        f"{violation['id']}: {node['html'][:160]} ({node.get('failureSummary', '')[:300]})"
        for violation in Axe().run(page).response["violations"]
        for node in violation["nodes"]
    ]


@pytest.fixture(scope="module")
def address():
    with running_simulator() as address:
        yield address


@pytest.fixture(scope="module")
def world(address):
    return World(address)


@pytest.fixture(scope="module")
def bot(world):
    application = world.sim("GET", "/applications")[0]
    with running_bot(world.address, application["bot_token"]) as process:
        yield process


@pytest.fixture
def be(open_page, world):
    """Opens the page as a person, in a channel everybody may write in."""

    def be_person(person, channel=None, **options):
        channel = channel or world.text_channel()
        page = open_page(f"{PAGE}#{person['id']}/{world.guild['id']}/{channel['id']}", **options)
        expect(page.locator(".scroller")).to_be_visible()
        expect(page.locator(".skeletons")).to_have_count(0)
        expect(page.locator(".message, .beginning, .empty").locator("visible=true").first).to_be_visible()
        return page

    return be_person


def composer(page):
    return page.get_by_role("textbox", name=re.compile("^Message "))


def say(page, text):
    composer(page).fill(text)
    composer(page).press("Enter")


def message(page, text):
    return page.locator(".message", has_text=text).last


def use(page, command):
    """Picks a slash command as typing does."""
    composer(page).fill(command)
    expect(page.locator(".command").first).to_be_visible()
    composer(page).press("Enter")
    return page.locator(".command-form")


def run(page, command):
    form = use(page, command)
    form.get_by_role("button", name="Run").click()


def post_panel(page):
    """Lets the bot post its panel; the newest, not one of an earlier test."""
    panels = page.locator(".message", has_text="Raid tonight")
    before = panels.count()
    run(page, "/panel")
    expect(panels).to_have_count(before + 1)
    return panels.nth(before)


def channel_row(page, channel):
    name = page.get_by_text(channel["name"], exact=True)
    return page.locator(".channel", has=name).first


def unique(text):
    return f"{text} {time.monotonic_ns()}"


# Arriving

def test_a_newcomer_picks_whom_to_be(open_page, world):
    page = open_page(PAGE)
    expect(page.get_by_role("heading", level=1)).to_have_text("Who do you want to be?")
    page.get_by_role("button", name=re.compile(re.escape(name_of(world.someone)))).first.click()
    expect(page.locator(".you-name strong")).to_contain_text(name_of(world.someone))
    expect(page.locator(".channel").first).to_be_visible()
    assert page.faults == []


def test_one_switches_to_somebody_else_at_once(be, world):
    page = be(world.someone)
    page.get_by_role("button", name="Switch").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=re.compile(re.escape(name_of(world.owner)))).first.click()
    expect(page.locator(".you-name strong")).to_contain_text(name_of(world.owner))
    expect(dialog).to_have_count(0)


def test_nothing_is_fetched_from_elsewhere(be, world, address):
    page = be(world.owner)
    page.wait_for_load_state("networkidle")
    strangers = [url for url in page.requested if not url.startswith((address + "/", "blob:"))]
    assert page.requested and strangers == []


def test_the_policy_allows_nothing_inline(be, world):
    page = be(world.owner)
    page.evaluate(
        """() => {
          window.ran = false;
          const script = document.createElement('script');
          try { script.textContent = 'window.ran = true'; document.body.append(script); } catch { }
          try { document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="window.ran = true">'); } catch { }
        }"""
    )
    assert page.evaluate("window.ran") is False


def test_the_page_is_small(open_page, address):
    page = open_page(PAGE)
    page.wait_for_load_state("networkidle")
    bytes_of_assets = page.evaluate(
        "performance.getEntriesByType('resource').filter(({name}) => name.includes('/playground/'))"
        ".reduce((sum, {decodedBodySize}) => sum + decodedBodySize, 0)"
    )
    assert 0 < bytes_of_assets <= SIZE_BUDGET_KIBIBYTES * 1024


def test_every_module_is_named_in_the_page(open_page):
    page = open_page(PAGE)
    page.wait_for_load_state("networkidle")
    named = page.evaluate("[...document.querySelectorAll('link[rel=modulepreload], script[src]')].map((item) => item.href ?? item.src)")
    loaded = {url for url in page.requested if url.endswith(".js")}
    assert loaded <= set(named)


# Talking

def test_words_arrive_at_another_person(be, world):
    one, other = be(world.someone), be(world.another)
    words = unique("Hello **there**")
    say(one, words)
    expect(message(other, words.replace("**", ""))).to_be_visible()
    expect(message(other, words.replace("**", "")).locator("strong")).to_have_text("there")
    expect(composer(one)).to_have_value("")


def test_somebody_types(be, world):
    one, other = be(world.someone), be(world.another)
    composer(one).press_sequentially("Hmm")
    expect(other.locator(".typing")).to_contain_text(name_of(world.someone))


def test_a_reply_an_edit_and_a_deletion(be, world):
    one, other = be(world.someone), be(world.another)
    words = unique("Who is in?")
    say(one, words)
    message(other, words).hover()
    message(other, words).get_by_role("button", name="Reply").click()
    expect(other.locator(".replying")).to_contain_text(name_of(world.someone))
    answer = unique("I am")
    say(other, answer)
    expect(message(one, answer).locator(".origin")).to_contain_text(words)

    composer(other).press("ArrowUp")
    other.get_by_role("textbox", name="Edit").fill(answer + " not")
    other.keyboard.press("Enter")
    expect(message(one, answer + " not").locator(".edited")).to_be_visible()

    message(other, answer + " not").hover()
    message(other, answer + " not").get_by_role("button", name="More").click()
    other.get_by_role("menuitem", name="Delete").click()
    other.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(one.locator(".message", has_text=answer + " not")).to_have_count(0)


def test_a_reaction_is_added_and_taken_back(be, world):
    one, other = be(world.someone), be(world.another)
    words = unique("React to this")
    say(one, words)
    message(other, words).hover()
    message(other, words).get_by_role("button", name="Add reaction").click()
    other.get_by_role("searchbox", name="Find an emoji").fill("fire")
    other.keyboard.press("Enter")
    reaction = message(one, words).locator(".reaction")
    expect(reaction).to_contain_text("🔥")
    reaction.click()
    expect(message(other, words).locator(".reaction")).to_contain_text("2")
    message(other, words).locator(".reaction").click()
    expect(message(one, words).locator(".reaction")).to_contain_text("1")


def png():
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    rows = b"".join(b"\0" + b"\x1d\x6a\x4f" * 8 for _ in range(8))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def test_files_are_uploaded_with_a_preview(be, world):
    one, other = be(world.someone), be(world.another)
    name = f"map-{time.monotonic_ns()}.png"
    one.locator("input[type=file]").first.set_input_files([
        {"name": name, "mimeType": "image/png", "buffer": png()},
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"one torch each"},
    ])
    expect(one.locator(".upload")).to_have_count(2)
    words = unique("Two files")
    say(one, words)
    picture = message(other, words).locator(f"img[alt='{name}']")
    expect(picture).to_be_visible()
    assert picture.evaluate("async (image) => { await image.decode(); return image.naturalWidth; }") == 8
    expect(message(other, words).locator(".file-card")).to_contain_text("notes.txt")


def test_a_poll_is_made_and_voted_on(be, world):
    one, other = be(world.someone), be(world.another)
    question = unique("Which night?")
    one.get_by_role("button", name="Add to the message").click()
    one.get_by_role("menuitem", name="Create a poll").click()
    dialog = one.get_by_role("dialog")
    dialog.get_by_label("Question").fill(question)
    dialog.get_by_label("Answer 1").fill("Friday")
    dialog.get_by_label("Answer 2").fill("Saturday")
    dialog.get_by_role("button", name="Post poll").click()
    poll = other.get_by_role("group", name=question)
    poll.get_by_label("Friday").check()
    poll.get_by_role("button", name="Vote").click()
    expect(poll.locator(".poll-answer.is-mine")).to_contain_text("100 %")
    expect(one.get_by_role("group", name=question)).to_contain_text("1 vote")


def test_pins(be, world):
    page = be(world.owner)
    words = unique("Keep this")
    say(page, words)
    expect(message(page, words)).not_to_have_class(re.compile("is-pending"))
    message(page, words).hover()
    message(page, words).get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Pin").click()
    page.locator(".topbar").get_by_role("button", name="Pinned messages").click()
    expect(page.locator(".pin", has_text=words)).to_be_visible()


def test_a_channel_one_does_not_look_at_is_marked(be, world):
    channels = [channel for channel in world.channels.values() if channel["type"] == 0 and not channel["permission_overwrites"]][:2]
    if len(channels) < 2:
        pytest.skip("the community has one channel only")
    here, there = channels
    one, other = be(world.owner, channel=there), be(world.someone, channel=here)
    say(one, unique("Over here"))
    row = channel_row(other, there)
    expect(row).to_have_class(re.compile("is-unread"))
    row.click()
    expect(row).not_to_have_class(re.compile("is-unread"))


# With a bot

def test_a_slash_command_is_answered(be, world, bot):
    page = be(world.someone)
    before = page.locator(".message", has_text="Pong!").count()
    run(page, "/ping")
    expect(page.locator(".message", has_text="Pong!")).to_have_count(before + 1)
    expect(message(page, "Pong!").locator(".origin")).to_contain_text("used /ping")
    expect(page.locator(".is-running")).to_have_count(0)


def test_a_command_with_options_autocomplete_and_pickers(be, world, bot):
    page = be(world.someone)
    form = use(page, "/raidcr")
    where = form.get_by_role("combobox", name="where")
    where.fill("ember")
    form.get_by_role("option", name="Ember Caves").click()
    form.get_by_role("button", name="Run").click()
    expect(form).to_be_visible()  # `size` is required.
    form.get_by_role("spinbutton", name="size").fill("12")
    form.get_by_role("button", name="difficulty").click()
    form.get_by_role("combobox", name="difficulty").fill("her")
    page.keyboard.press("Enter")
    form.get_by_role("button", name="leader").click()
    form.get_by_role("combobox", name="leader").fill(world.owner["username"])
    page.keyboard.press("Enter")
    form.get_by_role("button", name="Run").click()
    expect(message(page, "Planned:")).to_contain_text("Ember Caves / 12 / Heroic")


def test_buttons_selects_and_whispers(be, world, bot):
    one, other = be(world.someone), be(world.another)
    panel = post_panel(one)
    panel.get_by_role("button", name="Sign up").click()
    expect(panel).to_contain_text("Signed up: 1")
    panel.get_by_role("button", name="Whisper").click()
    whisper = one.locator(".is-ephemeral").last
    expect(whisper).to_contain_text("Only for your ears.")
    expect(other.get_by_text("Only for your ears.")).to_have_count(0)
    whisper.get_by_role("button", name="Dismiss message").click()
    expect(one.get_by_text("Only for your ears.")).to_have_count(0)
    panel.get_by_role("button", name="Your class").click()
    one.get_by_role("option", name="Healer").click()
    expect(one.locator(".is-ephemeral").last).to_contain_text("You are a Healer.")


def test_a_modal_is_filled_in(be, world, bot):
    page = be(world.someone)
    post_panel(page).get_by_role("button", name="Feedback").click()
    dialog = page.get_by_role("dialog", name="Feedback")
    dialog.get_by_role("button", name="Submit").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Subject")
    dialog.get_by_label("Subject").fill("more lamps")
    dialog.get_by_role("button", name="Choose…").click()
    page.get_by_role("option", name="Idea").click()
    dialog.get_by_role("button", name="Submit").click()
    expect(message(page, "Thank you")).to_contain_text("Idea: more lamps")


def test_an_interaction_that_fails_says_so(be, world, bot):
    page = be(world.someone)
    panel = post_panel(page)
    panel.get_by_role("button", name="Broken").click()
    expect(panel.locator(".interaction-failed")).to_have_text("This interaction failed.", timeout=10_000)


def test_commands_of_messages_and_people(be, world, bot):
    page = be(world.owner)
    words = unique("three words and")
    say(page, words)
    expect(message(page, words)).not_to_have_class(re.compile("is-pending"))
    message(page, words).hover()
    message(page, words).get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Apps").click()
    page.get_by_role("menuitem", name=re.compile("Count words")).click()
    expect(page.locator(".is-ephemeral").last).to_contain_text("4 words")
    page.locator(".member", has_text=name_of(world.someone)).first.click()
    page.locator(".profile-panel").get_by_role("button", name="Apps").click()
    page.get_by_role("menuitem", name=re.compile("Greet")).click()
    expect(message(page, "Hello, " + name_of(world.someone))).to_be_visible()


# People come and go

def test_a_stranger_joins(be, world):
    page = be(world.owner)
    name = f"Stranger {time.monotonic_ns() % 100_000}"
    page.get_by_role("button", name=f"Menu of {world.guild['name']}").click()
    page.get_by_role("menuitem", name="Let a stranger join").click()
    page.get_by_role("dialog").get_by_label("Name").fill(name)
    page.get_by_role("button", name="Let them in").click()
    expect(page.locator(".member", has_text=name)).to_be_visible()


def test_somebody_is_kicked_and_sees_it(be, world):
    name = f"Guest {time.monotonic_ns() % 100_000}"
    guest = world.create(name)
    world.sim("PUT", f"/guilds/{world.guild['id']}/members/{guest['id']}")
    theirs, page = be(guest), be(world.owner)
    page.locator(".member", has_text=name).click()
    page.locator(".profile-panel").get_by_role("button", name="Kick").click()
    page.get_by_role("dialog").get_by_role("button", name=f"Kick {name}").click()
    expect(theirs.locator("#toasts")).to_contain_text(world.guild["name"])
    expect(theirs.get_by_role("heading", name="This person is in no server")).to_be_visible()
    expect(page.locator(".member", has_text=name)).to_have_count(0)


def test_one_may_only_do_what_ones_roles_allow(be, world):
    page = be(world.someone)
    page.locator(".member", has_text=name_of(world.owner)).first.click()
    panel = page.locator(".profile-panel")
    expect(panel).to_be_visible()
    for name in ["Kick", "Ban", "Time out"]:
        expect(panel.get_by_role("button", name=name, exact=True)).to_have_count(0)


def test_voice_is_joined_and_left(be, world):
    one, other = be(world.someone), be(world.another)
    channel_row(one, world.voice_channel()).click()
    rows = other.locator(".voice-member", has_text=name_of(world.someone))
    expect(rows).to_have_count(1)
    one.get_by_role("button", name="Leave voice").click()
    expect(rows).to_have_count(0)


# Behind the scenes

def test_the_inspector_shows_what_passes(be, world):
    page = be(world.owner)
    page.get_by_role("button", name="Behind the scenes").click()
    words = unique("Watch me")
    say(page, words)
    page.get_by_role("searchbox", name="Filter").fill(words)
    row = page.locator(".exchange", has_text="POST /channels/{channel.id}/messages")
    expect(row).to_be_visible()
    row.locator("summary").first.click()
    expect(row.locator(".json").first).to_be_visible()
    page.get_by_role("searchbox", name="Filter").fill("no such thing")
    expect(page.locator(".exchange")).to_have_count(0)


def test_time_is_moved(be, world):
    page = be(world.owner)
    page.get_by_role("button", name="Behind the scenes").click()
    page.get_by_role("tab", name="Time").click()
    page.get_by_role("button", name="+ 1 minute").click()
    expect(page.locator("#toasts")).to_contain_text("1 minute")


def test_a_fault_is_ordered_and_the_page_recovers(be, world):
    page = be(world.owner)
    page.get_by_role("button", name="Behind the scenes").click()
    page.get_by_role("tab", name="Faults").click()
    page.get_by_label("Who is hit").select_option("")
    page.get_by_role("button", name="Order: Lost connection").click()
    expect(page.locator(".connection")).to_be_hidden(timeout=15_000)
    words = unique("Still here")
    say(page, words)
    expect(message(page, words)).not_to_have_class(re.compile("is-pending"))


def test_what_the_api_refuses_is_said(be, world):
    page = be(world.someone)
    page.evaluate("() => { playground.api.post = async () => { throw new Error('This person lacks the permission for that.'); }; }")
    say(page, unique("Refused"))
    expect(page.locator(".message").last).to_contain_text("This person lacks the permission for that.")


# Form

@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing(open_page, be, world, width, theme):
    assert violations(open_page(PAGE, width=width, theme=theme)) == []
    page = be(world.owner, width=width, theme=theme)
    say(page, unique("# Heading\n> quote\n- `code` ||spoiler||"))
    expect(page.locator(".message").last).not_to_have_class(re.compile("is-pending"))
    assert violations(page) == []
    page.locator(".author").last.click()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Behind the scenes").click()
    assert violations(page) == []
    page.get_by_role("tab", name="Faults").click()
    assert violations(page) == []
    assert page.faults == []


def test_the_phone_shows_one_thing_at_a_time(be, world):
    page = be(world.someone, width=390, has_touch=True, is_mobile=True)
    navigation = page.get_by_role("navigation", name="Channels")
    expect(navigation).to_be_hidden()
    page.get_by_role("button", name="Servers and channels").tap()
    expect(navigation).to_be_visible()
    navigation.locator(".channel").first.tap()
    expect(navigation).to_be_hidden()
    page.get_by_role("button", name="Members").tap()
    expect(page.locator(".member").first).to_be_visible()


@pytest.mark.parametrize("width", [320, 390, 768, 1024, 1440])
def test_the_page_never_scrolls_sideways(be, world, width):
    page = be(world.owner, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("(box => box.scrollWidth - box.clientWidth)(document.querySelector('.scroller'))") <= 1


def test_words_of_strangers_neither_run_nor_break_the_page(be, world):
    page = be(world.someone, width=390)
    page.on("dialog", lambda dialog: pytest.fail("a script ran"))
    mark = unique("mark")
    hostile = f"{mark} <img src=x onerror=alert(1)> <script>alert(2)</script> [x](javascript:alert(3)) \u202egnp.exe " + "w" * 600
    say(page, hostile)
    shown = message(page, mark)
    expect(shown).to_contain_text("<script>alert(2)</script>")
    assert shown.locator("a[href^='javascript'], script, img[src='x']").count() == 0
    assert page.evaluate("(box => box.scrollWidth - box.clientWidth)(document.querySelector('.scroller'))") <= 1
    assert page.faults == []


def test_everything_can_be_reached_by_keyboard(be, world):
    page = be(world.someone)
    words = unique("Reached")
    say(page, words)
    expect(message(page, words)).not_to_have_class(re.compile("is-pending"))
    page.locator(".scroller").focus()
    page.keyboard.press("ArrowUp")
    assert words in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Tab")
    seen = set()
    for _ in range(8):
        seen.add(page.evaluate("document.activeElement.getAttribute('aria-label')"))
        page.keyboard.press("Tab")
    assert {"Reply", "More"} <= seen


def test_a_long_history_scrolls_smoothly(be, world):
    page = be(world.owner)
    page.evaluate(
        """() => {
          const {store} = playground, {view, me, users} = store.state;
          const base = Object.values(users);
          const page = Array.from({length: 500}, (_, index) => ({
            id: String((BigInt(Date.now() - 86400000 + index * 60000 - 1420070400000) << 22n)), channel_id: view.channelID, guild_id: view.guildID, type: 0, flags: 0,
            author: base[index % base.length], content: `Line ${index} with **bold** words and a \\`bit\\` of code. `.repeat(1 + index % 4),
            timestamp: new Date(Date.now() - 86400000 + index * 60000).toISOString(), mentions: [], attachments: [], embeds: [], components: [],
          }));
          store.dispatch('messages/loaded', {channelID: view.channelID, page, isWhole: true});
        }"""
    )
    expect(page.locator(".message").nth(450)).to_be_attached()
    longest = page.evaluate(
        """async () => {
          const box = document.querySelector('.scroller');
          let last = performance.now(), frames = [];
          for (let step = 0; step < 60; step++) {
            box.scrollTop -= 400;
            await new Promise(requestAnimationFrame);
            frames.push(performance.now() - last);
            last = performance.now();
          }
          return frames.sort((a, b) => a - b)[Math.floor(frames.length * 0.9)];
        }"""
    )
    assert longest <= 100, f"{longest} ms"


# Rules, without the page around them

MARKDOWN = [
    ("**a** *b* __c__ ~~d~~ ||e||", ["bold", "italics", "underline", "strike", "spoiler"]),
    ("***a***", ["bold"]), ("`**a**`", ["inlineCode"]), ("\\*a\\*", []), ("snake_case_name", []), ("2 * 3 * 4", []),
    ("<@1> <@!2> <@&3> <#4>", ["user", "user", "role", "channel"]), ("<:wave:5> <a:dance:6>", ["emoji", "emoji"]),
    ("<t:1700000000:R>", ["time"]), ("</ping:7>", ["command"]), ("@everyone @here", ["everyone", "everyone"]),
    ("[a](https://example.com)", ["link"]), ("[a](javascript:alert(1))", []), ("https://example.com/a_b_c.", ["link"]),
    ("[https://a.example](https://b.example)", ["link", "link"]), ("unclosed **bold", []), ("**", []), ("||||", []),
]


@pytest.mark.parametrize("text,kinds", MARKDOWN)
def test_markdown_in_a_line(open_page, text, kinds):
    page = open_page(PAGE)
    found = page.evaluate(
        "async (text) => (await import('/playground/assets/scripts/markdown.js')).parseInline(text).filter((node) => typeof node !== 'string').map(({kind}) => kind)",
        text,
    )
    assert found == kinds


BLOCKS = [
    ("# a\n## b\n### c\n#### d", ["heading", "heading", "heading", "text"]), ("-# small", ["subtext"]), ("> a\n> b\nc", ["quote", "text"]),
    (">>> a\nb", ["quote"]), ("- a\n- b\n  - c", ["list"]), ("1. a\n2. b", ["list"]), ("```swift\nlet a = 1\n```", ["code"]),
    ("a\n```\n# no heading\n```\nb", ["text", "code", "text"]), ("```unclosed", ["text"]),
]


@pytest.mark.parametrize("text,kinds", BLOCKS)
def test_markdown_in_blocks(open_page, text, kinds):
    page = open_page(PAGE)
    found = page.evaluate(
        "async (text) => (await import('/playground/assets/scripts/markdown.js')).parseMarkdown(text).map(({kind}) => kind)", text
    )
    assert found == kinds


def test_hostile_markdown_takes_no_time(open_page):
    page = open_page(PAGE)
    slowest = page.evaluate(
        """async () => {
          const {parseMarkdown} = await import('/playground/assets/scripts/markdown.js');
          const texts = ['*', '**', '_', '`', '||', '[', '[a](', '> ', '- ', '<@', '```', '***a', '_a ', '**a* '].map((piece) => piece.repeat(4000 / piece.length));
          return Math.max(...texts.map((text) => { const start = performance.now(); parseMarkdown(text); return performance.now() - start; }));
        }"""
    )
    assert slowest <= 250, f"{slowest} ms"


def test_reducers_change_nothing_in_place(open_page):
    page = open_page(PAGE)
    assert page.evaluate(
        """async () => {
          const {reduce, initialState} = await import('/playground/assets/scripts/store.js');
          const freeze = (value) => { if (value && typeof value === 'object' && !Object.isFrozen(value)) { Object.freeze(value); Object.values(value).forEach(freeze); } return value; };
          const user = {id: '1', username: 'ada'};
          const message = {id: '9', channel_id: '3', guild_id: '2', author: {id: '4', username: 'bo'}, mentions: [user], flags: 0};
          const events = [
            ['READY', {user, session_id: 's', guilds: [{id: '2', unavailable: true}]}],
            ['GUILD_CREATE', {id: '2', name: 'Hall', roles: [{id: '2', permissions: '0'}], channels: [{id: '3', type: 0}], members: [{user, roles: []}]}],
            ['messages/loaded', {channelID: '3', page: [], isWhole: true}], ['MESSAGE_CREATE', message],
            ['MESSAGE_REACTION_ADD', {channel_id: '3', message_id: '9', user_id: '1', emoji: {id: null, name: '!'}}],
            ['MESSAGE_UPDATE', {...message, content: 'new'}], ['TYPING_START', {channel_id: '3', user_id: '4'}], ['NOBODY_KNOWS', {}],
            ['GUILD_MEMBER_ADD', {guild_id: '2', user: {id: '4', username: 'bo'}, roles: []}], ['VOICE_STATE_UPDATE', {guild_id: '2', user_id: '4', channel_id: '3'}],
          ];
          let state = freeze(initialState);
          for (const [type, data] of events) state = freeze(reduce(state, type, freeze(data)));
          const [kept] = state.messages['3'].list;
          return [kept.content, kept.reactions[0].me, state.unread['3'].mentions, Object.keys(state.guilds['2'].members).length, state.guilds['2'].voice['4'].channel_id].join();
        }"""
    ) == "new,true,1,2,3"
