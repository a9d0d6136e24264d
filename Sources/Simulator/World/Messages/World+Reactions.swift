// Reactions and polls.

package import DiscordCore
internal import EventLoop
package import JSON

extension ReactionEmoji {
  /// Reads the form of paths: a Unicode emoji, or `name:id` (with `a:` in front when it moves).
  package init?(path text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    if parts.count >= 2, let id = EmojiID(parts[parts.count - 1]) {
      self = .custom(
        id, name: String(parts[parts.count - 2]), animated: parts.first == "a" && parts.count == 3)
      return
    }
    guard !text.isEmpty, text.unicodeScalars.count <= 16,
      text.unicodeScalars.contains(where: Self.isPictorial)
    else {
      return nil
    }
    self = .unicode(text)
  }

  private static func isPictorial(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value > 0xFF ? scalar.properties.isEmoji : scalar.value == 0xA9 || scalar.value == 0xAE
  }
}

extension World {
  /// How many different reactions a message has at most.
  private static let reactionLimit = 20

  /// What a path names as an emoji, if it is one that can be used.
  ///
  /// - Throws: 10014.
  private func emoji(_ path: String) throws(RESTFailure) -> ReactionEmoji {
    guard let emoji = ReactionEmoji(path: path) else { throw .unknown(.emoji) }
    guard case .custom(let id, _, _) = emoji else {
      // Keycaps are digits with a mark.
      return emoji
    }
    guard let known = guilds.values.lazy.compactMap({ $0.emojis[id] }).first else { throw .unknown(.emoji) }
    return .custom(id, name: known.name, animated: known.animated)
  }

  /// Reacts to a message.
  ///
  /// - Throws: 10008, 10014, 30010 at 20 different reactions, 50013, 50083.
  package func react(to id: MessageID, in channelID: ChannelID, with path: String, by user: UserID)
    throws(RESTFailure)
  {
    let (message, channel) = try message(id, in: channelID, for: user)
    let held = permissions(of: user, in: channel)
    guard held.contains(.readMessageHistory) else { throw .missingPermissions }
    if channel.thread?.archived == true { throw .archivedThread }
    let emoji = try emoji(path)
    let index = message.reactions.firstIndex { $0.emoji.isSame(as: emoji) }
    if index == nil {
      guard held.contains(.addReactions) else { throw .missingPermissions }
      if case .custom(let custom, _, _) = emoji, let guild = channel.guildID.flatMap({ guilds[$0] }),
        guild.emojis[custom] == nil, !held.contains(.useExternalEmojis)
      {
        throw .missingPermissions
      }
      guard message.reactions.count < Self.reactionLimit else {
        throw .maximumReached(30010, "reactions", Self.reactionLimit)
      }
    }
    if let index, message.reactions[index].users.contains(user) { return }
    channel.messages.change(id) { message in
      if let index {
        message.reactions[index].users.append(user)
      } else {
        message.reactions.append(Reaction(emoji: emoji, users: [user]))
      }
    }
    publishReaction("MESSAGE_REACTION_ADD", emoji, message, channel, user)
  }

  /// Takes a reaction back: one's own, or with MANAGE_MESSAGES somebody else's.
  ///
  /// - Throws: 10008, 10014, 50013.
  package func unreact(
    _ id: MessageID, in channelID: ChannelID, with path: String, of user: UserID, by caller: UserID
  ) throws(RESTFailure) {
    let (message, channel) = try message(id, in: channelID, for: caller)
    if user != caller {
      guard permissions(of: caller, in: channel).contains(.manageMessages) else { throw .missingPermissions }
    }
    let emoji = try emoji(path)
    guard let index = message.reactions.firstIndex(where: { $0.emoji.isSame(as: emoji) }),
      message.reactions[index].users.contains(user)
    else { return }
    channel.messages.change(id) { message in
      message.reactions[index].users.removeAll { $0 == user }
      if message.reactions[index].users.isEmpty { message.reactions.remove(at: index) }
    }
    publishReaction("MESSAGE_REACTION_REMOVE", emoji, message, channel, user)
  }

