"""Follows a feed of prices over a WebSocket, and tells a channel when one moves.

The feed sends `{"symbol": …, "price": …}` and takes `{"follow": [symbols]}`.
"""

import json
from urllib.parse import urlsplit

from yourbot_sdk import Context, Plugin, SdkError

plugin = Plugin()

FEED = "feed:main"
SYMBOLS = ["OAK", "ELM"]


@plugin.on_slash_command("ticker")
def ticker(ctx: Context, event: dict):
    command = event["options"][0]
    values = {option["name"]: option["value"] for option in command.get("options", [])}
    try:
        said = COMMANDS[command["name"]](ctx, event, **values)
    except SdkError as error:
        said = f"That did not work: {error}"
    ctx.interaction.respond(content=said, ephemeral=True)


def follow(ctx: Context, event: dict, address: str) -> str:
    ctx.ws.allow_host(urlsplit(address).netloc)
    ctx.kv.set("channel", event["channel_id"])
    state = ctx.ws.ensure(FEED, address, subscribe=[{"follow": SYMBOLS}])["state"]
    return f"The feed is {state}."


def add(ctx: Context, event: dict, symbol: str) -> str:
    ctx.ws.send(FEED, json.dumps({"follow": [symbol]}))
    return f"Asked for {symbol}."


def prices(ctx: Context, event: dict) -> str:
    found = ctx.kv.list_values("price:")
    return "\n".join(f"{key.removeprefix('price:')}: {price}" for key, price in found.items()) or "None yet."


def stop(ctx: Context, event: dict) -> str:
    ctx.ws.close(FEED)
    ctx.kv.delete("channel")
    return "Left the feed."


COMMANDS = {"follow": follow, "add": add, "prices": prices, "stop": stop}


@plugin.on_ws_open("feed:*")
def opened(ctx: Context):
    say(ctx, "The feed is open.")


@plugin.on_ws_message("feed:*")
def moved(ctx: Context, frame: dict):
    quote = json.loads(frame["data"])
    symbol, price = quote["symbol"], quote["price"]
    before = ctx.kv.get(f"price:{symbol}")
    ctx.kv.set(f"price:{symbol}", price)
    if before is not None and before != price:
        say(ctx, f"{symbol} {'rose' if price > before else 'fell'} from {before} to {price}.")


@plugin.on_ws_close("feed:*")
def closed(ctx: Context, info: dict):
    ctx.log(f"The feed closed: {info['reason']}", level="warning")
    say(ctx, "The feed is gone" + (" and will be back." if info["will_reconnect"] else "."))


def say(ctx: Context, text: str):
    if channel := ctx.kv.get("channel"):
        ctx.discord.send_message(channel_id=channel, content=text)


if __name__ == "__main__":
    plugin.run()
