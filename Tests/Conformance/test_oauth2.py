"""A login with OAuth2 as a website does it, consent page included."""

import base64
import hashlib
import re
import urllib.parse

import aiohttp
import hikari
import pytest

from conftest import Person, run

REDIRECT = "http://127.0.0.1:9/callback"


def authorize_url(sim, **extra):
    query = {
        "client_id": sim.app["id"], "response_type": "code", "redirect_uri": REDIRECT,
        "scope": "identify guilds", "state": "a state & more", **extra,
    }
    return f"{sim.address}/oauth2/authorize?{urllib.parse.urlencode(query)}"


async def register_redirect(sim):
    async with aiohttp.ClientSession() as http:
        async with http.patch(
            f"{sim.address}/sim/applications/{sim.app['id']}", json={"redirect_uris": [REDIRECT]}
        ) as response:
            assert response.status == 200, await response.text()


async def consent(http, sim, url, user, action="allow", **fields):
    """Opens the page, fills its form, and returns where the answer sends the browser."""
    async with http.get(url) as page:
        html = await page.text()
        assert page.status == 200, html
    form = {name: value for name, value in re.findall(r'name="([a-z_]+)" value="([^"]*)"', html)}
    import html as escaping

    form = {name: escaping.unescape(value) for name, value in form.items()}
    form.update(user_id=user["id"], action=action, **fields)
    async with http.post(f"{sim.address}/oauth2/authorize", data=form, allow_redirects=False) as answer:
        assert answer.status in (302, 303), await answer.text()
        location = urllib.parse.urlsplit(answer.headers["Location"])
        return dict(urllib.parse.parse_qsl(location.query)), answer.headers["Location"]


def test_login(sim):
    async def go():
        await register_redirect(sim)
        verifier = "v" * 64
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        url = authorize_url(sim, code_challenge=challenge, code_challenge_method="S256")
        async with aiohttp.ClientSession() as http:
            answer, location = await consent(http, sim, url, sim.person)
            assert location.startswith(REDIRECT)
            assert answer["state"] == "a state & more"
            body = {"grant_type": "authorization_code", "code": answer["code"], "redirect_uri": REDIRECT, "code_verifier": verifier}
            auth = aiohttp.BasicAuth(sim.app["id"], sim.app["client_secret"])
            async with http.post(f"{sim.api}/oauth2/token", data=body, auth=auth) as response:
                tokens = await response.json()
                assert response.status == 200, tokens
            async with http.post(f"{sim.api}/oauth2/token", data=body, auth=auth) as response:
                assert response.status == 400 and (await response.json())["error"] == "invalid_grant"

        # hikari as the client of a bearer token.
        rest = hikari.RESTApp(url=sim.api)
        await rest.start()
        async with rest.acquire(tokens["access_token"], "Bearer") as client:
            me = await client.fetch_my_user()
            assert str(me.id) == sim.person["id"]
            guilds = await client.fetch_my_guilds()
            assert sim.guild["id"] in [str(guild.id) for guild in guilds]
            information = await client.fetch_authorization()
            assert set(information.scopes) == {"identify", "guilds"}
        async with rest.acquire(None) as client:
            renewed = await client.refresh_access_token(
                int(sim.app["id"]), sim.app["client_secret"], tokens["refresh_token"])
            assert renewed.access_token != tokens["access_token"]
            await client.revoke_access_token(int(sim.app["id"]), sim.app["client_secret"], renewed.access_token)
        async with rest.acquire(renewed.access_token, "Bearer") as client:
            with pytest.raises(hikari.UnauthorizedError):
                await client.fetch_my_user()
        await rest.close()

    run(go())


def test_a_refusal_comes_back(sim):
    async def go():
        await register_redirect(sim)
        async with aiohttp.ClientSession() as http:
            answer, _ = await consent(http, sim, authorize_url(sim), sim.person, action="deny")
            assert answer["error"] == "access_denied" and answer["state"] == "a state & more"

    run(go())


@pytest.mark.parametrize("wrong", [{"redirect_uri": REDIRECT + "/"}, {"client_id": "1"}, {"scope": "everything"}])
def test_what_does_not_fit_is_not_sent_anywhere(sim, wrong):
    async def go():
        await register_redirect(sim)
        async with aiohttp.ClientSession() as http:
            async with http.get(authorize_url(sim, **wrong), allow_redirects=False) as response:
                assert response.status == 400

    run(go())


def test_a_bot_is_added_to_a_server(sim):
    async def go():
        second = sim.applications[1]
        async with aiohttp.ClientSession() as http, Person(sim, sim.owner) as owner:
            for guild in await owner.call("GET", "/users/@me/guilds"):
                members = await owner.call("GET", f"/guilds/{guild['id']}/members?limit=1000")
                if second["user_id"] not in [member["user"]["id"] for member in members]:
                    break
            else:
                await owner.call("DELETE", f"/guilds/{sim.guild['id']}/members/{second['user_id']}")
                guild = sim.guild
            query = urllib.parse.urlencode(
                {"client_id": second["id"], "scope": "bot applications.commands", "permissions": "8"})
            url = f"{sim.address}/oauth2/authorize?{query}"
            async with http.get(url) as page:
                assert "Administrator" in await page.text()
            async with http.post(f"{sim.address}/oauth2/authorize?{query}", data={
                "client_id": second["id"], "scope": "bot applications.commands", "permissions": "8",
                "user_id": sim.owner["id"], "guild_id": guild["id"], "action": "allow",
            }) as answer:
                assert answer.status == 200, await answer.text()
            joined = await owner.event("GUILD_MEMBER_ADD", lambda m: m["user"]["id"] == second["user_id"])
            assert joined["guild_id"] == guild["id"]
            roles = await owner.call("GET", f"/guilds/{guild['id']}/roles")
            mine = next(role for role in roles if (role.get("tags") or {}).get("bot_id") == second["user_id"])
            assert mine["managed"] and mine["permissions"] == "8"

    run(go())