  /// Removes all reactions, or all with one emoji.
  ///
  /// - Throws: 10008, 10014, 50013.
  package func clearReactions(_ id: MessageID, in channelID: ChannelID, with path: String?, by caller: UserID)
    throws(RESTFailure)
  {
    let (_, channel) = try message(id, in: channelID, for: caller)
    guard permissions(of: caller, in: channel).contains(.manageMessages) else { throw .missingPermissions }
    var payload = Fields()
    payload.put("channel_id", channelID)
    payload.put("message_id", id)
    if let guild = channel.guildID { payload.put("guild_id", guild) }
    guard let path else {
      channel.messages.change(id) { $0.reactions = [] }
      return publish("MESSAGE_REACTION_REMOVE_ALL", payload.value, to: reactionAudience(channel))
    }
    let emoji = try emoji(path)
    channel.messages.change(id) { $0.reactions.removeAll { $0.emoji.isSame(as: emoji) } }
    payload.put("emoji", emoji.json)
    publish("MESSAGE_REACTION_REMOVE_EMOJI", payload.value, to: reactionAudience(channel))
  }

  /// Who reacted with an emoji, by id.
  ///
  /// - Throws: 10008, 10014, 50001.
  package func reactors(
    of id: MessageID, in channelID: ChannelID, with path: String, for viewer: UserID, after: UserID?,
    limit: Int
  ) throws(RESTFailure) -> JSONValue {
    let (message, _) = try message(id, in: channelID, for: viewer)
    let emoji = try emoji(path)
    let users = message.reactions.first { $0.emoji.isSame(as: emoji) }?.users ?? []
    let page = users.sorted().filter { user in after.map { user > $0 } ?? true }.prefix(limit)
    return .array(page.map { json(user: $0) })
  }

  private func reactionAudience(_ channel: Channel) -> Audience {
    channel.guildID.map { .guild($0, .guildMessageReactions, seeing: channel.id) }
      ?? .users(channel.recipients, .directMessageReactions)
  }

  private func publishReaction(
    _ event: String, _ emoji: ReactionEmoji, _ message: Message, _ channel: Channel, _ user: UserID
  ) {
    var payload = Fields()
    payload.put("user_id", user)
    payload.put("channel_id", channel.id)
    payload.put("message_id", message.id)
    if let guild = channel.guildID.flatMap({ guilds[$0] }) {
      payload.put("guild_id", guild.id)
      if event == "MESSAGE_REACTION_ADD", let member = guild.members[user] {
        payload.put("member", json(member))
      }
    }
    payload.put("emoji", emoji.json)
    if event == "MESSAGE_REACTION_ADD", let author = message.authorID {
      payload.put("message_author_id", author)
    }
    payload.put("burst", false)
    payload.put("type", 0)
    publish(event, payload.value, to: reactionAudience(channel))
  }

  // MARK: Polls

  /// Votes in a poll, or takes votes back: `answers` are what the user votes for now.
  ///
  /// - Throws: 10008, 50001, 50035; 520001 for a poll that is over, 50109 … for what is none.
  package func vote(in id: MessageID, of channelID: ChannelID, for answers: [Int], by user: UserID)
    throws(RESTFailure)
  {
    let (message, channel) = try message(id, in: channelID, for: user)
    guard let poll = message.poll else {
      throw RESTFailure(status: 400, code: 520_000, message: "This message does not have a poll")
    }
    guard !poll.isFinalized else { throw RESTFailure(status: 403, code: 520_001, message: "Poll expired") }
    guard answers.allSatisfy({ (1...poll.answers.count).contains($0) }),
      answers.count <= (poll.allowsMultiselect ? poll.answers.count : 1)
    else { throw .invalid("answer_ids", code: "POLL_INVALID_ANSWER", "Invalid answer") }
    for answer in 1...poll.answers.count {
      let had = poll.votes[answer]?.contains(user) ?? false
      let wants = answers.contains(answer)
      guard had != wants else { continue }
      channel.messages.change(id) { message in
        if wants {
          message.poll?.votes[answer, default: []].append(user)
        } else {
          message.poll?.votes[answer]?.removeAll { $0 == user }
        }
      }
      publishVote(wants ? "MESSAGE_POLL_VOTE_ADD" : "MESSAGE_POLL_VOTE_REMOVE", answer, id, channel, user)
    }
  }

