# Every page of the running demo that its own links lead to: accessible, quiet, at home, and never wider than the screen.

import os
import re
import urllib.parse

import pytest

from signed_in import sign_in
from test_design import THEMES, WIDTHS, violations

PAGES_AT_MOST = 80
# Ends the session, leaves the pages, or is a file to keep.
NOT_FOLLOWED = re.compile(r"^/(logout|login|assets/|pictures/|api/v1/|design/)|/export(/|\?|$)|\.(json|atom|csv)(\?|$)")


@pytest.fixture(scope="session")
def visitor(address):
    if os.environ.get("GUILDHALL_RENDERING"):
        pytest.skip("a rendering has one page")
    return sign_in(address)


def kind(path):
    """Pages with the same kind are the same page about something else."""
    path = re.sub(r"\d+", "#", path.split("?")[0])
    return re.sub(r"/(commands|docs/plugins)/[^/]+$", r"/\1/*", path)


def look_around(browser, address, visitor):
    """One address of each kind of page, as links lead to them from the front door and the server's pages."""
    context = browser.new_context()
    context.add_cookies(visitor.cookies)
    page = context.new_page()
    found, waiting = {}, ["/", "/servers", f"/g/{visitor.guild}", "/api"]
    while waiting and len(found) < PAGES_AT_MOST:
        path = waiting.pop(0)
        if kind(path) in found or NOT_FOLLOWED.search(path):
            continue
        answer = page.goto(address + path)
        if not (answer.headers.get("content-type") or "").startswith("text/html"):
            continue
        found[kind(path)] = (path, answer.status)
        for link in page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)"):
            place = urllib.parse.urlsplit(link)
            if f"{place.scheme}://{place.netloc}" == address:
                waiting.append(place.path + (f"?{place.query}" if place.query else ""))
    context.close()
    return found


@pytest.fixture(scope="session")
def pages(browser, address, visitor):
    return look_around(browser, address, visitor)


def test_every_link_leads_somewhere(pages):
    assert len(pages) > 3
    missing = [path for path, status in pages.values() if status != 200]
    assert missing == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", THEMES)
def test_every_page_is_in_order(browser, pages, visitor, address, width, theme):
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=theme, reduced_motion="reduce"
    )
    context.add_cookies(visitor.cookies)
    faults = []
    for path, status in pages.values():
        if status != 200:
            continue
        page = context.new_page()
        page.on("console", lambda message: message.type == "error" and faults.append(f"{path}: {message.text}"))
        page.on("pageerror", lambda error: faults.append(f"{path}: {error}"))
        page.on(
            "request",
            lambda request: request.url.startswith(address + "/")
            or request.url.startswith("data:")
            or faults.append(f"{path}: asks {request.url}"),
        )
        page.goto(address + path)
        faults += [f"{path}: {violation}" for violation in violations(page)]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            faults.append(f"{path}: wider than {width}")
        page.close()
    context.close()
    assert faults == []
