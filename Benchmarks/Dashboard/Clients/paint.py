# Opens pages in headless Chromium and says the slowest page's median first contentful paint, in milliseconds, and which
# page that is. What is no page, such as a document to be saved, is passed over.
# Usage: paint.py ORIGIN COOKIE PATH...

import os
import statistics
import sys
import time

from playwright.sync_api import Error, sync_playwright

TIMES = 7
PATIENCE_SECONDS = 10

origin, cookie, *paths = sys.argv[1:]
name, value = cookie.split("=", 1)


def paint(browser, path):
    """Milliseconds until a fresh visitor sees something; None for what is no page."""
    context = browser.new_context()
    context.add_cookies([{"name": name, "value": value, "url": origin}])
    page = context.new_page()
    try:
        answer = page.goto(origin + path)
    except Error as error:
        if "Download is starting" in str(error):
            return None
        raise
    if not answer.headers.get("content-type", "").startswith("text/html"):
        return None
    # Asked again and again: a condition in the page would have to be evaluated there, which its policy forbids.
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        figure = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null")
        if figure is not None:
            context.close()
            return figure
    raise SystemExit(f"{path} painted nothing in {PATIENCE_SECONDS} s")


with sync_playwright() as playwright:
    # The sandbox cannot be had as root; the pages are our own.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    chromium = os.environ.get("GUILDHALL_CHROMIUM", "/usr/bin/chromium")
    browser = playwright.chromium.launch(executable_path=chromium, args=sandbox)
    medians = {}
    for path in paths:
        figures = [paint(browser, path) for _ in range(TIMES)]
        if None not in figures:
            medians[path] = statistics.median(figures)
    browser.close()
slowest = max(medians, key=medians.get)
print(medians[slowest], slowest, flush=True)