  private func publishVote(
    _ event: String, _ answer: Int, _ message: MessageID, _ channel: Channel, _ user: UserID
  ) {
    var payload = Fields()
    payload.put("user_id", user)
    payload.put("channel_id", channel.id)
    payload.put("message_id", message)
    if let guild = channel.guildID { payload.put("guild_id", guild) }
    payload.put("answer_id", answer)
    let audience: Audience =
      channel.guildID.map { .guild($0, .guildMessagePolls, seeing: channel.id) }
      ?? .users(channel.recipients, .directMessagePolls)
    publish(event, payload.value, to: audience)
  }

  /// Ends one's own poll.
  ///
  /// - Throws: 10008, 50005, 520000, 520001.
  package func expirePoll(_ id: MessageID, in channelID: ChannelID, by caller: UserID) throws(RESTFailure)
    -> Message
  {
    let (message, channel) = try message(id, in: channelID, for: caller)
    guard message.authorID == caller else { throw .notTheAuthor }
    guard let poll = message.poll else {
      throw RESTFailure(status: 400, code: 520_000, message: "This message does not have a poll")
    }
    guard !poll.isFinalized else { throw RESTFailure(status: 403, code: 520_001, message: "Poll expired") }
    channel.messages.change(id) { $0.poll?.expiresAt = now }
    finishPoll(id, in: channelID)
    return channel.messages[id] ?? message
  }

  /// Counts a poll for good and says so in a message.
  func finishPoll(_ id: MessageID, in channelID: ChannelID) {
    guard let channel = channels[channelID], let poll = channel.messages[id]?.poll, !poll.isFinalized else {
      return
    }
    agenda.cancel(.poll(id))
    channel.messages.change(id) { $0.poll?.isFinalized = true }
    guard let message = channel.messages[id] else { return }
    publishUpdate(of: message, in: channel)
    var notice = Message(id: newID(), channel: channelID, author: message.author)
    notice.type = 46
    notice.reference = Reference(message: id, channel: channelID, guild: channel.guildID)
    notice.embeds = [resultEmbed(of: poll)]
    post(notice, in: channel)
  }

  private func resultEmbed(of poll: Poll) -> JSONValue {
    let total = poll.votes.values.reduce(0) { $0 + $1.count }
    let ranked = poll.votes.map { ($0.key, $0.value.count) }.filter { $0.1 > 0 }
      .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    func field(_ name: String, _ value: String) -> JSONValue {
      ["name": .string(name), "value": .string(value), "inline": false]
    }
    var fields = [field("poll_question_text", poll.question), field("total_votes", String(total))]
    if let winner = ranked.first, ranked.count == 1 || ranked[1].1 < winner.1 {
      fields.append(field("victor_answer_votes", String(winner.1)))
      fields.append(field("victor_answer_id", String(winner.0)))
      if let text = poll.answers[winner.0 - 1]["text"]?.string {
        fields.append(field("victor_answer_text", text))
      }
    } else {
      fields.append(field("victor_answer_votes", String(ranked.first?.1 ?? 0)))
    }
    return ["type": "poll_result", "fields": .array(fields)]
  }

  /// Who voted for an answer, by id: `{users}`.
  ///
  /// - Throws: 10008, 50001.
  package func voters(
    of id: MessageID, in channelID: ChannelID, answer: Int, for viewer: UserID, after: UserID?, limit: Int
  ) throws(RESTFailure) -> JSONValue {
    let (message, _) = try message(id, in: channelID, for: viewer)
    guard let poll = message.poll else {
      throw RESTFailure(status: 400, code: 520_000, message: "This message does not have a poll")
    }
    let users = (poll.votes[answer] ?? []).sorted().filter { user in after.map { user > $0 } ?? true }
    return ["users": .array(users.prefix(limit).map { json(user: $0) })]
  }
}
