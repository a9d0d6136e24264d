// The Lua scripts of the Redis bus: what must happen at once or not at all.

internal import Redis

/// Every script takes the time in milliseconds as its first argument, 0 meaning the server's own.
enum Scripts {
  /// Sets the local `now`.
  private static let clock = """
    local now = tonumber(ARGV[1])
    if now == 0 then
      local t = redis.call('TIME')
      now = t[1] * 1000 + math.floor(t[2] / 1000)
    end

    """

  /// How long Redis keeps a key beyond its own expiry field: rubbish collection, not a decision.
  private static let keep = "math.max(60000, 2 * tonumber(ARGV[2]))"

  /// KEYS: counter. ARGV: now, lifetime is ARGV[3], amount ARGV[2].
  static let add = RedisScript(
    clock + """
      local value = 0
      local held = redis.call('HMGET', KEYS[1], 'v', 'e')
      if held[2] and tonumber(held[2]) > now then
        value = redis.call('HINCRBY', KEYS[1], 'v', ARGV[2])
      else
        redis.call('HSET', KEYS[1], 'v', ARGV[2])
        value = ARGV[2]
      end
      redis.call('HSET', KEYS[1], 'e', now + ARGV[3])
      redis.call('PEXPIRE', KEYS[1], math.max(60000, 2 * tonumber(ARGV[3])))
      return tonumber(value)
      """)

  /// KEYS: counter.
  static let value = RedisScript(
    clock + """
      local held = redis.call('HMGET', KEYS[1], 'v', 'e')
      if held[2] and tonumber(held[2]) > now then return tonumber(held[1]) end
      return 0
      """)

  /// KEYS: window. ARGV: now, length, capacity, a member nobody else uses.
  static let hit = RedisScript(
    clock + """
      redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
      redis.call('ZADD', KEYS[1], now, ARGV[4])
      local count = redis.call('ZCARD', KEYS[1])
      local capacity = tonumber(ARGV[3])
      if count > capacity then
        redis.call('ZPOPMIN', KEYS[1], count - capacity)
        count = capacity
      end
      redis.call('PEXPIRE', KEYS[1], \(keep))
      return count
      """)

  /// KEYS: lease, fence. ARGV: now, duration.
  static let acquire = RedisScript(
    clock + """
      local expiry = redis.call('HGET', KEYS[1], 'e')
      if expiry and tonumber(expiry) > now then return false end
      local token = redis.call('INCR', KEYS[2])
      local ends = now + ARGV[2]
      redis.call('HSET', KEYS[1], 't', token, 'e', ends)
      redis.call('PEXPIRE', KEYS[1], \(keep))
      return {token, ends}
      """)

  /// KEYS: lease. ARGV: now, duration, token.
  static let renew = RedisScript(
    clock + """
      local held = redis.call('HMGET', KEYS[1], 't', 'e')
      if held[1] ~= ARGV[3] or tonumber(held[2]) <= now then return false end
      local ends = now + ARGV[2]
      redis.call('HSET', KEYS[1], 'e', ends)
      redis.call('PEXPIRE', KEYS[1], \(keep))
      return {tonumber(ARGV[3]), ends}
      """)

  /// KEYS: lease. ARGV: now, token.
  static let release = RedisScript(
    """
    if redis.call('HGET', KEYS[1], 't') == ARGV[2] then redis.call('DEL', KEYS[1]) end
    return 1
    """)

  /// KEYS: stream. ARGV: now, group, ids. Deleting what is acknowledged makes the stream's length the depth.
  static let acknowledge = RedisScript(
    """
    local group = ARGV[2]
    local ids = {}
    for index = 3, #ARGV do ids[#ids + 1] = ARGV[index] end
    redis.call('XACK', KEYS[1], group, unpack(ids))
    return redis.call('XDEL', KEYS[1], unpack(ids))
    """)

  /// KEYS: set of workers. ARGV: now, duration, worker. Returns how many are alive, this one included.
  static let enlist = RedisScript(
    clock + """
      redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
      redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[3])
      redis.call('PEXPIRE', KEYS[1], \(keep))
      return redis.call('ZCARD', KEYS[1])
      """)
}
