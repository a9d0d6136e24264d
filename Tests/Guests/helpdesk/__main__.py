"""A button that asks what the matter is, and opens a channel about it.

Each open request is kept as `request:CHANNEL`. Channels are made in a category that only the team and the bot see; what is
allowed there is allowed in them, and whoever asked is let in besides.
"""

from yourbot_sdk import ActionRow, Button, Context, Plugin, SdkPermissionError, TextInput

plugin = Plugin()

VIEW_CHANNEL = 1 << 10
SEND_MESSAGES = 1 << 11


@plugin.on_slash_command("helpdesk")
def helpdesk(ctx: Context, event: dict):
    options = {option["name"]: option["value"] for option in event["options"]}
    ctx.kv.set("category", options["category"])
    ctx.discord.send_message(
        channel_id=event["channel_id"],
        embeds=[{"title": "Help desk", "description": "Something is wrong? Tell the team."}],
        components=[ActionRow(Button("Ask for help", "ask", emoji="🛟"))],
    )
    ctx.interaction.respond(content="The help desk is open.", ephemeral=True)


@plugin.on_component("ask")
def ask(ctx: Context, event: dict):
    ctx.interaction.send_modal(
        title="What is the matter?",
        custom_id="request",
        fields=[
            TextInput("In one sentence", "subject", max_length=80),
            TextInput("In your own words", "details", style="paragraph", required=False, max_length=1000),
        ],
    )


@plugin.on_modal_submit("request")
def request(ctx: Context, event: dict):
    # Making a channel takes longer than the three seconds that an answer may take.
    ctx.interaction.defer(ephemeral=True)
    subject, details = event["modal_values"]["subject"], event["modal_values"]["details"]
    try:
        channel_id = open_channel(ctx, event["user_id"], subject)
    except SdkPermissionError as error:
        ctx.log(f"No channel could be made: {error}", level="error")
        ctx.interaction.followup(content="The team has to let me make channels first.", ephemeral=True)
        return
    ctx.kv.set(f"request:{channel_id}", {"subject": subject, "name": event["username"]})
    ctx.discord.send_message(
        channel_id=channel_id,
        content=f"<@{event['user_id']}> needs help: {subject}",
        embeds=[{"description": details or "No details."}],
        components=[ActionRow(Button("Done", "done", style="success"))],
        allowed_mentions={"users": [event["user_id"]]},
    )
    ctx.interaction.followup(content=f"Somebody will see to it in <#{channel_id}>.", ephemeral=True)


def open_channel(ctx: Context, user_id: str, subject: str) -> str:
    number = ctx.kv.increment("count")
    channel = ctx.discord.create_channel(
        name=f"help-{number}", category_id=ctx.kv.get("category"), topic=subject
    )
    ctx.discord.set_channel_permissions(
        channel_id=channel["id"], target_id=user_id, target_type=1, allow=str(VIEW_CHANNEL | SEND_MESSAGES)
    )
    return channel["id"]


@plugin.on_component("done")
def done(ctx: Context, event: dict):
    # Before the channel goes, and the message of the button with it.
    ctx.interaction.respond(content="Thank you. This channel closes.")
    close(ctx, event["channel_id"])


def close(ctx: Context, channel_id: str) -> bool:
    found = ctx.kv.get(f"request:{channel_id}")
    if not found:
        return False
    ctx.discord.delete_channel(channel_id=channel_id)
    ctx.kv.delete(f"request:{channel_id}")
    ctx.kv.increment("closed")
    ctx.log(f"Done: {found['subject']}", asked_by=found["name"])
    return True


# What the framed page asks for.


@plugin.on_dashboard("requests")
def requests(ctx: Context, params: dict):
    found = ctx.kv.list_values("request:")
    return {
        "server": ctx.discord.get_guild()["name"],
        "closed": ctx.kv.get("closed") or 0,
        "open": [{"channel": key.removeprefix("request:"), **one} for key, one in found.items()],
    }


@plugin.on_dashboard("close_request")
def close_request(ctx: Context, params: dict):
    if not close(ctx, params["channel"]):
        raise ValueError("This request is closed already.")
    return {"ok": True}


if __name__ == "__main__":
    plugin.run()
