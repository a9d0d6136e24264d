# The plugins of Tests/Guests in containers, each driven through all that it has: commands, events, tasks, pages.

import contextlib
import gzip
import http.server
import json
import queue
import shutil
import threading
import urllib.parse

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import serve

from guest_server import Server, eventually
from test_owner import Discord

pytestmark = pytest.mark.skipif(not shutil.which("podman") and not shutil.which("docker"), reason="no container engine")


@pytest.fixture(scope="module")
def server(browser, address):
    return Server(browser, address, Discord(address), "Tiny Tavern")


@pytest.fixture(scope="module")
def friend(server):
    """A member without any rights."""
    people = server.discord.call("GET", "/sim/people")
    return next(
        person["id"] for person in people
        if server.guild in person["guild_ids"] and person["id"] != server.owner and not person.get("bot"))


def option(name, value):
    kind = {str: 3, int: 4, bool: 5}[type(value)]
    return {"name": name, "type": kind, "value": value}


def test_polls(server, friend):
    server.install("polls")
    before = server.command("ask", [option("question", "Only one?"), option("answers", "Yes")])
    server.said("A poll has 2 to 5 answers", before)

    before = server.command("ask", [option("question", "Tea or coffee?"), option("answers", "Tea | Coffee")])
    poll = server.said("**Tea or coffee?**", before)
    server.said("The poll is open.", before)

    def shows(text):
        def find():
            now = server.message(poll)
            return now if text in now["content"] else None

        return eventually(find, lambda: f"{text!r} never stood there: {server.message(poll)['content']}")

    server.press(poll, "Tea")
    shows("Tea: 1\nCoffee: 0")
    server.press(poll, "Coffee", friend)
    shows("Tea: 1\nCoffee: 1")
    server.press(poll, "Coffee")
    shows("Tea: 0\nCoffee: 2")
    before = server.press(poll, "End the poll", friend)
    server.said("Only who asked can end this poll.", before, user=friend)
    server.press(poll, "End the poll")
    assert shows("Over. Coffee won.")["components"] == []


def test_ranks(server, friend):
    server.install("ranks", also=["storage:sql"])
    for text, user in [("one", server.owner), ("two", server.owner), ("three", server.owner), ("four", friend)]:
        server.discord.says(server.channel, text, user)
    names = {one["user"]["id"]: one["user"]["username"] for one in server.call("GET", f"/guilds/{server.guild}/members?limit=50")}
    owner, other = names[server.owner], names[friend]

    # The page, with widgets of all kinds. What each shows is asked for by itself, and kept for some seconds.
    server.shows(
        "ranks", "board", "Who writes most", "4 of 100", f"1 {owner} 3 Gold", f"2 {other} 1 Silver",
        f"{owner} 3 messages", "People 2", "Messages each 2")
    page = server.page
    assert page.locator("table:has-text('Medal') time").count() == 2
    assert page.locator("canvas").count() == 1
    assert page.locator(".timeline li").count() == 2
    page.get_by_role("tab", name="Medals").click()
    assert page.get_by_text(f"Gold: {owner}").is_visible()

    # What is changed there is seen at once.
    server.shows("ranks", "settings", "Goal")
    page.fill("[name='value.goal']", "8")
    server.submit("save_goal")
    server.shows("ranks", "board", "4 of 8")

    before = server.command("ranks", [option("places", 1)])
    embed = server.sees(lambda one: one["embeds"], before)["embeds"][0]
    assert (embed["title"], embed["description"]) == ("Who writes most", f"1. {owner}: 3")
    assert embed["footer"]["text"] == "4 messages in all"

    server.shows("ranks", "settings", "Begin anew")
    assert "The board is empty." in server.submit("reset")
    server.shows("ranks", "board", "Nobody wrote anything yet", without=["Gold"])
    server.log_has("ranks", "began anew", "warning")


