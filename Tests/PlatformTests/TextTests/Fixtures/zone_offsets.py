"""Offsets of zones at random instants, as Python's zoneinfo has them: `zone seconds offset` a line."""

import datetime
import random
import zoneinfo

chance = random.Random(5)
zones = [
    "Europe/Berlin", "Europe/Dublin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo",
    "Pacific/Apia", "Africa/Casablanca", "Asia/Tehran", "UTC", "America/Santiago", "Antarctica/Troll",
]
for name in zones:
    zone = zoneinfo.ZoneInfo(name)
    for _ in range(800):
        seconds = chance.randrange(0, 4102444800)
        offset = datetime.datetime.fromtimestamp(seconds, zone).utcoffset()
        print(name, seconds, int(offset.total_seconds()))
