"""Answers what it is told to: the plugin whose speed is measured."""

import time

from yourbot_sdk import Context, Plugin

plugin = Plugin()


def call(ctx: Context, kind: str, number: int):
    if kind == "flag":
        ctx.ephemeral.flag_check("bench")
    elif kind == "kv":
        ctx.kv.get("bench")
    else:
        raise ValueError(kind)


@plugin.on_event("message_create")
def message(ctx: Context, event: dict):
    words = event.get("content", "").split()
    if not words:
        return
    if words[0] == "!echo":
        ctx.discord.send_message(channel_id=event["channel_id"], content=f"echo {words[1]}")
    elif words[0] == "!calls":
        count = int(words[2])
        begun = time.monotonic()
        for number in range(count):
            call(ctx, words[1], number)
        spent = time.monotonic() - begun
        ctx.discord.send_message(channel_id=event["channel_id"], content=f"calls {spent}")


plugin.run()
