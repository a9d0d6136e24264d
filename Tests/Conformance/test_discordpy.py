"""discord.py, unmodified but for its base address, against the simulator."""

import asyncio
import contextlib
import datetime

import discord
import pytest
from discord import app_commands
from discord.http import Route

from conftest import Person, order_fault, run, running

COMPRESSIONS = ["zlib-stream", "zstd-stream"]


@contextlib.asynccontextmanager
async def bot(sim, *, intents=None, cls=discord.Client, setup=None, application=None, **options):
    """A client that is connected and ready."""
    Route.BASE = sim.api
    discord.Asset.BASE = sim.cdn
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = discord.gateway.yarl.URL(sim.address.replace("http", "ws") + "/gateway")
    intents = intents or discord.Intents.all()
    client = cls(intents=intents, **options)
    client.tree = app_commands.CommandTree(client)
    if setup:
        await setup(client)
    token = (application or sim.app)["token"]
    async with running(client.start(token)) as task:
        ready = asyncio.create_task(client.wait_until_ready())
        # `wait_until_ready` needs the client to be logged in.
        while client._ready is discord.utils.MISSING:
            if task.done():
                task.result()
            await asyncio.sleep(0.01)
        ready.cancel()
        waiter = asyncio.create_task(client.wait_until_ready())
        await asyncio.wait([waiter, task], return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        try:
            yield client
        finally:
            await client.close()


def happens(client, name, **kw):
    return asyncio.create_task(client.wait_for(name, timeout=10, **kw))


def test_connects_and_sees_its_guilds(sim):
    async def go():
        async with bot(sim) as client:
            assert str(client.user.id) == sim.app["user_id"]
            guild = client.get_guild(int(sim.guild["id"]))
            assert guild.name == sim.guild["name"]
            assert len(guild.channels) >= 3
            assert guild.me.top_role.position > 0
            assert guild.default_role.is_default()
            assert guild.owner is not None
            await guild.chunk()
            assert guild.chunked and len(guild.members) == guild.member_count

    run(go())


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_compressions(sim, compression):
    """The library picks zstd when it finds a decoder, else zlib: which one is tested depends on the environment."""
    if discord.utils._ActiveDecompressionContext.COMPRESSION_TYPE != compression:
        pytest.skip("the library uses the other one here")

    async def go():
        async with bot(sim) as client, Person(sim, sim.person) as person:
            heard = happens(client, "message", check=lambda m: m.content == "hello ☕ 🎲")
            await person.say(sim.text_channel()["id"], "hello ☕ 🎲")
            assert (await heard).author.id == int(person.user["id"])

    run(go())


def test_receives_and_replies(sim):
    async def go():
        async with bot(sim) as client, Person(sim, sim.person) as person:
            heard = happens(client, "message", check=lambda m: m.content == "anyone here?")
            await person.say(sim.text_channel()["id"], "anyone here?")
            message = await heard
            answer = await message.reply("I am.", embed=discord.Embed(title="Here", description="**me**"))
            assert answer.reference.message_id == message.id
            shown = await person.event("MESSAGE_CREATE", lambda m: m["id"] == str(answer.id))
            assert shown["embeds"][0]["title"] == "Here"
            assert shown["referenced_message"]["content"] == "anyone here?"
            await answer.edit(content="Still.")
            await person.event("MESSAGE_UPDATE", lambda m: m["content"] == "Still.")
            await message.add_reaction("👍")
            await person.event("MESSAGE_REACTION_ADD", lambda r: r["emoji"]["name"] == "👍")
            assert [m.id async for m in message.channel.history(limit=1)] == [answer.id]
            await answer.delete()
            await person.event("MESSAGE_DELETE", lambda m: m["id"] == str(answer.id))

    run(go())


def test_resumes_after_a_cut(sim):
    async def go():
        async with bot(sim) as client, Person(sim, sim.person) as person:
            session = client.ws.session_id
            resumed = happens(client, "resumed")
            heard = happens(client, "message", check=lambda m: m.content == "said meanwhile")
            await order_fault(sim, fault="drop", application_id=sim.app["id"])
            await person.say(sim.text_channel()["id"], "said meanwhile")
            await resumed
            await heard
            assert client.ws.session_id == session

    run(go())


def test_starts_anew_after_an_invalid_session(sim):
    async def go():
        async with bot(sim) as client:
            session = client.ws.session_id
            again = happens(client, "ready")
            await order_fault(sim, fault="invalid_session", resumable=False, application_id=sim.app["id"])
            # The next identify has to wait for its five seconds.
            await asyncio.wait_for(again, 30)
            assert client.ws.session_id != session

    run(go(), 60)


def test_shards(sim):
    async def go():
        async with bot(sim, cls=discord.AutoShardedClient, shard_count=2) as client:
            assert set(client.shards) == {0, 1}
            guild = client.get_guild(int(sim.guild["id"]))
            assert guild.shard_id == (guild.id >> 22) % 2

    run(go(), 60)


def test_message_content_is_privileged(sim):
    async def go():
        intents = discord.Intents.default()
        async with bot(sim, intents=intents) as client, Person(sim, sim.person) as person:
            heard = happens(client, "message", check=lambda m: m.author.id == int(person.user["id"]))
            await person.say(sim.text_channel()["id"], "not for bots")
            assert (await heard).content == ""
            heard = happens(client, "message", check=lambda m: client.user in m.mentions)
            await person.say(sim.text_channel()["id"], f"<@{client.user.id}> for you")
            assert (await heard).content.endswith("for you")

    run(go())


def test_commands_components_and_modals(sim):
    class Question(discord.ui.Modal, title="A question"):
        answer = discord.ui.TextInput(label="Your answer", custom_id="answer")

        async def on_submit(self, interaction):
            await interaction.response.send_message(f"You said {self.answer.value}", ephemeral=True)

    class Buttons(discord.ui.View):
        @discord.ui.button(label="Count", custom_id="count")
        async def count(self, interaction, button):
            await interaction.response.edit_message(content="counted")

        @discord.ui.button(label="Ask", custom_id="ask")
        async def ask(self, interaction, button):
            await interaction.response.send_modal(Question())

    async def setup(client):
        guild = discord.Object(int(sim.guild["id"]))

        @client.tree.command(name="roll", description="Rolls dice", guild=guild)
        @app_commands.describe(sides="How many sides", who="For whom")
        async def roll(interaction: discord.Interaction, sides: app_commands.Range[int, 2, 100], who: discord.Member):
            await interaction.response.defer(thinking=True)
            await interaction.followup.send(f"{who.mention} rolled {sides}")

        @client.tree.command(name="menu", description="Shows buttons", guild=guild)
        async def menu(interaction: discord.Interaction):
            await interaction.response.send_message("Choose", view=Buttons())

        @client.tree.command(name="fruit", description="Names a fruit", guild=guild)
        async def fruit(interaction: discord.Interaction, name: str):
            await interaction.response.send_message(f"A {name}")

        @fruit.autocomplete("name")
        async def complete(interaction, current):
            return [app_commands.Choice(name=n, value=n) for n in ["apple", "apricot", "plum"] if n.startswith(current)]

        @client.tree.context_menu(name="Quote", guild=guild)
        async def quote(interaction: discord.Interaction, message: discord.Message):
            await interaction.response.send_message(f"> {message.content}", ephemeral=True)

    async def go():
        guild, channel = sim.guild["id"], sim.text_channel()["id"]
        place = {"guild": guild, "channel": channel}
        async with bot(sim, setup=setup) as client, Person(sim, sim.person) as person:
            synced = await client.tree.sync(guild=discord.Object(int(guild)))
            assert {command.name for command in synced} == {"roll", "menu", "fruit", "Quote"}

            # A slash command, deferred, with a member as option.
            options = [{"type": 4, "name": "sides", "value": 6}, {"type": 6, "name": "who", "value": person.user["id"]}]
            await person.slash("roll", options, **place, nonce="n-roll")
            created = await person.event("INTERACTION_CREATE", lambda d: d["nonce"] == "n-roll")
            await person.event("INTERACTION_SUCCESS", lambda d: d["id"] == created["id"])
            answer = await person.event("MESSAGE_UPDATE", lambda m: m.get("content", "").endswith("rolled 6"))
            assert answer["interaction_metadata"]["user"]["id"] == person.user["id"]

            # Autocomplete.
            await person.slash(
                "fruit", [{"type": 3, "name": "name", "value": "ap", "focused": True}], **place, kind=4, nonce="n-auto")
            choices = await person.event("APPLICATION_COMMAND_AUTOCOMPLETE_RESPONSE")
            assert [choice["value"] for choice in choices["choices"]] == ["apple", "apricot"]

            # A component that changes its message, and one that opens a modal.
            await person.slash("menu", **place)
            shown = await person.event("MESSAGE_CREATE", lambda m: m["content"] == "Choose")
            await person.interact(
                3, {"component_type": 2, "custom_id": "count"}, **place, application=sim.app["id"], message=shown["id"])
            await person.event("MESSAGE_UPDATE", lambda m: m["id"] == shown["id"] and m["content"] == "counted")
            await person.interact(
                3, {"component_type": 2, "custom_id": "ask"}, **place, application=sim.app["id"], message=shown["id"])
            modal = await person.event("INTERACTION_MODAL_CREATE")
            assert modal["title"] == "A question"
            fields = [{"type": 1, "components": [{"type": 4, "custom_id": "answer", "value": "yes"}]}]
            data = {"id": modal["id"], "custom_id": modal["custom_id"], "components": fields}
            await person.interact(5, data, **place, application=sim.app["id"])
            secret = await person.event("MESSAGE_CREATE", lambda m: m["content"] == "You said yes")
            assert secret["flags"] & 64

            # A context menu.
            target = await person.say(channel, "quotable")
            command = next(c for c in await person.commands(guild) if c["name"] == "Quote")
            data = {"id": command["id"], "version": command["version"], "name": "Quote", "type": 3, "target_id": target["id"]}
            await person.interact(2, data, **place, application=sim.app["id"])
            await person.event("MESSAGE_CREATE", lambda m: m["content"] == "> quotable")
            await client.tree.fetch_commands(guild=discord.Object(int(guild)))

    run(go())


def test_a_silent_application_fails(sim):
    async def setup(client):
        @client.tree.command(name="silent", description="Says nothing", guild=discord.Object(int(sim.guild["id"])))
        async def silent(interaction: discord.Interaction):
            pass

    async def go():
        async with bot(sim, setup=setup) as client, Person(sim, sim.person) as person:
            await client.tree.sync(guild=discord.Object(int(sim.guild["id"])))
            await person.slash("silent", guild=sim.guild["id"], channel=sim.text_channel()["id"], nonce="n-silent")
            await person.event("INTERACTION_FAILURE", lambda d: d["nonce"] == "n-silent", seconds=6)

    run(go())


def test_moderation(sim):
    async def go():
        async with bot(sim) as client, Person(sim, sim.owner) as owner:
            guild = client.get_guild(int(sim.guild["id"]))
            channel = guild.get_channel(int(sim.text_channel()["id"]))
            for number in range(3):
                await owner.say(str(channel.id), f"spam {number}")
            spam = [m async for m in channel.history(limit=3)]
            gone = happens(client, "raw_bulk_message_delete")
            await channel.delete_messages(spam, reason="spam")
            assert (await gone).message_ids == {m.id for m in spam}

            await guild.chunk()
            target = next(m for m in guild.members if not m.bot and m.top_role < guild.me.top_role and m.id != guild.owner_id
                          and str(m.id) != sim.person["id"])
            await target.timeout(discord.utils.utcnow() + datetime.timedelta(minutes=5), reason="calm down")
            banned = happens(client, "member_ban")
            await guild.ban(target, reason="enough", delete_message_seconds=60)
            assert (await banned)[1].id == target.id
            assert (await guild.fetch_ban(target)).reason == "enough"
            entries = [e async for e in guild.audit_logs(limit=1, action=discord.AuditLogAction.ban)]
            assert entries[0].target.id == target.id and entries[0].reason == "enough"
            await guild.unban(target)
            with pytest.raises(discord.NotFound):
                await guild.fetch_ban(target)
            with pytest.raises(discord.Forbidden):
                await guild.ban(guild.owner)

    run(go())


def test_roles_threads_and_webhooks(sim):
    async def go():
        async with bot(sim) as client, Person(sim, sim.person) as person:
            guild = client.get_guild(int(sim.guild["id"]))
            channel = guild.get_channel(int(sim.text_channel()["id"]))
            role = await guild.create_role(name="Tested", colour=discord.Colour.green(), reason="a test")
            member = await guild.fetch_member(int(person.user["id"]))
            changed = happens(client, "member_update", check=lambda before, after: after.id == member.id)
            await member.add_roles(role)
            assert role in (await changed)[1].roles
            await role.edit(name="Renamed")
            await role.delete()

            message = await channel.send("A thread starts here")
            thread = await message.create_thread(name="Talk")
            await thread.send("inside")
            assert [m.content async for m in thread.history(limit=1)] == ["inside"]
            await thread.edit(archived=True)

            hook = await channel.create_webhook(name="Herald")
            sent = await hook.send("Hear!", username="Town crier", wait=True)
            assert sent.author.name == "Town crier"
            await person.event("MESSAGE_CREATE", lambda m: m["content"] == "Hear!" and m["webhook_id"] == str(hook.id))
            await sent.edit(content="Hear, hear!")
            await hook.delete()
            with pytest.raises(discord.NotFound) as failure:
                await hook.send("too late")
            assert failure.value.code == 10015

    run(go())


def test_files_and_pictures(sim, tmp_path):
    async def go():
        async with bot(sim) as client:
            channel = client.get_channel(int(sim.text_channel()["id"]))
            path = tmp_path / "notes.txt"
            path.write_text("file content")
            message = await channel.send("with a file", file=discord.File(path))
            assert (await message.attachments[0].read()) == b"file content"
            face = await client.user.display_avatar.read()
            assert face.startswith(b"\x89PNG")

    run(go())


def test_rate_limits_are_respected(sim):
    async def go():
        async with bot(sim) as client:
            channel = client.get_channel(int(sim.text_channel()["id"]))
            messages = await asyncio.gather(*(channel.send(f"burst {n}") for n in range(8)))
            assert len({m.id for m in messages}) == 8

    run(go())


def test_a_storm_of_429_is_waited_out(sim):
    async def go():
        async with bot(sim) as client:
            channel = client.get_channel(int(sim.text_channel()["id"]))
            await order_fault(
                sim, fault="rate_limit", scope="user", milliseconds=300, count=2, application_id=sim.app["id"],
                route="POST /channels/{channel.id}/messages")
            await order_fault(
                sim, fault="server_error", status=502, count=1, application_id=sim.app["id"],
                route="POST /channels/{channel.id}/messages")
            assert (await channel.send("through the storm")).content == "through the storm"

    run(go())


def test_a_wrong_token_is_refused(sim):
    async def go():
        with pytest.raises(discord.LoginFailure):
            async with bot(sim, application={"token": "MTIz.abc.def"}):
                pass

    run(go())