def test_a_widget_of_ranks_that_is_not_always_there(server):
    server.discord.says(server.channel, "five", server.owner)
    assert "Nobody wrote anything yet" not in server.shows("ranks", "board", "Gold")


def test_a_picture_of_ranks(server):
    server.shows("ranks", "board", "Messages")
    assert server.page.locator(".guest-image").evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 0


def ask_for_help(server, friend, subject, details):
    """Presses the button of the help desk and sends its form."""
    panel = server.sees(lambda one: one["embeds"] and one["embeds"][0].get("title") == "Help desk", user=friend)
    with server.client(friend) as client:
        before = server.press(panel, "Ask for help", friend)
        modal = client.event("INTERACTION_MODAL_CREATE")
        assert modal["title"] == "What is the matter?" and len(modal["components"]) == 2
        server.fill(modal, {"subject": subject, "details": details}, friend)
    server.said("Somebody will see to it in <#", before, user=friend)


def test_helpdesk(server, friend):
    server.install("helpdesk", also=["discord:manage_channels"])
    # What the team sets up: a category that nobody else sees.
    view, manage = 1 << 10, 1 << 4
    category = server.call("POST", f"/guilds/{server.guild}/channels", {
        "name": "Help", "type": 4, "permission_overwrites": [
            {"id": server.guild, "type": 0, "deny": str(view)}, {"id": server.bot, "type": 1, "allow": str(view | manage)},
        ]})["id"]
    before = server.command("helpdesk", [{"name": "category", "type": 7, "value": category}])
    server.said("The help desk is open.", before)
    ask_for_help(server, friend, "The tap drips", "Since Monday.")
    channel = server.channels()["help-1"]
    assert (channel["topic"], channel["parent_id"]) == ("The tap drips", category)
    rights = {one["id"]: (int(one["allow"]), int(one["deny"])) for one in channel["permission_overwrites"]}
    assert rights[server.guild][1] & view and rights[friend][0] & view
    request = server.said("needs help: The tap drips", channel=channel["id"], user=friend)
    assert request["embeds"][0]["description"] == "Since Monday."
    server.press(request, "Done", friend)
    eventually(lambda: not server.exists(channel["id"]), "the channel is still there")
    server.log_has("helpdesk", "Done: The tap drips", "info")


def test_the_framed_page_of_helpdesk(server, friend):
    ask_for_help(server, friend, "The door squeaks", "")
    page = server.page
    page.goto(server.here + "/guests/at/helpdesk/pages/desk")
    frame = page.frame_locator("iframe")
    frame.get_by_text("1 open, 1 done").wait_for(timeout=8000)
    assert frame.locator("h1").inner_text() == "Requests in Tiny Tavern"
    assert frame.locator("img").evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 0
    frame.get_by_role("listitem").filter(has_text="The door squeaks").get_by_role("button", name="Close").click()
    frame.get_by_text("0 open, 2 done").wait_for()
    assert "help-2" not in server.channels()

    # A handler that raises breaks the promise, with its own words; and so does one that is not there, with ours.
    asked = "(_, method) => YourBotSDK.rpc(method, {channel: '1'}).then(() => 'kept', (error) => error.message)"
    told = frame.locator("body").evaluate(asked, "close_request")
    assert told == "This request is closed already."
    told = frame.locator("body").evaluate(asked, "unheard")
    assert told == "The plugin has nothing that answers to unheard."


