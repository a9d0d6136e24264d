"""hikari, unmodified but for its base address, against the simulator."""

import asyncio
import contextlib
import functools

import hikari
import pytest
from hikari.api import shard as shard_api
from hikari.impl import gateway_bot

from conftest import Person, order_fault, run

INTENTS = hikari.Intents.ALL


@contextlib.asynccontextmanager
async def bot(sim, *, intents=INTENTS, listen=(), shards=None, application=None):
    """A bot that is connected."""
    bot = hikari.GatewayBot(
        (application or sim.app)["token"], rest_url=sim.api, intents=intents, banner=None, logs=None,
        suppress_optimization_warning=True, auto_chunk_members=False)
    for event, callback in listen:
        bot.subscribe(event, callback)
    await bot.start(check_for_updates=False, shard_count=shards, activity=hikari.Activity(name="chess"))
    try:
        yield bot
    finally:
        await bot.close()


def happens(bot, event, predicate=None):
    return asyncio.create_task(bot.wait_for(event, 10, predicate))


def test_connects_and_sees_its_guilds(sim):
    async def go():
        available = asyncio.Event()

        async def guild_came(event):
            if str(event.guild_id) == sim.guild["id"]:
                available.set()

        async with bot(sim, listen=[(hikari.GuildAvailableEvent, guild_came)]) as client:
            await asyncio.wait_for(available.wait(), 10)
            assert str(client.get_me().id) == sim.app["user_id"]
            guild = client.cache.get_guild(int(sim.guild["id"]))
            assert guild.name == sim.guild["name"]
            assert len(client.cache.get_roles_view_for_guild(guild.id)) >= 2
            first = happens(client, hikari.MemberChunkEvent)
            await client.request_guild_members(guild.id)
            chunk = await first
            assert chunk.chunk_index == 0 and len(chunk.members) > 0

    run(go())


@pytest.mark.parametrize("kind", [None, *shard_api.GatewayCompression])
def test_compressions(sim, kind, monkeypatch):
    if kind == shard_api.GatewayCompression.TRANSPORT_ZSTD_STREAM:
        pytest.importorskip("backports.zstd")
    # The bot has no setting for it: its shards do.
    shard = functools.partial(gateway_bot.shard_impl.GatewayShardImpl, compression=kind)
    monkeypatch.setattr(gateway_bot.shard_impl, "GatewayShardImpl", shard)

    async def go():
        async with bot(sim) as client, Person(sim, sim.person) as person:
            heard = happens(client, hikari.GuildMessageCreateEvent, lambda e: e.content == "compressed ☕")
            await person.say(sim.text_channel()["id"], "compressed ☕")
            await heard

    run(go())


def test_receives_and_replies(sim):
    async def go():
        async with bot(sim) as client, Person(sim, sim.person) as person:
            heard = happens(client, hikari.GuildMessageCreateEvent, lambda e: e.content == "hikari?")
            await person.say(sim.text_channel()["id"], "hikari?")
            event = await heard
            answer = await event.message.respond(
                "はい", reply=True, embed=hikari.Embed(title="Light", colour=0xFFCC00))
            shown = await person.event("MESSAGE_CREATE", lambda m: m["id"] == str(answer.id))
            assert shown["message_reference"]["message_id"] == str(event.message_id)
            await answer.add_reaction("👍")
            await person.event("MESSAGE_REACTION_ADD", lambda r: r["message_id"] == str(answer.id))
            await answer.edit("そう")
            await answer.delete()

    run(go())


def test_resumes_after_a_cut(sim):
    async def go():
        async with bot(sim) as client, Person(sim, sim.person) as person:
            resumed = happens(client, hikari.ShardResumedEvent)
            heard = happens(client, hikari.GuildMessageCreateEvent, lambda e: e.content == "meanwhile, hikari")
            await order_fault(sim, fault="drop", application_id=sim.app["id"])
            await person.say(sim.text_channel()["id"], "meanwhile, hikari")
            await resumed
            await heard

    run(go())


def test_shards(sim):
    async def go():
        async with bot(sim, shards=2) as client:
            assert set(client.shards) == {0, 1}
            assert all(shard.is_connected for shard in client.shards.values())

    run(go(), 60)


