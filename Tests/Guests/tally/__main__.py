"""Counts whatever a server wants counted, and draws it.

`things` maps what is counted to how much; the metric `counted` has the same over time. Who has the secret `EXPORT_KEY`
may fetch the figures elsewhere, so the page says whether it is set, and never what it is.
"""

from yourbot_sdk import Context, Plugin

plugin = Plugin()

DEFAULTS = {"goal": 10, "motto": "Everything counts.", "is_public": False, "period": "24h"}


@plugin.on_slash_command("tally")
def tally(ctx: Context, event: dict):
    options = {option["name"]: option["value"] for option in event["options"]}
    what, by = options["what"].lower().replace(".", " "), options.get("by", 1)
    total = ctx.kv.increment("things", by, path=what)
    ctx.metrics.record("counted", by, tags={"what": what})
    ctx.metrics.record("uses")
    ctx.interaction.respond(content=f"{what}: {total}", ephemeral=not settings(ctx)["is_public"])


@plugin.on_event("reaction_add")
def reacted(ctx: Context, event: dict):
    if not event.get("user_bot"):
        ctx.metrics.record("reactions", tags={"emoji": event["emoji"]})


def settings(ctx: Context) -> dict:
    return {**DEFAULTS, **ctx.kv.get_many(list(DEFAULTS))}


def things(ctx: Context) -> dict:
    return ctx.kv.get("things") or {}


# The page.


@plugin.on_dashboard("total")
def total(ctx: Context, params: dict):
    return {"value": sum(things(ctx).values()), "change": f"{ctx.metrics.total('uses', period='1h'):.0f} this hour"}


@plugin.on_dashboard("reactions")
def reactions(ctx: Context, params: dict):
    return {"value": ctx.metrics.total("reactions", period="24h")}


@plugin.on_dashboard("over_time")
def over_time(ctx: Context, params: dict):
    found = ctx.metrics.query("counted", period=settings(ctx)["period"], group_by="what", aggregate="sum")
    return {"labels": found["labels"], "series": found["series"]}


@plugin.on_dashboard("list_things")
def list_things(ctx: Context, params: dict):
    rows = [{"what": what, "count": count} for what, count in sorted(things(ctx).items())]
    return {"rows": rows, "total": len(rows)}


@plugin.on_dashboard("to_goal")
def to_goal(ctx: Context, params: dict):
    return {"value": sum(things(ctx).values()), "max": settings(ctx)["goal"], "label": "To the goal"}


@plugin.on_dashboard("most")
def most(ctx: Context, params: dict):
    ranked = sorted(things(ctx).items(), key=lambda one: -one[1])
    return {"items": [{"label": what, "value": count} for what, count in ranked[:3]]}


@plugin.on_dashboard("motto")
def motto(ctx: Context, params: dict):
    return {"text": settings(ctx)["motto"]}


@plugin.on_dashboard("help")
def explain(ctx: Context, params: dict):
    return {"markdown": "Count with **/tally**:\n\n- `what` is what you count\n- `by` is how many"}


@plugin.on_dashboard("key_status")
def key_status(ctx: Context, params: dict):
    if ctx.secrets.get("EXPORT_KEY"):
        return {"level": "success", "message": "The export has its key."}
    return {"level": "warning", "message": "The export has no key."}


@plugin.on_dashboard("load_settings")
def load_settings(ctx: Context, params: dict):
    return {"values": settings(ctx)}


@plugin.on_dashboard("save_settings")
def save_settings(ctx: Context, params: dict):
    values = params["values"]
    if not values["motto"].strip():
        return {"ok": False, "error": "A motto has words."}
    ctx.kv.set_many({name: values[name] for name in DEFAULTS})
    return {"ok": True}


@plugin.on_dashboard("load_key")
def load_key(ctx: Context, params: dict):
    return {"values": {"key": ""}}


@plugin.on_dashboard("save_key")
def save_key(ctx: Context, params: dict):
    key = params["values"]["key"]
    if key:
        ctx.secrets.set("EXPORT_KEY", key)
    else:
        ctx.secrets.delete("EXPORT_KEY")
    return {"ok": True}


if __name__ == "__main__":
    plugin.run()