class Station(http.server.BaseHTTPRequestHandler):
    """A weather station that knows one place, and what it was asked."""

    asked = []

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        self.asked.append((url.path, query, self.headers))
        keys = (self.headers.get("X-Station-Key"), self.headers.get("Authorization"))
        if keys not in (("fair-and-mild", None), (None, "Bearer fair-and-mild")):
            return self.answer(401, {})
        if query["place"] == "Storm Point":
            return self.answer(503, {})
        if query["place"] != "Bight & Bay":
            return self.answer(404, {})
        degrees, scale = (64, "°F") if query["scale"] == "fahrenheit" else (18, "°C")
        self.answer(200, {"place": query["place"], "sky": "Clear", "degrees": degrees, "scale": scale})

    def answer(self, status, report):
        body = gzip.compress(json.dumps(report).encode())
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@contextlib.contextmanager
def running(service):
    """Serves in a thread; the address it listens at."""
    thread = threading.Thread(target=service.serve_forever, daemon=True)
    thread.start()
    try:
        yield "{}:{}".format(*service.socket.getsockname())
    finally:
        service.shutdown()
        thread.join(10)


def test_weather(server, friend):
    server.install("weather", also=["storage:secrets"], without_domains=["api.weather.example"])

    def weather(place, *options):
        return server.command("weather", [option("place", place), *options])

    def station(sub, *options):
        return server.subcommand("station", sub, options)

    # A domain that was not granted.
    server.said("This server does not let me ask that station.", weather("Bight & Bay"))
    server.log_has("weather", "does not allow the host api.weather.example", "warning")

    # Addresses within the operator's own network are nobody's, whatever the server's owner says.
    server.said("This station cannot be used", station("use", option("address", "http://10.0.0.1:8000")))

    with running(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Station)) as place:
        before = station("use", option("address", f"http://{place}"))
        server.said(f"http://{place} is asked.", before)
        server.said("The station wants a key", weather("Bight & Bay"))
        server.keep_secret("weather", "STATION_KEY", "fair-and-mild")
        assert "STATION_KEY" in server.page.inner_text("main") and "fair-and-mild" not in server.page.content()
        embed = server.sees(lambda one: one["embeds"], weather("Bight & Bay"))["embeds"][0]
        assert (embed["title"], embed["description"]) == ("Weather in Bight & Bay", "Clear")
        assert embed["fields"][0]["value"] == "18 °C"
        embed = server.sees(lambda one: one["embeds"], weather("Bight & Bay", option("scale", "fahrenheit")))["embeds"][0]
        assert embed["fields"][0]["value"] == "64 °F"
        server.said("The station does not know Nowhere.", weather("Nowhere"))
        server.said("The station is out of order (503).", weather("Storm Point"))
        path, query, headers = Station.asked[-1]
        assert (path, query) == ("/now", {"place": "Storm Point", "scale": "celsius"})
        assert headers["X-Station-Key"] == "fair-and-mild" and "Authorization" not in headers

        # Bound to the host, the key goes along and the plugin cannot read it; bound elsewhere, it stays here.
        server.keep_secret("weather", "STATION_KEY", "fair-and-mild", host=place.rpartition(":")[0])
        embed = server.sees(lambda one: one["embeds"], weather("Bight & Bay"))["embeds"][0]
        assert embed["description"] == "Clear"
        headers = Station.asked[-1][2]
        assert headers["Authorization"] == "Bearer fair-and-mild" and "X-Station-Key" not in headers
        server.keep_secret("weather", "STATION_KEY", "fair-and-mild", host="api.weather.example")
        server.said("The station wants a key", weather("Bight & Bay"))
        assert "goes to api.weather.example only" in server.page.inner_text("main")
    server.said("The station does not answer.", weather("Bight & Bay"))
    server.said("The public station is asked.", station("forget"))
    server.said("This server does not let me ask that station.", weather("Bight & Bay"))


class Feed:
    """A feed of prices: what it was asked, and a way to say something."""

    def __init__(self):
        self.asked = queue.Queue()
        self.opened = queue.Queue()

    def attend(self, connection):
        self.opened.put(connection)
        with contextlib.suppress(ConnectionClosed):
            for frame in connection:
                self.asked.put(json.loads(frame))
        self.asked.put("closed")


