"""Has a command, so that a process of it is kept ready, and nothing to do."""

from yourbot_sdk import Context, Plugin

plugin = Plugin()


@plugin.on_slash_command("idle-NUMBER")
def idle(ctx: Context, event: dict):
    ctx.interaction.respond(content="Still here.")


plugin.run()
