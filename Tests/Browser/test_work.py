# What makes the dashboard quick, on the specimens of /design: palette and keys, live parts, times, charts.

import pytest


def test_the_palette_goes_anywhere_by_keyboard(open_page):
    page = open_page()
    palette = page.get_by_role("dialog", name="Search")
    page.keyboard.press("/")
    field = palette.get_by_role("combobox")
    assert field.evaluate("(field) => field === document.activeElement")
    page.keyboard.type("messages")
    page.keyboard.press("ArrowDown")
    options = palette.get_by_role("option")
    assert options.nth(1).get_attribute("aria-selected") == "true"
    page.keyboard.press("ArrowUp")
    assert field.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    page.keyboard.press("Enter")
    assert page.url.endswith("#messages") and not palette.is_visible()

    page.keyboard.press("Control+k")
    page.keyboard.type("filters")
    palette.get_by_text("Filters messages before they do harm").wait_for()
    assert palette.get_by_role("option").count() == 1
    page.keyboard.press("Escape")
    assert not palette.is_visible()


def test_the_palette_takes_no_address_of_another_site(open_page):
    page = open_page()
    with page.expect_response("**/palette.json"):
        page.keyboard.press("Control+k")
    page.keyboard.type("elsewhere")
    assert page.get_by_role("dialog", name="Search").get_by_text("Nothing matches").is_visible()


def test_the_palette_does_without_its_source(open_page):
    page = open_page()
    page.route("**/palette.json", lambda route: route.abort())
    page.keyboard.press("Control+k")
    page.keyboard.type("tables")
    page.keyboard.press("Enter")
    assert page.url.endswith("#tables")


def test_keys_of_one_letter_go_places_and_can_be_switched_off(open_page):
    page = open_page()
    page.get_by_label("Nickname of the bot").press("?")
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    assert not keys.is_visible(), "not while somebody writes"
    page.locator("main").focus()
    page.keyboard.press("g")
    page.keyboard.press("l")
    assert page.url.endswith("#live")
    page.keyboard.press("?")
    assert keys.is_visible()
    keys.get_by_role("switch").click()
    page.keyboard.press("Escape")
    page.reload()
    for key in ("?", "/"):
        page.keyboard.press(key)
        assert page.locator("dialog[open]").count() == 0
    page.keyboard.press("Control+k")
    assert page.get_by_role("dialog", name="Search").is_visible()


def test_live_parts_follow_the_server(open_page):
    page = open_page()
    page.locator("[data-live-key=events]").get_by_text("4,213").wait_for()
    page.locator("[data-live-key=import]").get_by_text("80 %").wait_for()
    assert page.locator("#live-import").evaluate("(bar) => bar.value") == 80
    lines = page.get_by_role("log").get_by_role("listitem")
    assert "Welcomed jun in #welcome" in lines.last.inner_text()
    assert lines.last.locator("time").get_attribute("datetime") == "2026-11-21T08:03:00Z"


def test_live_parts_share_one_stream_and_take_no_markup(open_page):
    page = open_page(path="/nothing")
    asked = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/live") else None)
    events = "".join(
        f"event: {key}\ndata: {data}\n\n"
        for key, data in [
            ("bot", '{"state":"error","text":"<b>Offline</b>"}'),
            ("events", "no json"),
            ("import", '{"progress":1000}'),
            *[("log", '{"append":{"text":"<img src=x>"}}')] * 250,
        ]
    )
    page.route("**/design/live", lambda route: route.fulfill(content_type="text/event-stream", body=events))
    page.goto(page.url.replace("/nothing", "/design"))
    page.get_by_text("<b>Offline</b>").wait_for()
    assert "tone-error" in page.locator("[data-live-key=bot] .status").get_attribute("class")
    assert page.locator("#live-import").evaluate("(bar) => bar.value") == 100
    assert page.get_by_role("log").get_by_role("listitem").count() == 200
    assert page.get_by_role("log").locator("img").count() == 0
    assert len(asked) == 1
    page.get_by_text("Reconnecting").wait_for()


def test_times_are_the_readers_own(open_page):
    page = open_page(timezone_id="Asia/Tokyo", locale="en-GB")
    times = page.locator("#live dd time")
    assert times.nth(0).inner_text() == "21 Nov 2026"
    assert times.nth(1).inner_text() == "17:02"
    assert "21 November 2026" in times.nth(2).get_attribute("title")
    plain = open_page(java_script_enabled=False).locator("#live dd time")
    assert plain.nth(2).inner_text() == "2026-11-21 08:02 UTC"


def test_relative_times_tick(open_page):
    page = open_page(path="/nothing", locale="en-GB")
    page.clock.install(time="2026-11-21T08:05:10Z")
    page.goto(page.url.replace("/nothing", "/design"))
    time = page.locator("#live dd time").nth(3)
    assert time.inner_text() == "3 minutes ago"
    page.clock.run_for(3600_000)
    assert time.inner_text() == "1 hour ago"


@pytest.mark.parametrize("width", [390, 1440])
def test_charts_are_drawn_and_follow_the_theme(open_page, width):
    page = open_page(width=width)
    canvas = page.locator("figure.chart canvas").first
    assert canvas.bounding_box()["width"] > 200
    inked = """(canvas) => {
      const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
      const seen = new Set();
      for (let i = 0; i < pixels.length; i += 4) if (pixels[i + 3] === 255) seen.add(pixels.slice(i, i + 3).join());
      return [...seen];
    }"""
    assert "29,106,79" in canvas.evaluate(inked)
    page.get_by_role("button", name="Account").click()
    page.get_by_role("button", name="Dark theme").click()
    page.wait_for_timeout(100)
    assert "124,207,168" in canvas.evaluate(inked)
    page.locator("figure.chart summary").first.click()
    assert page.locator("figure.chart").first.get_by_role("cell", name="1344").is_visible()
    assert page.faults == []


def test_the_numbers_of_a_chart_are_there_without_scripts(open_page):
    page = open_page(java_script_enabled=False)
    page.locator("figure.chart summary").first.click()
    assert page.locator("figure.chart").first.get_by_role("cell", name="1344").is_visible()
    assert not page.locator(".chart-frame").first.is_visible()


def test_a_spoiler_is_hidden_until_it_is_asked_for(open_page):
    page = open_page()
    spoiler = page.locator(".chat-spoiler").first
    color = "(element) => getComputedStyle(element).color"
    assert spoiler.evaluate(color) == "rgba(0, 0, 0, 0)"
    spoiler.focus()
    assert spoiler.evaluate(color) != "rgba(0, 0, 0, 0)"
