// What a bot asks of the gateway.

package import DiscordCore
internal import EventLoop
internal import JSON
internal import Synchronization
internal import Telemetry

/// Whether the one who asked is gone: seen by the loop even when the news overtakes the request.
private final class Departure: Sendable {
  let hasHappened = Atomic(false)
}

/// Who waits for members.
struct MemberWaiter {
  let onChunk: @Sendable (borrowing MemberChunk) -> Void
  let continuation: CheckedContinuation<Result<MemberRequestSummary, GatewayError>, Never>
}

extension Shard {
  /// Changes what the bot shows, now and after every new session. Of several in a row the last one counts; five in
  /// 20 s reach Discord. From any thread.
  ///
  /// - Throws: `.invalidPayload`, `.payloadTooLarge`.
  package func updatePresence(_ update: PresenceUpdate) async throws(GatewayError) {
    try update.validate()
    let payload = try GatewayPayload.presence(update)
    try await submit {
      self.presence = update
      return Result { () throws(GatewayError) in try self.queue.replacePresence(payload) }
    }
  }

  /// Joins, moves or leaves in voice; the answer is `VOICE_STATE_UPDATE` and `VOICE_SERVER_UPDATE`, or nothing where
  /// the channel is full. From any thread.
  ///
  /// - Throws: `.queueFull`.
  package func updateVoiceState(_ update: VoiceStateUpdate) async throws(GatewayError) {
    try await send(try GatewayPayload.voiceState(update), .voice)
  }

  /// Asks for the soundboard sounds of guilds; the answer is one `SOUNDBOARD_SOUNDS` for each. From any thread.
  ///
  /// - Throws: `.payloadTooLarge` beyond some 180 guilds, `.queueFull`.
  package func requestSoundboardSounds(of guilds: [GuildID]) async throws(GatewayError) {
    guard !guilds.isEmpty else { throw .invalid("guild_ids is not empty") }
    try await send(try GatewayPayload.soundboardSounds(guilds), .other)
  }

  /// Asks for what is known of a guild's voice channels; the answer is `CHANNEL_INFO`. From any thread.
  ///
  /// - Throws: `.invalidPayload` without fields, `.queueFull`.
  package func requestChannelInfo(
    of guild: GuildID, fields: [ChannelInfoField] = ChannelInfoField.allCases
  ) async throws(GatewayError) {
    guard !fields.isEmpty else { throw .invalid("fields is not empty") }
    try await send(try GatewayPayload.channelInfo(guild, fields: fields), .other)
  }

  /// Asks for members, hands each chunk of them to `onChunk` on the loop, and returns when all were there. From any
  /// thread. Waits for the shard to be online, and for the guild's turn (all members: once in 30 s).
  ///
  /// - Parameters:
  ///   - request: which members.
  ///   - patience: the longest silence between asking and a chunk, and between chunks.
  ///   - onChunk: called on the loop with members that are lent; chunks may come in any order. The events
  ///     `GUILD_MEMBERS_CHUNK` go to the delegate as well.
  /// - Returns: how many there were, and who was not found.
  /// - Throws: `.invalidPayload`, `.missingIntent`, `.queueFull` (64 at a time), `.rateLimited`, `.timeout`,
  ///   `.sessionLost`, `.stopped`, `.cancelled`.
  package func requestMembers(
    _ request: MemberRequest, patience: Duration = .seconds(30),
    onChunk: @escaping @Sendable (borrowing MemberChunk) -> Void
  ) async throws(GatewayError) -> MemberRequestSummary {
    let nonce = String(Self.lastNonce.wrappingAdd(1, ordering: .relaxed).newValue, radix: 36)
    let departure = Departure()
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation {
        (continuation: CheckedContinuation<Result<MemberRequestSummary, GatewayError>, Never>) in
        loop.execute {
          guard !departure.hasHappened.load(ordering: .acquiring) else {
            return continuation.resume(returning: .failure(GatewayError(.cancelled)))
          }
          self.begin(
            request, nonce: nonce, patience: patience,
            MemberWaiter(onChunk: onChunk, continuation: continuation))
        }
      }
    } onCancel: {
      departure.hasHappened.store(true, ordering: .releasing)
      loop.execute { self.fail([.fail(nonce: nonce, GatewayError(.cancelled))]) }
    }
    return try result.get()
  }

  // MARK: On the loop

  private func begin(
    _ request: MemberRequest, nonce: String, patience: Duration, _ waiter: MemberWaiter
  ) {
    do throws(GatewayError) {
      switch machine.phase {
      case .stopped, .crashed: throw GatewayError(.stopped)
      default: break
      }
      try request.validate(intents: intents)
      try memberRequests.begin(request, nonce: nonce, patience: patience, now: time.uptime)
      memberWaiters[nonce] = waiter
      flush()
    } catch {
      waiter.continuation.resume(returning: .failure(error))
    }
  }

  private func send(_ payload: [UInt8], _ priority: SendQueue.Priority) async throws(GatewayError) {
    try await submit {
      Result { () throws(GatewayError) in try self.queue.append(payload, priority) }
    }
  }

  private func submit(_ body: @escaping @Sendable () -> Result<Void, GatewayError>) async throws(GatewayError)
  {
    let result = await onLoop { () -> Result<Void, GatewayError> in
      switch self.machine.phase {
      case .stopped, .crashed: return .failure(GatewayError(.stopped))
      default: break
      }
      defer { self.flush() }
      return body()
    }
    try result.get()
  }

  func perform(due: [MemberRequests.Due]) {
    for item in due {
      guard case .send(let nonce) = item, let request = memberRequests.pending[nonce]?.request else {
        fail([item])
        continue
      }
      do throws(GatewayError) {
        try queue.append(try GatewayPayload.members(request, nonce: nonce), .members)
      } catch {
        fail([.fail(nonce: nonce, error)])
      }
    }
  }

  func fail(_ due: [MemberRequests.Due]) {
    for case .fail(let nonce, let error) in due {
      memberRequests.abandon(nonce: nonce)
      memberWaiters.removeValue(forKey: nonce)?.continuation.resume(returning: .failure(error))
    }
  }

  /// A chunk of members arrived.
  func takeMembers(_ data: JSONView, now: Duration) {
    guard let nonce = data["nonce"]?.string, let waiter = memberWaiters[nonce],
      let guild = data["guild_id"]?.id(Entity.Guild.self), let members = data["members"]?.array,
      let index = data["chunk_index"]?.int, let count = data["chunk_count"]?.int
    else { return }
    let notFound = data["not_found"]?.array?.compactMap { $0.id(Entity.User.self) } ?? []
    let outcome = memberRequests.chunk(
      nonce: nonce, index: index, count: count, members: members.count, notFound: notFound, now: now)
    guard outcome.isWanted else { return }
    waiter.onChunk(
      MemberChunk(
        guild: guild, index: index, count: count, members: members, presences: data["presences"]?.array))
    guard let summary = outcome.summary else { return }
    memberWaiters[nonce] = nil
    waiter.continuation.resume(returning: .success(summary))
  }

  /// Discord did not take a request of ours.
  func takeRateLimit(_ data: JSONView, now: Duration) {
    guard data["opcode"]?.int == 8, let nonce = data["meta"]?["nonce"]?.string,
      let seconds = data["retry_after"]?.double, seconds >= 0, seconds < 86_400
    else { return }
    if let due = memberRequests.rateLimited(nonce: nonce, retryAfter: .seconds(seconds), now: now) {
      fail([due])
    }
    reschedule(now: now)
  }
}
