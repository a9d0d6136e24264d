"""Who writes most: counted in a table, shown by a command and on a page."""

from yourbot_sdk import Context, Plugin

plugin = Plugin()

GOLD = 0xF1C40F


# Pages may be looked at before anything happened that a process gets ready for.
@plugin.on_enable
@plugin.on_ready
def prepare(ctx: Context):
    ctx.sql.execute(
        "CREATE TABLE IF NOT EXISTS ranks (user_id TEXT PRIMARY KEY, name TEXT NOT NULL,"
        " messages INTEGER NOT NULL DEFAULT 0, last_at TIMESTAMPTZ NOT NULL)"
    )
    ctx.sql.execute("CREATE INDEX IF NOT EXISTS ranks_by_messages ON ranks (messages DESC)")


@plugin.on_event("message_create")
def count(ctx: Context, event: dict):
    if event["author_bot"]:
        return
    ctx.sql.execute(
        "INSERT INTO ranks (user_id, name, messages, last_at) VALUES (%s, %s, 1, %s) ON CONFLICT (user_id)"
        " DO UPDATE SET messages = ranks.messages + 1, name = EXCLUDED.name, last_at = EXCLUDED.last_at",
        [event["author_id"], event["author_name"], event["created_at"]],
    )


@plugin.on_slash_command("ranks")
def ranks(ctx: Context, event: dict):
    places = next((option["value"] for option in event["options"] if option["name"] == "places"), 5)
    rows = best(ctx, places)
    lines = [f"{row['place']}. {row['name']}: {row['messages']}" for row in rows]
    ctx.interaction.respond(
        embeds=[
            {
                "title": "Who writes most",
                "description": "\n".join(lines) or "Nobody wrote anything yet.",
                "color": GOLD,
                "footer": {"text": f"{totals(ctx)['value']} messages in all"},
            }
        ]
    )


def best(ctx: Context, places: int) -> list:
    return ctx.sql.query(
        "SELECT RANK() OVER (ORDER BY messages DESC) AS place, user_id, name, messages, last_at"
        " FROM ranks ORDER BY messages DESC, name LIMIT %s",
        [places],
    )


def totals(ctx: Context) -> dict:
    row = ctx.sql.query_one("SELECT COALESCE(SUM(messages), 0) AS value, COUNT(*) AS people FROM ranks")
    # Sums come as text, since they may be larger than any number of JSON's.
    return {"value": int(row["value"]), "people": int(row["people"])}


def medal(place: int) -> str:
    return {1: "Gold", 2: "Silver", 3: "Bronze"}.get(place, "None")


# The page.


@plugin.on_dashboard("totals")
def dashboard_totals(ctx: Context, params: dict):
    found = totals(ctx)
    return {**found, "is_empty": found["value"] == 0, "max": ctx.kv.get("goal") or 100}


@plugin.on_dashboard("board")
def board(ctx: Context, params: dict):
    rows = [{**row, "medal": medal(row["place"])} for row in best(ctx, params.get("places", 10))]
    return {"rows": rows, "total": totals(ctx)["people"]}


@plugin.on_dashboard("shares")
def shares(ctx: Context, params: dict):
    rows = best(ctx, 10)
    return {
        "labels": [row["name"] for row in rows],
        "series": [{"name": "Messages", "data": [row["messages"] for row in rows]}],
    }


@plugin.on_dashboard("people")
def people(ctx: Context, params: dict):
    return {
        "users": [
            {"user_id": row["user_id"], "name": row["name"], "detail": f"{row['messages']} messages"}
            for row in best(ctx, 5)
        ]
    }


@plugin.on_dashboard("latest")
def latest(ctx: Context, params: dict):
    rows = ctx.sql.query("SELECT name, last_at FROM ranks ORDER BY last_at DESC", limit=3)
    return {"items": [{"time": row["last_at"], "title": row["name"], "text": "wrote"} for row in rows]}


@plugin.on_dashboard("medals")
def medals(ctx: Context, params: dict):
    colors = {"Gold": "gold", "Silver": "gray", "Bronze": "red"}
    winners = [(row["name"], medal(row["place"])) for row in best(ctx, 3)]
    return {"items": [{"label": f"{kind}: {name}", "color": colors[kind]} for name, kind in winners]}


@plugin.on_dashboard("facts")
def facts(ctx: Context, params: dict):
    found = totals(ctx)
    average = found["value"] / found["people"] if found["people"] else 0
    return {"items": [{"key": "People", "value": found["people"]}, {"key": "Messages each", "value": average}]}


@plugin.on_dashboard("goal")
def goal(ctx: Context, params: dict):
    return {"values": {"goal": ctx.kv.get("goal") or 100}}


@plugin.on_dashboard("save_goal")
def save_goal(ctx: Context, params: dict):
    ctx.kv.set("goal", params["values"]["goal"])
    return {"ok": True}


@plugin.on_dashboard("reset")
def reset(ctx: Context, params: dict):
    gone = ctx.sql.execute("DELETE FROM ranks")
    ctx.log(f"{params['viewer_username']} began anew", level="warning", gone=gone)
    return {"ok": True}


if __name__ == "__main__":
    plugin.run()
