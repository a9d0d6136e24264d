"""A garden that grows while people talk."""

from yourbot_sdk import Context, Plugin

plugin = Plugin()


def prepare(ctx: Context):
    ctx.sql.execute(
        "CREATE TABLE IF NOT EXISTS water (id BIGSERIAL PRIMARY KEY, user_id TEXT NOT NULL, name TEXT NOT NULL,"
        " litres INTEGER NOT NULL, at TIMESTAMPTZ NOT NULL DEFAULT NOW())"
    )


@plugin.on_ready
def ready(ctx: Context):
    prepare(ctx)
    ctx.log("The garden is ready")


@plugin.on_slash_command("water")
def water(ctx: Context, event: dict):
    litres = next(option["value"] for option in event["options"] if option["name"] == "litres")
    ctx.sql.execute(
        "INSERT INTO water (user_id, name, litres) VALUES (%s, %s, %s)",
        [event["user_id"], event["username"], int(litres)],
    )
    total = ctx.sql.scalar("SELECT SUM(litres) FROM water")
    ctx.interaction.respond(content=f"The garden has {total} litres now.")


@plugin.on_slash_command("uproot")
def uproot(ctx: Context, event: dict):
    try:
        ctx.discord.ban_member(user_id=event["user_id"], reason="uprooted")
        ctx.interaction.respond(content="Uprooted.")
    except Exception as error:
        ctx.interaction.respond(content=f"Not allowed: {type(error).__name__}")


@plugin.on_dashboard("litres")
def litres(ctx: Context, params: dict):
    return {"value": int(ctx.sql.scalar("SELECT COALESCE(SUM(litres), 0) FROM water"))}


def rows(ctx: Context):
    return ctx.sql.query("SELECT name, SUM(litres) AS litres FROM water GROUP BY name ORDER BY name", limit=50)


@plugin.on_dashboard("by_person")
def by_person(ctx: Context, params: dict):
    found = rows(ctx)
    return {"labels": [row["name"] for row in found], "series": [{"name": "Litres", "data": [int(row["litres"]) for row in found]}]}


@plugin.on_dashboard("people")
def people(ctx: Context, params: dict):
    found = rows(ctx)
    return {"rows": [{"name": row["name"], "litres": int(row["litres"])} for row in found], "total": len(found)}


@plugin.on_dashboard("sign")
def sign(ctx: Context, params: dict):
    return {"values": {"text": ctx.kv.get("sign") or ""}}


@plugin.on_dashboard("save_sign")
def save_sign(ctx: Context, params: dict):
    ctx.kv.set("sign", params["values"]["text"])
    return {"ok": True}


@plugin.on_dashboard("dry_out")
def dry_out(ctx: Context, params: dict):
    ctx.sql.execute("DELETE FROM water")
    return {"ok": True}


if __name__ == "__main__":
    plugin.run()
