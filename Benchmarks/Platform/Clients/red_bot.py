"""Red-DiscordBot, unmodified but for its base address, with its filter cog: core and filter, nothing else.

red_bot.py API TOKEN FOLDER WORD… runs until it is ended. FOLDER is empty and keeps all that Red writes. Prints
`ready` and the versions when the words are in the filter of every server.
"""

import json
import os
import pathlib
import platform
import sys

api, token, folder, *words = sys.argv[1:]
# Where Red looks for its list of instances: before it is imported.
for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
    os.environ[variable] = folder

import redbot.__main__ as red_main  # noqa: E402  Red wants to come before discord.py
import discord  # noqa: E402
import yarl  # noqa: E402
from redbot import __version__ as red_version  # noqa: E402
from redbot.core import _events, data_manager  # noqa: E402
from redbot.core.bot import Red  # noqa: E402

INSTANCE = "bench"

discord.http.Route.BASE = api
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(api).with_scheme("ws").with_path("/gateway")


async def no_version_check():
    """Red asks PyPI for a newer Red when it starts: nothing that is measured, and no network here."""
    return None, None


_events.fetch_latest_red_version_info = no_version_check


class BenchRed(Red):
    """Red as `--load-cogs filter` would start it, were the first start not always without cogs."""

    async def setup_hook(self):
        await super().setup_hook()
        await self.load_extension(await self._cog_mgr.find_cog("filter"))
        self.add_listener(self.fill_filter, "on_ready")

    async def fill_filter(self):
        await self.wait_until_red_ready()
        for guild in self.guilds:
            await self.get_cog("Filter").add_to_filter(guild, words)
        versions = f"Red-DiscordBot {red_version}, discord.py {discord.__version__}"
        print(f"ready {versions}, Python {platform.python_version()}", flush=True)


red_main.Red = BenchRed

data_manager.config_file.parent.mkdir(parents=True, exist_ok=True)
data = pathlib.Path(folder, "data")
data.mkdir()
instance = {"DATA_PATH": str(data), "COG_PATH_APPEND": "cogs", "CORE_PATH_APPEND": "core"}
instance |= {"STORAGE_TYPE": "JSON", "STORAGE_DETAILS": {}}
data_manager.config_file.write_text(json.dumps({INSTANCE: instance}))

# No RPC server, no owner to write to, a prefix that nobody types; logs on Red's own level, into its own file.
sys.argv = ["redbot", INSTANCE, "--no-prompt", "--token", token, "--prefix", "!"]
red_main.main()
