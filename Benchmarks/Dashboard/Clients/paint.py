# Opens pages in headless Chromium and says the slowest page's median first contentful paint, in milliseconds.
# Usage: paint.py ORIGIN COOKIE PATH...

import os
import statistics
import sys

from playwright.sync_api import sync_playwright

TIMES = 7

origin, cookie, *paths = sys.argv[1:]
name, value = cookie.split("=", 1)

with sync_playwright() as playwright:
    # The sandbox cannot be had as root; the pages are our own.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    chromium = os.environ.get("GUILDHALL_CHROMIUM", "/usr/bin/chromium")
    browser = playwright.chromium.launch(executable_path=chromium, args=sandbox)
    medians = []
    for path in paths:
        figures = []
        for _ in range(TIMES):
            context = browser.new_context()
            context.add_cookies([{"name": name, "value": value, "url": origin}])
            page = context.new_page()
            page.goto(origin + path)
            # Asked again and again: a condition in the page would have to be evaluated there, which its policy forbids.
            figure = None
            while figure is None:
                figure = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null")
            figures.append(figure)
            context.close()
        medians.append(statistics.median(figures))
    browser.close()
print(max(medians), flush=True)
