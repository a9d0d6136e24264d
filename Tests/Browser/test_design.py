# The page /design in a real browser: accessible, at every width, by keyboard, without scripts, without strangers.

import pytest
from axe_playwright_python.sync_playwright import Axe

WIDTHS = [390, 1440]
THEMES = ["light", "dark"]


def violations(page):
    results = Axe().run(page)
    return [
        f"{violation['id']}: {node['html'][:160]} ({node.get('failureSummary', '')[:300]})"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing(open_page, width, theme):
    page = open_page(width=width, theme=theme)
    assert violations(page) == []
    page.get_by_role("button", name="Delete all cases").click()
    assert violations(page) == []
    page.keyboard.press("Escape")
    if width == 390:
        page.get_by_role("button", name="Open navigation").click()
        assert violations(page) == []
    assert page.faults == []


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_when_the_theme_was_chosen(open_page, theme):
    other = "dark" if theme == "light" else "light"
    page = open_page(theme=other)
    page.get_by_role("button", name="Account").click()
    assert violations(page) == []
    page.get_by_role("button", name="Dark theme").click()
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    assert violations(page) == []


@pytest.mark.parametrize("width", [320, 390, 768, 1024, 1440, 1920])
def test_the_page_never_scrolls_sideways(open_page, width):
    page = open_page(width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    clipped = page.evaluate(
        """() => [...document.querySelectorAll('main *')].filter((element) => {
          if (!element.checkVisibility() || element.closest('.visually-hidden, thead, svg, .tooltip')) return false;
          if (element.closest('.table-frame, pre, .tab-list')) return false;
          const box = element.getBoundingClientRect();
          return box.width > 1 && (box.right > innerWidth + 1 || box.left < -1);
        }).map((element) => element.outerHTML.slice(0, 120))"""
    )
    assert clipped == []


def test_no_request_leaves_the_origin(open_page, address):
    page = open_page()
    page.wait_for_load_state("networkidle")
    assert page.requested
    assert [url for url in page.requested if not url.startswith(address + "/")] == []
    assert page.faults == []


def test_the_skip_link_comes_first_and_leads_to_the_content(open_page):
    page = open_page()
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    assert focused.inner_text() == "Skip to content"
    assert focused.bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_every_focus_can_be_seen(open_page):
    page = open_page()
    seen = 0
    for _ in range(60):
        page.keyboard.press("Tab")
        style = page.evaluate(
            "(({outlineStyle, outlineWidth}) => [outlineStyle, parseFloat(outlineWidth)])"
            "(getComputedStyle(document.activeElement))"
        )
        if page.evaluate("document.activeElement === document.body"):
            break
        assert style[0] != "none" and style[1] >= 2, page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        seen += 1
    assert seen > 40


def test_tabs_follow_the_arrow_keys(open_page):
    page = open_page()
    tabs = page.get_by_role("tab")
    assert tabs.count() == 3

    def shown():
        return [tab.get_attribute("aria-selected") for tab in tabs.all()].index("true")

    tabs.first.focus()
    for key, expected in [
        ("ArrowRight", 1), ("ArrowRight", 2), ("ArrowRight", 0), ("ArrowLeft", 2), ("Home", 0), ("End", 2),
    ]:
        page.keyboard.press(key)
        assert shown() == expected
        panels = page.locator(".tab-panel")
        assert [panel.is_visible() for panel in panels.all()] == [index == expected for index in range(3)]
        assert tabs.nth(expected).evaluate("tab => tab === document.activeElement")


def test_a_dialog_keeps_the_focus_and_gives_it_back(open_page):
    page = open_page()
    opener = page.get_by_role("button", name="Delete all cases")
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    assert dialog.is_visible()
    for _ in range(8):
        page.keyboard.press("Tab")
        # Between the last and the first stop the focus is on the browser's own bar, which is the body to a script.
        assert page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert opener.evaluate("button => button === document.activeElement")

    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Keep them").click()
    assert not dialog.is_visible()
    page.keyboard.press("Enter")
    page.mouse.click(5, 5)
    assert not dialog.is_visible()


def test_the_navigation_of_a_phone_opens_and_closes(open_page):
    page = open_page(width=390)
    navigation = page.get_by_role("navigation", name="Main")
    assert not navigation.is_visible()
    page.get_by_role("button", name="Open navigation").click()
    assert navigation.is_visible()
    page.keyboard.press("Escape")
    assert not navigation.is_visible()
    page.get_by_role("button", name="Open navigation").click()
    navigation.get_by_role("link", name="Messages 3").click()
    assert not navigation.is_visible()
    assert page.url.endswith("#messages")


def test_the_navigation_stays_narrow_when_the_reader_wants_it(open_page):
    page = open_page()
    wide = page.locator("#navigation").bounding_box()["width"]
    page.get_by_role("button", name="Narrow navigation").click()
    assert page.locator("#navigation").bounding_box()["width"] < wide / 2
    assert page.get_by_role("link", name="Messages 3").get_attribute("title") == "Messages"
    page.reload()
    assert page.evaluate("document.documentElement.dataset.sidebar") == "collapsed"
    assert violations(page) == []
    page.get_by_role("button", name="Narrow navigation").click()
    assert page.locator("#navigation").bounding_box()["width"] == wide


def test_targets_of_a_finger_are_large_enough(open_page):
    page = open_page(width=390, has_touch=True, is_mobile=True)
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, input:not([type=hidden]), select, .page-link, .tab')]
          .filter((element) => element.checkVisibility() && !element.closest('.tooltip, .toggle, .visually-hidden'))
          .map((element) => [element.getBoundingClientRect(), element.outerHTML.slice(0, 120)])
          .filter(([box]) => box.width < 24 || box.height < 24).map(([, html]) => html)"""
    )
    assert small == []


def test_the_theme_is_kept_for_the_next_visit(open_page):
    page = open_page(theme="light")
    page.get_by_role("button", name="Account").click()
    button = page.get_by_role("button", name="Dark theme")
    assert button.get_attribute("aria-pressed") == "false"
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


def test_notices_toasts_counters_and_secrets(open_page):
    page = open_page()
    notice = page.locator(".notice", has_text="Settings saved")
    notice.get_by_role("button", name="Dismiss").click()
    assert notice.count() == 0
    assert page.evaluate("document.activeElement.id") == "content"

    page.get_by_role("button", name="Show an error").click()
    toast = page.locator("#toasts .toast")
    assert "Discord did not answer" in toast.inner_text()
    toast.get_by_role("button", name="Dismiss").click()
    assert toast.count() == 0

    area = page.get_by_label("Welcome message")
    area.fill("Hello")
    assert page.locator("#field-welcome-counter").inner_text() == "5 / 2000"

    secret = page.locator("#field-token")
    page.get_by_role("button", name="Show", exact=True).first.click()
    assert secret.get_attribute("type") == "text"
    page.get_by_role("button", name="Hide", exact=True).click()
    assert secret.get_attribute("type") == "password"
    assert page.faults == []


def test_a_tooltip_shows_on_focus_and_hides_on_escape(open_page):
    page = open_page()
    term = page.get_by_role("button", name="in the lane")
    term.focus()
    tip = page.get_by_role("tooltip")
    assert tip.is_visible()
    page.keyboard.press("Escape")
    tip.wait_for(state="hidden")


@pytest.mark.parametrize("width", WIDTHS)
def test_everything_is_there_without_scripts(open_page, width):
    page = open_page(width=width, java_script_enabled=False)
    for panel in page.locator(".tab-panel").all():
        assert panel.is_visible()
    for heading in page.locator("main h2:not(dialog h2)").all():
        assert heading.is_visible()
    # A button that needs a script is not shown where there is none.
    for name in ["Dark theme", "Dismiss", "Copy", "Show"]:
        assert page.get_by_role("button", name=name, exact=True).count() == 0
    page.get_by_role("button", name="Account").click()
    assert page.get_by_role("button", name="Sign out").is_visible()
    assert not page.get_by_role("button", name="Dark theme").is_visible()
    page.keyboard.press("Escape")
    if width == 390:
        page.get_by_role("button", name="Open navigation").click()
        assert page.get_by_role("navigation", name="Main").is_visible()
        page.keyboard.press("Escape")
    page.get_by_role("button", name="Delete all cases").click()
    assert page.get_by_role("dialog").is_visible()
    page.get_by_role("button", name="Keep them").click()
    assert not page.get_by_role("dialog").is_visible()


def test_words_of_strangers_do_nothing(open_page):
    page = open_page()
    page.on("dialog", lambda dialog: pytest.fail("a script ran"))
    assert page.locator("main script").count() == 0
    assert page.locator("main").get_by_text("<script>alert(1)</script>").is_visible()


def test_the_policy_refuses_what_is_inline(open_page):
    page = open_page()
    page.evaluate(
        """() => {
          window.ran = false;
          const script = document.createElement('script');
          try { script.textContent = 'window.ran = true'; document.body.append(script); } catch { }
          const text = document.createElement('p');
          text.setAttribute('style', 'color: rgb(1, 2, 3)');
          text.id = 'styled';
          document.querySelector('main').append(text);
        }"""
    )
    assert page.evaluate("window.ran") is False
    assert page.evaluate("getComputedStyle(document.getElementById('styled')).color") != "rgb(1, 2, 3)"
