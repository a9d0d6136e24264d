# Somebody who is signed in to a running demo: the operator, who owns its largest server.

import http.cookiejar
import json
import re
import time
import urllib.error
import urllib.request

PEOPLE_TRIED = 200


class SignedIn:
    """Cookies of a session, the token of its forms, and a server its owner owns."""

    def __init__(self, address, opener, jar):
        self.address = address
        # Seen for the first time, each place where somebody has rights gives the session a new cookie: over with it.
        places = [f"/g/{guild['id']}" for guild in self.read(opener, "/guilds")["items"]] + ["/operator"]
        for place in places:
            try:
                opener.open(address + place).close()
            except urllib.error.HTTPError as error:
                if error.code != 404:
                    raise
        self.cookies = [{"name": cookie.name, "value": cookie.value, "url": address} for cookie in jar]
        me = self.read(opener, "/me")
        self.csrf = me["csrf_token"]
        self.is_operator = me["is_operator"]
        self.guild = next((guild["id"] for guild in self.read(opener, "/guilds")["items"]), None)

    def read(self, opener, path):
        with opener.open(f"{self.address}/api/v1{path}") as answer:
            return json.load(answer)

    @property
    def headers(self):
        line = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in self.cookies)
        return {"Accept": "application/json", "Cookie": line, "X-CSRF-Token": self.csrf, "Origin": self.address}


def consent(address):
    """Begins to sign in: the browser, its cookies, and Discord's page with the people there are."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    for _ in range(30):
        try:
            with opener.open(f"{address}/login") as answer:
                base, _, query = answer.geturl().partition("?")
                people = re.findall(r'<option value="(\d+)"', answer.read().decode())
            return opener, jar, base, query, people
        except urllib.error.HTTPError as error:
            # One address may begin so many sign-ins a minute; tests begin more than people do.
            if error.code != 429:
                raise
            time.sleep(int(error.headers.get("Retry-After", "3")))
    raise AssertionError("the sign-in stays closed")


def sign_in(address):
    """Agrees on Discord's page, as each of its people in turn until one is the operator."""
    people = consent(address)[4]
    for person in people[:PEOPLE_TRIED]:
        opener, jar, base, query, _ = consent(address)
        form = f"{query}&user_id={person}&action=allow".encode()
        opener.open(urllib.request.Request(base, data=form, method="POST")).close()
        found = SignedIn(address, opener, jar)
        if found.is_operator and found.guild:
            return found
    raise AssertionError(f"none of {len(people)} people is the operator and owns a server")
