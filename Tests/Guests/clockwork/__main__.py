"""A tower clock that strikes by the hour, on some days, and not at all when it was muted."""

from yourbot_sdk import Context, Plugin

plugin = Plugin()


# Its life in a server.


@plugin.on_install
def installed(ctx: Context):
    ctx.kv.set("strokes", 0)
    ctx.log("The clock was put up", tags=["life"])


@plugin.on_enable
def enabled(ctx: Context):
    ctx.log("The clock runs", tags=["life"])


@plugin.on_disable
def disabled(ctx: Context):
    say(ctx, "The clock stands still.")


@plugin.on_uninstall
def uninstalled(ctx: Context):
    say(ctx, "The clock is taken down.")


# What it does by itself.


@plugin.cron("*/15 * * * *")
def quarter(ctx: Context):
    if not ctx.ephemeral.flag_check("muted"):
        ctx.kv.increment("strokes")


@plugin.cron("0 9 * * *")
def morning(ctx: Context):
    say(ctx, f"Nine o'clock, after {ctx.kv.get('strokes')} strokes.")


@plugin.cron("0,30 8-17 * * 1-5")
def workday(ctx: Context):
    say(ctx, "To work!")


@plugin.cron("0 9,21 * * 0,6")
def weekend(ctx: Context):
    say(ctx, "No hurry today.")


@plugin.cron("0 9 * * *")
def rusty(ctx: Context):
    raise RuntimeError("this wheel is rusty")


@plugin.on_event("cron")
def any_task(ctx: Context, event: dict):
    ctx.log(f"{event['name']} was due at {event['scheduled_at']}", level="debug")


@plugin.schedule(5)
def tick(ctx: Context):
    # Where many servers share a process there is no such thread: then the tasks above are all there is.
    ctx.log("Tick")


# What people do with it.


@plugin.on_slash_command("clock")
def clock(ctx: Context, event: dict):
    COMMANDS[event["options"][0]["name"]](ctx, event)


def hang(ctx: Context, event: dict):
    ctx.kv.set("channel", event["channel_id"])
    ctx.interaction.respond(content="The clock hangs here.", ephemeral=True)


def wind(ctx: Context, event: dict):
    rest = ctx.ephemeral.cooldown_check("wound")
    if rest["active"]:
        ctx.interaction.respond(content=f"Wait {rest['remaining_seconds']:.0f} seconds.", ephemeral=True)
        return
    ctx.ephemeral.cooldown_set("wound", 30)
    ctx.interaction.respond(content="Wound up.", ephemeral=True)


def strike(ctx: Context, event: dict):
    if ctx.ephemeral.flag_check("muted"):
        ctx.interaction.respond(content="It is muted.", ephemeral=True)
        return
    strokes = ctx.ephemeral.counter("by_hand", 60)
    is_first = ctx.ephemeral.dedup(f"struck:{event['user_id']}", 600)
    ctx.interaction.respond(content=f"{'Bim ' * strokes}{'for the first time' if is_first else 'again'}")


def mute(ctx: Context, event: dict):
    ctx.ephemeral.flag_set("muted", 600)
    ctx.interaction.respond(content="Quiet for ten minutes.", ephemeral=True)


def inspect(ctx: Context, event: dict):
    for level, found in [("debug", "oil"), ("info", "wheels"), ("warning", "dust"), ("error", "a crack")]:
        ctx.log(f"Found {found}", level=level, tags=["inspection"], by=event["username"], request_id=ctx.request_id)
    ctx.interaction.respond(content="It is in the log.", ephemeral=True)


def jam(ctx: Context, event: dict):
    raise RuntimeError("a spanner in the works")


COMMANDS = {"hang": hang, "wind": wind, "strike": strike, "mute": mute, "inspect": inspect, "jam": jam}


def say(ctx: Context, text: str):
    if channel := ctx.kv.get("channel"):
        ctx.discord.send_message(channel_id=channel, content=text)


if __name__ == "__main__":
    plugin.run()