def test_ticker(server, friend):
    server.install("ticker", also=["proxy:websocket"])

    def ticker(sub, *options):
        return server.subcommand("ticker", sub, options)

    server.said("None yet.", ticker("prices"))
    server.said("That did not work", ticker("add", option("symbol", "OAK")))

    feed = Feed()
    with running(serve(feed.attend, "127.0.0.1", 0)) as place:
        before = ticker("follow", option("address", f"ws://{place}/prices"))
        server.sees(lambda one: one["content"] in ("The feed is connecting.", "The feed is open."), before)
        connection = feed.opened.get(timeout=20)
        assert feed.asked.get(timeout=20) == {"follow": ["OAK", "ELM"]}
        # To everybody, and not as the answer to the command.
        server.sees(lambda one: one["content"] == "The feed is open." and not one["flags"] & 64, before)

        # Frames come in order, and each once.
        for price in (10, 12, 11):
            connection.send(json.dumps({"symbol": "OAK", "price": price}))
        server.said("OAK rose from 10 to 12.", before)
        server.said("OAK fell from 12 to 11.", before)
        server.said("OAK: 11", ticker("prices"))

        server.said("Asked for YEW.", ticker("add", option("symbol", "YEW")))
        assert feed.asked.get(timeout=20) == {"follow": ["YEW"]}

        # The feed goes away and is found again, with what was subscribed to.
        before = {one["id"] for one in server.messages()}
        connection.close()
        assert feed.asked.get(timeout=20) == "closed"
        server.said("The feed is gone and will be back.", before)
        connection = feed.opened.get(timeout=20)
        assert feed.asked.get(timeout=20) == {"follow": ["OAK", "ELM"]}
        server.said("The feed is open.", before)
        server.log_has("ticker", "The feed closed", "warning")

        server.said("Left the feed.", ticker("stop"))
        assert feed.asked.get(timeout=20) == "closed"
        with pytest.raises(queue.Empty):
            feed.opened.get(timeout=3)
    server.said("That did not work", ticker("add", option("symbol", "OAK")))


def test_tally(server, friend):
    server.install("tally", also=["storage:secrets"])
    server.said("apples: 1", server.command("tally", [option("what", "Apples")]))
    server.said("pears: 5", server.command("tally", [option("what", "pears"), option("by", 5)]))
    before = server.command("tally", [option("what", "apples"), option("by", 2)])
    answer = server.said("apples: 3", before)
    assert answer["flags"] & 64
    message, pear = server.discord.says(server.channel, "pears, please", server.owner), urllib.parse.quote("🍐")
    server.call("PUT", f"/channels/{server.channel}/messages/{message}/reactions/{pear}/@me", user=friend)

    text = server.shows("tally", "figures", "Reactions today 1")
    page = server.page
    for words in ("Everything counts.", "Counted 8 3 this hour", "To the goal", "8 of 10", "Most pears 5 apples 3", "Count with /tally"):
        assert words in text, text
    assert page.locator("canvas").count() == 1
    rows = page.locator("table:has-text('Count') tbody tr").all_inner_texts()
    assert [row.split() for row in rows][-2:] == [["apples", "3"], ["pears", "5"]]
    assert page.locator("li", has_text="what is what you count").count() == 1

    # Settings, once refused by the plugin and once taken.
    server.shows("tally", "settings", "The export has no key.")
    page.fill("[name='value.motto']", " ")
    assert "A motto has words." in server.submit("save_settings")
    server.shows("tally", "settings", "Motto")
    page.fill("[name='value.motto']", "Count on us.")
    page.fill("[name='value.goal']", "16")
    page.select_option("[name='value.period']", "7d")
    page.locator("[name='value.is_public']").check(force=True)
    server.submit("save_settings")
    server.shows("tally", "figures", "Count on us.", "8 of 16")
    answer = server.said("apples: 4", server.command("tally", [option("what", "apples")]))
    assert not answer["flags"] & 64

    # A secret that the page sets, and never shows.
    server.shows("tally", "settings", "The export has no key.")
    assert page.locator("[name='value.is_public']").is_checked()
    page.fill("[name='value.key']", "once-and-never-again")
    server.submit("save_key")
    server.shows("tally", "settings", "The export has its key.")
    assert "once-and-never-again" not in page.content()
    page.goto(server.here + "/guests/at/tally")
    assert "EXPORT_KEY" in page.inner_text("main") and "once-and-never-again" not in page.content()
    server.shows("tally", "settings", "The export has its key.")
    server.submit("save_key")
    server.shows("tally", "settings", "The export has no key.")


