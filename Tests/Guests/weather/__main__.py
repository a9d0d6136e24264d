"""Asks a weather station about a place: the public one, or one of the server's own.

The station's key is the secret `STATION_KEY`, which the server's owner enters on the plugin's page: for the plugin to
read, or bound to the station's host, whose requests it then goes with unseen.
"""

import json
from urllib.parse import urlsplit

from yourbot_sdk import CapabilityError, Context, Plugin, RpcError, SdkError

plugin = Plugin()

PUBLIC_STATION = "https://api.weather.example"
SKY_BLUE = 0x3498DB


@plugin.on_slash_command("station")
def station(ctx: Context, event: dict):
    choice = event["options"][0]
    if choice["name"] == "forget":
        if known := ctx.kv.get("station"):
            ctx.http.revoke_host(urlsplit(known).netloc)
            ctx.kv.delete("station")
        ctx.interaction.respond(content="The public station is asked.", ephemeral=True)
        return
    address = choice["options"][0]["value"].rstrip("/")
    try:
        ctx.http.allow_host(urlsplit(address).netloc)
    except SdkError as error:
        ctx.interaction.respond(content=f"This station cannot be used: {error}", ephemeral=True)
        return
    ctx.kv.set("station", address)
    ctx.interaction.respond(content=f"{address} is asked.", ephemeral=True)


@plugin.on_slash_command("weather")
def weather(ctx: Context, event: dict):
    options = {option["name"]: option["value"] for option in event["options"]}
    # A station may think for longer than Discord waits.
    ctx.interaction.defer()
    ctx.interaction.followup(**answer(ctx, options["place"], options.get("scale", "celsius")))


def ask(ctx: Context, address: str, params: dict) -> dict:
    """With the key, whichever way there is one; without it when there is none."""
    if key := ctx.secrets.get("STATION_KEY"):
        return ctx.http.get(address, params=params, headers={"X-Station-Key": key})
    try:
        return ctx.http.request("GET", address, params=params, secret_auth="STATION_KEY")
    except CapabilityError:
        return ctx.http.get(address, params=params)


def answer(ctx: Context, place: str, scale: str) -> dict:
    """What is said: the weather, or why there is none."""
    try:
        found = ask(ctx, f"{ctx.kv.get('station') or PUBLIC_STATION}/now", {"place": place, "scale": scale})
    except CapabilityError:
        ctx.log("The station's host is not granted", level="warning")
        return {"content": "This server does not let me ask that station."}
    except RpcError as error:
        ctx.log(f"No answer: {error}", level="warning")
        return {"content": "The station does not answer."}
    if found["status"] == 401:
        return {"content": "The station wants a key: set the secret STATION_KEY on my page."}
    if found["status"] == 404:
        return {"content": f"The station does not know {place}."}
    if found["status"] != 200:
        return {"content": f"The station is out of order ({found['status']})."}
    report = json.loads(found["body_bytes"])
    return {
        "embeds": [
            {
                "title": f"Weather in {report['place']}",
                "description": report["sky"],
                "color": SKY_BLUE,
                "fields": [{"name": "Temperature", "value": f"{report['degrees']} {report['scale']}", "inline": True}],
            }
        ]
    }


if __name__ == "__main__":
    plugin.run()
