"""A bot as somebody might write it, with discord.py, for the playground's tests to talk to: TOKEN and ADDRESS as arguments.

Prints `ready` when its commands are registered.
"""

import sys

import discord
import yarl
from discord import app_commands, ui
from discord.http import Route

token, address = sys.argv[1:3]
Route.BASE = address + "/api/v10"
discord.Asset.BASE = address
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(address.replace("http", "ws") + "/gateway")

CAVES = ["Ember Caves", "Frost Hollow", "Sunken Library", "Glass Desert"]


class Feedback(ui.Modal, title="Feedback"):
    subject = ui.Label(text="Subject", description="In a few words", component=ui.TextInput(max_length=80))
    details = ui.Label(text="Details", component=ui.TextInput(style=discord.TextStyle.paragraph, required=False))
    kind = ui.Label(text="Kind", component=ui.Select(options=[discord.SelectOption(label=name) for name in ("Bug", "Idea")]))

    async def on_submit(self, interaction):
        words = f"{self.kind.component.values[0]}: {self.subject.component.value}"
        await interaction.response.send_message(f"Thank you for “{words}”.")


class Panel(ui.View):
    def __init__(self):
        super().__init__(timeout=None)
        self.count = 0

    @ui.button(label="Sign up", style=discord.ButtonStyle.primary, custom_id="sign-up")
    async def sign_up(self, interaction, button):
        self.count += 1
        await interaction.response.edit_message(content=f"Signed up: {self.count}")

    @ui.button(label="Whisper", custom_id="whisper")
    async def whisper(self, interaction, button):
        await interaction.response.send_message("Only for your ears.", ephemeral=True)

    @ui.button(label="Feedback", custom_id="feedback")
    async def feedback(self, interaction, button):
        await interaction.response.send_modal(Feedback())

    @ui.button(label="Broken", style=discord.ButtonStyle.danger, custom_id="broken")
    async def broken(self, interaction, button):
        pass  # Never answers: the playground has to say so.

    @ui.select(placeholder="Your class", custom_id="class", options=[discord.SelectOption(label=name) for name in ("Tank", "Healer", "Mage")])
    async def choose(self, interaction, select):
        await interaction.response.send_message(f"You are a {select.values[0]}.", ephemeral=True)


class Bot(discord.Client):
    def __init__(self):
        super().__init__(intents=discord.Intents.all())
        self.tree = app_commands.CommandTree(self)

    async def setup_hook(self):
        self.add_view(Panel())
        await self.tree.sync()
        print("ready", flush=True)


bot = Bot()


@bot.tree.command(description="See whether the bot is awake")
async def ping(interaction: discord.Interaction):
    await interaction.response.send_message("Pong!")


@bot.tree.command(description="Post the sign-up panel")
async def panel(interaction: discord.Interaction):
    embed = discord.Embed(title="Raid tonight", description="At **20:00**, by the lamp.", colour=0xE3B55A)
    await interaction.response.send_message("Signed up: 0", embed=embed, view=Panel())


raid = app_commands.Group(name="raid", description="Raids")


@raid.command(description="Plan a raid")
@app_commands.choices(difficulty=[app_commands.Choice(name=name, value=name.lower()) for name in ("Normal", "Heroic")])
async def create(
    interaction: discord.Interaction, where: str, size: app_commands.Range[int, 1, 40],
    difficulty: app_commands.Choice[str] | None = None, leader: discord.Member | None = None,
):
    await interaction.response.defer()
    parts = [where, str(size), difficulty.name if difficulty else "", leader.display_name if leader else ""]
    await interaction.followup.send("Planned: " + " / ".join(part for part in parts if part))


@create.autocomplete("where")
async def caves(interaction: discord.Interaction, current: str):
    return [app_commands.Choice(name=cave, value=cave) for cave in CAVES if current.lower() in cave.lower()]


bot.tree.add_command(raid)


@bot.tree.context_menu(name="Count words")
async def count_words(interaction: discord.Interaction, message: discord.Message):
    await interaction.response.send_message(f"{len(message.content.split())} words", ephemeral=True)


@bot.tree.context_menu(name="Greet")
async def greet(interaction: discord.Interaction, member: discord.Member):
    await interaction.response.send_message(f"Hello, {member.display_name}!")


bot.run(token, log_handler=None)