def test_clockwork(server, friend):
    server.install("clockwork")
    server.log_has("clockwork", "The clock was put up", "info")

    def clock(sub):
        return server.subcommand("clock", sub)

    server.said("The clock hangs here.", clock("hang"))
    server.said("Wound up.", clock("wind"))
    server.said("Wait ", clock("wind"))
    server.said("Bim for the first time", clock("strike"))
    server.said("Bim Bim again", clock("strike"))

    # The log, by levels.
    server.said("It is in the log.", clock("inspect"))
    server.log_has("clockwork", "Found a crack", "error")
    assert "Found dust" not in server.page.inner_text("main")
    server.log_has("clockwork", "Found dust", "warning")
    assert "Found wheels" not in server.page.inner_text("main")
    server.log_has("clockwork", "Found oil", "debug")

    # A handler that raises: in the log, and the person does not wait for ever.
    before = clock("jam")
    server.sees(lambda one: one["author"]["id"] == server.bot, before)
    server.log_has("clockwork", "RuntimeError: a spanner in the works", "error")

    # Off, on, by the clock, and out.
    before = {one["id"] for one in server.messages()}
    server.turn("clockwork", False)
    server.said("The clock stands still.", before)
    server.turn("clockwork", True)
    server.log_has("clockwork", "The clock runs", "info")


def test_what_happens_by_the_clock(server, friend):
    # Depends on what the tests before it let in: hours pass once only.
    before = server.command("ask", [option("question", "Early?"), option("answers", "Yes | No"), option("minutes", 10)])
    poll = server.said("**Early?**", before)
    server.said("The poll is open.", before)
    server.press(poll, "Yes", friend)
    eventually(lambda: "Yes: 1" in server.message(poll)["content"], "the vote does not count")
    endless = server.command("ask", [option("question", "Late?"), option("answers", "Yes | No")])
    later = server.said("**Late?**", endless)
    server.said("The poll is open.", endless)
    server.said("Quiet for ten minutes.", server.subcommand("clock", "mute"))
    server.said("It is muted.", server.subcommand("clock", "strike"))

    nine = server.go_to_nine()
    server.said("Nine o'clock, after", before)
    server.said("To work!" if nine.weekday() < 5 else "No hurry today.", before)
    eventually(lambda: "Over. Yes won." in server.message(poll)["content"], "the poll goes on")
    assert server.message(later)["components"]
    server.log_has("clockwork", "RuntimeError: this wheel is rusty", "error")
    for task in ("quarter", "morning", "rusty"):
        server.log_has("clockwork", f"{task} was due at {nine:%Y-%m-%dT%H:%M}")
    text = server.page.inner_text("main")
    other = "weekend" if nine.weekday() < 5 else "workday"
    assert f"{other} was due" not in text
    # Plugins share a process here, which has no threads of its own for them.
    assert "Tick" not in text


def test_out_they_go(server):
    # With the last word of one that has one.
    before = {one["id"] for one in server.messages()}
    for plugin in ("clockwork", "tally", "ticker", "weather", "helpdesk", "ranks", "polls"):
        server.remove(plugin)
    server.said("The clock is taken down.", before)
    index = server.call("GET", f"/guilds/{server.guild}/application-command-index")
    gone = {"ask", "ranks", "helpdesk", "weather", "station", "ticker", "tally", "clock"}
    assert not gone & {one["name"] for one in index["application_commands"]}
