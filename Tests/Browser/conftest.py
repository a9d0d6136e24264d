# Where the browser tests find the dashboard, and the browser they look at it with.
#
# GUILDHALL_URL        a running Guildhall: used as it is.
# GUILDHALL_RENDERING  a folder written by the Swift test "A rendering for the browser": served from here with the
#                      header fields the folder names.
# neither              `.build/debug/guildhall serve` is started with a data folder of its own.

import http.server
import os
import pathlib
import re
import socket
import shutil
import subprocess
import tempfile
import threading
import time
import urllib.request

import pytest
from playwright.sync_api import sync_playwright

from simulator_process import pytest_runtest_call  # noqa: F401

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
START_DEADLINE_SECONDS = 30


class RenderingHandler(http.server.SimpleHTTPRequestHandler):
    """Serves the rendering the way the dashboard does: theme by cookie, security headers on everything.

    The narrow navigation, which the dashboard writes by its cookie as well, is left to the script here."""

    # What the routes of the specimens answer (SpecimenRoutes.swift).
    PALETTE = (
        b'[{"label":"AutoMod","hint":"Filters messages before they do harm","url":"/design#surfaces","group":"Plugins"},'
        b'{"label":"Elsewhere","url":"https://example.com/","group":"Refused"}]'
    )
    EVENTS = (
        b'id: 1\nevent: events\nretry: 1000\ndata: {"text":"4,213"}\n\nevent: import\ndata: {"progress":80}\n\n'
        b'event: log\ndata: {"append":{"time":"2026-11-21T08:03:00Z","label":"Welcome","text":"Welcomed jun in #welcome"}}\n\n'
    )

    def answer(self, status, content_type, body):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        path, _, query = self.path.partition("?")
        if path == "/design/palette.json":
            return self.answer(200, "application/json", self.PALETTE)
        if path == "/design/live":
            is_back = self.headers.get("Last-Event-ID")
            return self.answer(204 if is_back else 200, "text/event-stream", b"" if is_back else self.EVENTS)
        if path in ("/", "/design"):
            chosen = re.search(r"(?:^|; )theme=(light|dark)(?:;|$)", self.headers.get("Cookie", ""))
            path = f"/design-{chosen[1]}.html" if chosen else "/design.html"
        self.path = path
        super().do_GET()

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        wants_json = "application/json" in self.headers.get("Accept", "")
        refused = self.path == "/design/refusing"
        if wants_json and refused:
            body = b'{"error":{"message":"Discord refused: the bot may not manage messages in this server."}}'
            return self.answer(409, "application/json", body)
        self.send_response(204 if wants_json else 303)
        if not wants_json:
            self.send_header("Location", "/design#forms")
        self.end_headers()

    def end_headers(self):
        for line in (pathlib.Path(self.directory) / "headers.txt").read_text().splitlines():
            name, value = line.split(": ", 1)
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *arguments):
        pass


def serve_rendering(folder):
    def handler(*arguments):
        return RenderingHandler(*arguments, directory=folder)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def start_guildhall(data):
    with socket.socket() as probe, socket.socket() as other:
        probe.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        address, simulator = (f"127.0.0.1:{door.getsockname()[1]}" for door in (probe, other))
    # Another account runs the plugins' database, and cannot pass the folder that is the tests' own.
    plugins = tempfile.mkdtemp(prefix="guildhall-plugins-")
    os.chmod(plugins, 0o711)
    environment = {
        **os.environ,
        "GUILDHALL_SANDBOX_DATA": f"{plugins}/sandbox",
        # Where the tests' own services listen, which plugins talk to.
        "GUILDHALL_PLUGIN_HOSTS": "127.0.0.1",
        "GUILDHALL_LISTEN": address,
        "GUILDHALL_SIMULATOR_LISTEN": simulator,
        "GUILDHALL_DATA": str(data),
    }
    process = subprocess.Popen([str(REPOSITORY / ".build/debug/guildhall"), "serve"], env=environment)
    try:
        deadline = time.monotonic() + START_DEADLINE_SECONDS
        while True:
            try:
                urllib.request.urlopen(f"http://{address}/design", timeout=2).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"guildhall does not answer at {address}") from None
                time.sleep(0.1)
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(timeout=30)
        shutil.rmtree(plugins, ignore_errors=True)


@pytest.fixture(scope="session")
def address(tmp_path_factory):
    """The origin the dashboard is served from."""
    if url := os.environ.get("GUILDHALL_URL"):
        yield url.rstrip("/")
    elif folder := os.environ.get("GUILDHALL_RENDERING"):
        yield from serve_rendering(folder)
    else:
        yield from start_guildhall(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        chromium = os.environ.get("GUILDHALL_CHROMIUM", "/usr/bin/chromium")
        # The sandbox cannot be had as root; the pages are our own.
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=chromium, args=sandbox)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, address):
    """Opens a path in a context of its own; what the page did wrong is found in `page.faults`."""
    contexts = []

    def open_path(path="/design", width=1440, theme="light", **options):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, reduced_motion="reduce", **options
        )
        contexts.append(context)
        page = context.new_page()
        page.faults = []
        page.requested = []
        page.on("pageerror", lambda error: page.faults.append(f"script: {error}"))
        page.on("console", lambda line: page.faults.append(f"console: {line.text}") if line.type == "error" else None)
        page.on("request", lambda request: page.requested.append(request.url))
        page.goto(address + path)
        return page

    yield open_path
    for context in contexts:
        context.close()
