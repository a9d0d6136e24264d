"""Random guilds and what discord.py makes of them, one per line of integers:

owner timed_out scene guild user | everyone | n (role permissions)* | n member_role_index* | n (kind index allow deny)* |
guild_permissions channel_permissions

`scene` is 0 for a text channel, 1 for a thread, 2 for a voice channel. An overwrite's kind is 0 for a role (index -1:
@everyone), 1 for a member (index 0: the member itself, 1: somebody else).
"""

import random
import sys

import discord
from discord.utils import utcnow

seed, count = int(sys.argv[1]), int(sys.argv[2])
chance = random.Random(seed)
NAMED = discord.Permissions.all().value
LATER = (utcnow() + discord.utils.datetime.timedelta(days=1)).isoformat()


class State:
    """As much of a connection's state as the models ask for."""

    self_id = 1
    shard_count = None
    member_cache_flags = discord.MemberCacheFlags.all()
    cache_guild_expressions = False
    http = None

    def store_user(self, data, cache=True):
        return discord.User(state=self, data=data)

    def __getattr__(self, name):
        raise AttributeError(name)


def bits(density):
    """A set of permissions in which each is present with that chance; the administrator's is rare."""
    value = sum(1 << bit for bit in range(53) if NAMED >> bit & 1 and chance.random() < density)
    return value if chance.random() < 0.05 else value & ~8


state = State()
lines = []
for world in range(count):
    guild_id, user_id, other_id = (chance.getrandbits(60) for _ in range(3))
    owner = chance.random() < 0.04
    timed_out = chance.random() < 0.2
    everyone = bits(chance.choice([0.1, 0.4, 0.8]))
    roles = [bits(chance.choice([0.02, 0.1, 0.3])) for _ in range(chance.randrange(0, 7))]
    member_roles = [index for index in range(len(roles)) if chance.random() < 0.5]
    overwrites = []
    targets = [(0, -1)] + [(0, index) for index in range(len(roles))] + [(1, 0), (1, 1)]
    for kind, index in chance.sample(targets, chance.randrange(0, len(targets) + 1)):
        overwrites.append((kind, index, bits(0.2), bits(0.2)))
    role_ids = [guild_id + 1 + index for index in range(len(roles))]

    def target(kind, index):
        if kind == 1:
            return user_id if index == 0 else other_id
        return guild_id if index < 0 else role_ids[index]

    def role(identity, permissions, position):
        return {
            "id": str(identity), "name": "r", "color": 0, "hoist": False, "position": position, "managed": False,
            "permissions": str(permissions), "mentionable": False, "flags": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        }

    guild = discord.Guild(state=state, data={
        "id": str(guild_id), "name": "g", "owner_id": str(user_id if owner else other_id),
        "roles": [role(guild_id, everyone, 0)] + [
            role(identity, roles[index], index + 1) for index, identity in enumerate(role_ids)],
    })
    member = discord.Member(state=state, guild=guild, data={
        "user": {"id": str(user_id), "username": "u", "discriminator": "0", "avatar": None, "global_name": None},
        "roles": [str(role_ids[index]) for index in member_roles], "joined_at": None, "flags": 0,
        "communication_disabled_until": LATER if timed_out else None,
    })
    scene = chance.randrange(3)
    channel = (discord.VoiceChannel if scene == 2 else discord.TextChannel)(state=state, guild=guild, data={
        "id": "5", "name": "c", "type": 2 if scene == 2 else 0, "position": 0, "bitrate": 64000, "user_limit": 0,
        "permission_overwrites": [
            {"id": str(target(kind, index)), "type": kind, "allow": str(allow), "deny": str(deny)}
            for kind, index, allow, deny in overwrites],
    })
    if scene == 1:
        guild._channels = {5: channel}
        channel = discord.Thread(guild=guild, state=state, data={
            "id": "6", "parent_id": "5", "owner_id": "1", "name": "t", "type": 11, "message_count": 0, "member_count": 0,
            "thread_metadata": {
                "archived": False, "auto_archive_duration": 60, "archive_timestamp": LATER, "locked": False}})
    numbers = [int(owner), int(timed_out), scene, guild_id, user_id, everyone, len(roles), *roles, len(member_roles),
               *member_roles, len(overwrites)]
    for overwrite in overwrites:
        numbers += overwrite
    numbers += [member.guild_permissions.value, channel.permissions_for(member).value]
    lines.append(" ".join(map(str, numbers)))
print("\n".join(lines))
