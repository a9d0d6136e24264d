"""Questions with a button for each answer.

What is kept of a poll: `poll:ID` is the question, `vote:ID:USER` what somebody chose, and `running:ID`, which expires,
says that its time is not over.
"""

from collections import Counter

from yourbot_sdk import ActionRow, Button, Context, Plugin

plugin = Plugin()

MAXIMUM_ANSWERS = 5
MANAGE_MESSAGES = 1 << 13


@plugin.on_slash_command("ask")
def ask(ctx: Context, event: dict):
    options = {option["name"]: option["value"] for option in event["options"]}
    answers = [answer.strip() for answer in options["answers"].split("|") if answer.strip()]
    if not 2 <= len(answers) <= MAXIMUM_ANSWERS:
        ctx.interaction.respond(content=f"A poll has 2 to {MAXIMUM_ANSWERS} answers, with | between.", ephemeral=True)
        return
    poll_id = event["interaction_id"]
    poll = {
        "question": options["question"], "answers": answers, "author_id": event["user_id"],
        "channel_id": event["channel_id"], "has_end": "minutes" in options,
    }
    # Before anybody can press a button.
    if poll["has_end"]:
        ctx.kv.set(f"running:{poll_id}", True, ttl_seconds=60 * options["minutes"])
    ctx.kv.set(f"poll:{poll_id}", poll)
    sent = ctx.discord.send_message(
        channel_id=poll["channel_id"], content=text(poll, Counter()), components=buttons(poll_id, poll)
    )
    ctx.kv.set(f"poll:{poll_id}", {**poll, "message_id": sent["message_id"]})
    ctx.interaction.respond(content="The poll is open.", ephemeral=True)


@plugin.on_component(prefix="vote:")
def vote(ctx: Context, event: dict):
    _, poll_id, answer = event["custom_id"].split(":")
    poll = ctx.kv.get(f"poll:{poll_id}")
    if not poll:
        ctx.interaction.respond(content="This poll is over.", ephemeral=True)
        return
    ctx.kv.set(f"vote:{poll_id}:{event['user_id']}", int(answer))
    ctx.interaction.respond(
        content=text(poll, votes(ctx, poll_id)), components=buttons(poll_id, poll), update_message=True
    )


@plugin.on_component(prefix="end:")
def end(ctx: Context, event: dict):
    poll_id = event["custom_id"].removeprefix("end:")
    poll = ctx.kv.get(f"poll:{poll_id}")
    is_allowed = poll and (event["user_id"] == poll["author_id"] or int(event["permissions"]) & MANAGE_MESSAGES)
    if not is_allowed:
        ctx.interaction.respond(content="Only who asked can end this poll.", ephemeral=True)
        return
    ctx.interaction.respond(content=result(ctx, poll_id, poll), components=[], update_message=True)
    forget(ctx, poll_id)


@plugin.cron("*/5 * * * *")
def end_what_is_due(ctx: Context):
    for key, poll in ctx.kv.list_values("poll:").items():
        poll_id = key.removeprefix("poll:")
        if not poll["has_end"] or ctx.kv.exists(f"running:{poll_id}"):
            continue
        ctx.discord.edit_message(
            channel_id=poll["channel_id"], message_id=poll["message_id"],
            content=result(ctx, poll_id, poll), components=[],
        )
        forget(ctx, poll_id)
        ctx.log("A poll ended by the clock", poll_id=poll_id)


def votes(ctx: Context, poll_id: str) -> Counter:
    """Counted anew each time, so that two people who vote at once cannot overwrite each other."""
    found, last = Counter(), ""
    while keys := ctx.kv.list(f"vote:{poll_id}:", 50, start_after=last):
        found.update(ctx.kv.get_many(keys).values())
        last = keys[-1]
    return found


def text(poll: dict, count: Counter) -> str:
    return "\n".join(
        [f"**{poll['question']}**", *(f"{answer}: {count[index]}" for index, answer in enumerate(poll["answers"]))]
    )


def buttons(poll_id: str, poll: dict) -> list:
    choices = [Button(answer, f"vote:{poll_id}:{index}") for index, answer in enumerate(poll["answers"])]
    return [ActionRow(*choices), ActionRow(Button("End the poll", f"end:{poll_id}", style="secondary"))]


def result(ctx: Context, poll_id: str, poll: dict) -> str:
    count = votes(ctx, poll_id)
    best = max(count.values(), default=0)
    winners = [answer for index, answer in enumerate(poll["answers"]) if best and count[index] == best]
    return f"{text(poll, count)}\nOver. {' and '.join(winners) or 'Nobody'} won."


def forget(ctx: Context, poll_id: str):
    for key in [f"poll:{poll_id}", f"running:{poll_id}", *ctx.kv.list(f"vote:{poll_id}:")]:
        ctx.kv.delete(key)


if __name__ == "__main__":
    plugin.run()
