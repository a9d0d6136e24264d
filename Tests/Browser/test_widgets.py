# Widgets of third-party plugins as the scripts treat them: filled in when they are late, and drawn again, charts too. On the
# page of the design system, whose charts stand in for a plugin's.

import re

import pytest

INKED = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.some((part) => part > 0);
}"""
SKELETON = '<div class="skeleton" role="status"></div>'


def widget(name, content, seconds=None):
    again = f' data-refresh-seconds="{seconds}"' if seconds else ""
    return f'<div class="guest-widget guest-full" data-guest-widget="{name}"{again}>{content}</div>'


def tabs(first, second):
    return (
        '<div class="tabs" data-tabs><nav class="tab-list" aria-label="Parts"><a class="tab" href="#widgets-one">First half</a>'
        '<a class="tab" href="#widgets-two">Second half</a></nav>'
        f'<section class="tab-panel" id="widgets-one">{first}</section><section class="tab-panel" id="widgets-two">{second}</section></div>')


class Guest:
    """A plugin's page with its widgets, and what the server answers when one is asked for again."""

    def __init__(self, page):
        self.page, self.answers, self.asked, self.held = page, {}, [], {}
        self.figure = ""

    def show(self, *widgets):
        """`widgets` are made of the figure of a chart."""
        address = self.page.url

        def document(route):
            response = route.fetch()
            body = response.text()
            self.figure = re.search(r'<figure class="chart" data-chart="bar".*?</figure>', body, re.S)[0]
            made = "".join(make(self.figure) for make in widgets)
            place = f'<div class="guest-page" data-guest-widgets="/design/widgets">{made}</div>'
            route.fulfill(response=response, body=re.sub(r"(<main\b[^>]*>)", lambda match: match[0] + place, body))

        def part(route):
            name = route.request.url.rpartition("/")[2]
            self.asked.append(name)
            if name in self.answers:
                self.answer(route, self.answers[name])
            else:
                self.held[name] = route

        self.page.route(address, document)
        self.page.route("**/design/widgets/*", part)
        self.page.goto(address)

    def answer(self, route, make):
        route.fulfill(content_type="text/html; charset=utf-8", body=make(self.figure))

    def drawn(self, name):
        canvas = self.page.locator(f"[data-guest-widget={name}] canvas")
        canvas.wait_for(timeout=15_000)
        assert canvas.count() == 1 and canvas.bounding_box()["width"] > 200
        assert canvas.evaluate(INKED)
        return canvas


@pytest.fixture
def guest(open_page):
    return Guest(open_page())


def test_a_chart_that_comes_late_is_drawn(guest):
    guest.show(lambda figure: widget("late", SKELETON))
    # The script of charts has run when the plugin answers at last.
    guest.page.locator("figure.chart canvas").first.wait_for()
    guest.answer(guest.held["late"], lambda figure: widget("late", figure))
    guest.drawn("late")
    assert guest.page.faults == []


def test_a_chart_is_drawn_again_as_often_as_it_says(guest):
    guest.answers["often"] = lambda figure: widget("often", figure.replace('data-value="31.0"', 'data-value="62.0"'), 5)
    guest.show(lambda figure: widget("often", figure, 5))
    guest.drawn("often").evaluate("(canvas) => { canvas.dataset.isOld = ''; }")
    guest.page.locator("[data-guest-widget=often] canvas:not([data-is-old])").wait_for(timeout=15_000)
    guest.drawn("often")
    assert guest.page.locator("[data-guest-widget=often] td[data-value='62.0']").count() == 1
    # What was replaced is not drawn upon any more.
    guest.page.get_by_role("button", name="Account").click()
    guest.page.get_by_role("button", name="Dark theme").click()
    guest.page.wait_for_timeout(100)
    assert guest.page.faults == []


def test_what_is_late_in_a_container_leaves_the_rest_of_it_as_it_is(guest):
    guest.answers["inner"] = lambda figure: widget("inner", figure)
    guest.show(lambda figure: widget("outer", tabs(widget("quick", figure), widget("inner", SKELETON))))
    guest.page.get_by_role("tab", name="Second half").click()
    guest.drawn("inner")
    assert guest.asked == ["inner"]
    assert guest.page.get_by_role("tab", name="Second half").get_attribute("aria-selected") == "true"
    guest.page.get_by_role("tab", name="First half").click()
    guest.drawn("quick")
    assert guest.page.faults == []


def test_a_container_that_is_drawn_again_keeps_its_tab_and_draws_its_charts(guest):
    guest.answers["outer"] = lambda figure: widget("outer", tabs(widget("quick", figure), widget("inner", figure)), 5)
    guest.show(lambda figure: widget("outer", tabs(widget("quick", figure), widget("inner", figure)), 5))
    guest.page.get_by_role("tab", name="Second half").click()
    guest.page.get_by_role("tab", name="Second half").evaluate("(tab) => tab.blur()")
    guest.drawn("inner").evaluate("(canvas) => { canvas.dataset.isOld = ''; }")
    guest.page.locator("[data-guest-widget=inner] canvas:not([data-is-old])").wait_for(timeout=15_000)
    guest.drawn("inner")
    assert guest.page.get_by_role("tab", name="Second half").get_attribute("aria-selected") == "true"
    assert guest.page.faults == []


def test_tabs_that_appear_later_are_tabs(guest):
    guest.answers["hidden"] = lambda figure: widget("hidden", tabs(widget("quick", figure), widget("inner", figure)), 5)
    guest.show(lambda figure: widget("hidden", "", 5))
    guest.page.get_by_role("tab", name="Second half").click(timeout=15_000)
    guest.drawn("inner")
    assert guest.page.faults == []
