// Which threads there are: awake, archived, found by name.

package import DiscordCore
internal import EventLoop
package import JSON

extension World {
  /// The threads of a guild that are awake: `{threads, members, has_more}`.
  ///
  /// - Throws: 10004, 50001.
  package func activeThreads(in id: GuildID, for viewer: UserID) throws(RESTFailure) -> JSONValue {
    let guild = try guild(id, for: viewer)
    let threads = guild.threads.compactMap { channels[$0] }
      .filter { $0.thread?.archived == false && canSee($0, viewer) }.sorted { $0.id > $1.id }
    return list(threads, for: viewer, hasMore: false)
  }

  /// Which archived threads are listed.
  package enum ArchivedThreads {
    case `public`
    case `private`
    /// Private ones that the viewer is in.
    case joinedPrivate
  }

  /// The archived threads of a channel, the latest archived first.
  ///
  /// - Throws: 10003, 50001, 50013.
  package func archivedThreads(
    of id: ChannelID, _ which: ArchivedThreads, for viewer: UserID, before: String?, limit: Int
  ) throws(RESTFailure) -> JSONValue {
    let channel = try channel(id, for: viewer, needing: .readMessageHistory)
    let guild = try guild(of: channel)
    if which == .private {
      guard permissions(of: viewer, in: channel).contains(.manageThreads) else { throw .missingPermissions }
    }
    let instant = before.flatMap { Timestamp(iso8601: $0) }
    let bound = before.flatMap { ChannelID($0) }
    var found = guild.threads.compactMap { channels[$0] }.filter { thread in
      guard thread.parentID == id, let state = thread.thread, state.archived else { return false }
      let isPrivate = thread.kind == .privateThread
      guard isPrivate == (which != .public) else { return false }
      if which == .joinedPrivate {
        return state.members[viewer] != nil && bound.map { thread.id < $0 } ?? true
      }
      return instant.map { state.archiveChangedAt < $0 } ?? true
    }
    found.sort { ($0.thread?.archiveChangedAt ?? now, $0.id) > ($1.thread?.archiveChangedAt ?? now, $1.id) }
    return list(Array(found.prefix(limit)), for: viewer, hasMore: found.count > limit)
  }

  /// Threads of a channel by name, tags and whether they sleep, the latest started first.
  ///
  /// - Throws: 10003, 50001, 50013, 50024.
  package func searchThreads(
    of id: ChannelID, for viewer: UserID, name: String?, tags: Set<ForumTagID>, archived: Bool?, offset: Int,
    limit: Int
  ) throws(RESTFailure) -> JSONValue {
    let channel = try channel(id, for: viewer, needing: .readMessageHistory)
    let guild = try guild(of: channel)
    let wanted = name?.lowercased()
    let found = guild.threads.compactMap { channels[$0] }.filter { thread in
      guard thread.parentID == id, let state = thread.thread, canSee(thread, viewer) else { return false }
      return (wanted.map { thread.name.lowercased().contains($0) } ?? true)
        && (tags.isEmpty || !tags.isDisjoint(with: state.appliedTags))
        && (archived.map { state.archived == $0 } ?? true)
    }.sorted { $0.id > $1.id }
    let page = Array(found.dropFirst(offset).prefix(limit))
    var json = Fields()
    json.append(list(page, for: viewer, hasMore: found.count > offset + limit))
    json.put("total_results", found.count)
    let openings = page.compactMap { $0.messages[$0.id.converted()] }
    json.put("first_messages", .array(openings.map { render($0, for: viewer) }))
    return json.value
  }

  private func list(_ threads: [Channel], for viewer: UserID, hasMore: Bool) -> JSONValue {
    let members = threads.compactMap { thread in
      thread.thread?.members[viewer].map { json(threadMember: viewer, of: thread, joined: $0) }
    }
    return [
      "threads": .array(threads.map { json($0, for: viewer) }), "members": .array(members),
      "has_more": .bool(hasMore),
    ]
  }
}
