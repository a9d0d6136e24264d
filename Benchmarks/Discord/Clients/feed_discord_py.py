# discord.py as a client of the feed: prints events, processor seconds and peak KiB.
import sys
import time

import discord
import discord.gateway
import discord.http
import yarl

port, events = sys.argv[1], int(sys.argv[2])
discord.http.Route.BASE = f"http://127.0.0.1:{port}/api/v10"
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f"ws://127.0.0.1:{port}/")


def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


class Client(discord.Client):
    async def on_ready(self):
        self.began = time.process_time()
        await self.change_presence(status=discord.Status.online)

    async def on_message(self, message):
        if message.content == "END OF THE FEED":
            print(events, time.process_time() - self.began, peak(), flush=True)
            await self.close()


Client(intents=discord.Intents.all(), chunk_guilds_at_startup=False).run("feed", log_handler=None)
