# hikari as a client of the feed: prints events, processor seconds and peak KiB.
import sys
import time

import hikari

port, events = sys.argv[1], int(sys.argv[2])
bot = hikari.GatewayBot(
    "OTAwMDAwMDAwMDAwMDAwMDAx.feed.feed",
    rest_url=f"http://127.0.0.1:{port}/api/v10",
    intents=hikari.Intents.ALL,
    banner=None,
    logs="ERROR",
    auto_chunk_members=False,
)
began = 0.0


def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


@bot.listen()
async def on_ready(event: hikari.ShardReadyEvent) -> None:
    global began
    began = time.process_time()
    await event.shard.update_presence(
        idle_since=None, afk=False, activity=None, status=hikari.Status.ONLINE
    )


@bot.listen()
async def on_message(event: hikari.GuildMessageCreateEvent) -> None:
    if event.message.content == "END OF THE FEED":
        print(events, time.process_time() - began, peak(), flush=True)
        await bot.close()


bot.run(check_for_updates=False)