def test_commands_components_and_modals(sim):
    async def answer(event):
        interaction = event.interaction
        if isinstance(interaction, hikari.AutocompleteInteraction):
            await interaction.create_response([hikari.impl.AutocompleteChoiceBuilder("eleven", 11)])
        elif isinstance(interaction, hikari.CommandInteraction):
            if interaction.command_name == "greet":
                row = interaction.app.rest.build_message_action_row()
                row.add_interactive_button(hikari.ButtonStyle.PRIMARY, "press", label="Press")
                row.add_interactive_button(hikari.ButtonStyle.SECONDARY, "form", label="Form")
                await interaction.create_initial_response(
                    hikari.ResponseType.MESSAGE_CREATE, f"Hello {interaction.options[0].value}", component=row)
        elif isinstance(interaction, hikari.ComponentInteraction):
            if interaction.custom_id == "press":
                await interaction.create_initial_response(hikari.ResponseType.MESSAGE_UPDATE, "Pressed", components=[])
            else:
                row = interaction.app.rest.build_modal_action_row()
                row.add_text_input("field", "A field")
                await interaction.create_modal_response("A form", "form", component=row)
        elif isinstance(interaction, hikari.ModalInteraction):
            text = interaction.components[0].components[0].value
            await interaction.create_initial_response(
                hikari.ResponseType.MESSAGE_CREATE, f"Form says {text}", flags=hikari.MessageFlag.EPHEMERAL)
            await interaction.execute("And a follow-up")

    async def go():
        place = {"guild": sim.guild["id"], "channel": sim.text_channel()["id"]}
        async with bot(sim, listen=[(hikari.InteractionCreateEvent, answer)]) as client:
            async with Person(sim, sim.person) as person:
                command = client.rest.slash_command_builder("greet", "Greets")
                command.add_option(hikari.CommandOption(
                    type=hikari.OptionType.INTEGER, name="number", description="How often", is_required=True,
                    autocomplete=True))
                made = await client.rest.set_application_commands(
                    int(sim.app["id"]), [command], guild=int(sim.guild["id"]))
                assert made[0].name == "greet"
                options = [{"type": 4, "name": "number", "value": 11}]
                await person.slash(
                    "greet", [{"type": 4, "name": "number", "value": "1", "focused": True}], **place, kind=4)
                choices = await person.event("APPLICATION_COMMAND_AUTOCOMPLETE_RESPONSE")
                assert choices["choices"][0]["value"] == 11
                await person.slash("greet", options, **place)
                shown = await person.event("MESSAGE_CREATE", lambda m: m["content"] == "Hello 11")
                press = {"component_type": 2, "custom_id": "form"}
                await person.interact(3, press, **place, application=sim.app["id"], message=shown["id"])
                modal = await person.event("INTERACTION_MODAL_CREATE")
                fields = [{"type": 1, "components": [{"type": 4, "custom_id": "field", "value": "much"}]}]
                data = {"id": modal["id"], "custom_id": modal["custom_id"], "components": fields}
                await person.interact(5, data, **place, application=sim.app["id"])
                await person.event("MESSAGE_CREATE", lambda m: m["content"] == "Form says much")
                await person.event("MESSAGE_CREATE", lambda m: m["content"] == "And a follow-up")
                press = {"component_type": 2, "custom_id": "press"}
                await person.interact(3, press, **place, application=sim.app["id"], message=shown["id"])
                await person.event("MESSAGE_UPDATE", lambda m: m["id"] == shown["id"] and m["content"] == "Pressed")

    run(go())


def test_moderation_roles_threads_and_webhooks(sim):
    async def go():
        guild, channel = int(sim.guild["id"]), int(sim.text_channel()["id"])
        async with bot(sim) as client:
            rest = client.rest
            role = await rest.create_role(guild, name="Lit", colour=0x00FF88, reason="a test")
            await rest.add_role_to_member(guild, int(sim.person["id"]), role)
            member = await rest.fetch_member(guild, int(sim.person["id"]))
            assert role.id in member.role_ids
            await rest.delete_role(guild, role)

            messages = [await rest.create_message(channel, f"number {n}") for n in range(3)]
            await rest.delete_messages(channel, messages)
            with pytest.raises(hikari.NotFoundError):
                await rest.fetch_message(channel, messages[0])

            message = await rest.create_message(channel, "A thread")
            thread = await rest.create_message_thread(channel, message, "Talk")
            await rest.create_message(thread, "inside")

            hook = await rest.create_webhook(channel, "Herald")
            sent = await rest.execute_webhook(hook, hook.token, "Hear!", username="Crier")
            await rest.delete_webhook_message(hook, hook.token, sent)
            await rest.delete_webhook(hook)

            victim = next(u for u in reversed(sim.users) if u["id"] not in (sim.person["id"], sim.owner["id"]))
            await rest.ban_user(guild, int(victim["id"]), reason="enough")
            assert (await rest.fetch_ban(guild, int(victim["id"]))).reason == "enough"
            await rest.unban_user(guild, int(victim["id"]))

    run(go())


def test_a_wrong_token_is_refused(sim):
    async def go():
        with pytest.raises(hikari.UnauthorizedError):
            async with bot(sim, application={"token": "MTIz.abc.def"}):
                pass

    run(go())
