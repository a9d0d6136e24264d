// Where a shard's session survives the process.

internal import Synchronization

/// What is needed to go on with a session after the connection, or the process, ended.
package struct ShardSession: Hashable, Sendable {
  /// Discord's `session_id`.
  package var id: String
  /// `resume_gateway_url`, where the session lives.
  package var resumeURL: String
  /// The last event that has been handled; everything after it is sent again.
  package var sequence: Int64
  /// The intents that were in force, to know whether the session still is what is wanted.
  package var intents: Intents

  package init(id: String, resumeURL: String, sequence: Int64, intents: Intents) {
    (self.id, self.resumeURL, self.sequence, self.intents) = (id, resumeURL, sequence, intents)
  }
}

/// Keeps the sessions of one bot's shards. Implementations must be able to take a save per shard and second.
package protocol ShardSessionStore: Sendable {
  /// The session that was saved last for this shard of this many; nil without one.
  func loadSession(of shard: ShardID) async throws -> ShardSession?
  /// Replaces what is kept for the shard; nil forgets it. Never called twice at a time for one shard.
  func saveSession(_ session: ShardSession?, of shard: ShardID) async throws
}

/// Keeps sessions as long as the process lives: for tests, and for bots that need not resume after a restart.
package final class MemorySessionStore: ShardSessionStore {
  private let sessions = Mutex<[ShardID: ShardSession]>([:])

  package init() {}

  package func loadSession(of shard: ShardID) async throws -> ShardSession? {
    sessions.withLock { $0[shard] }
  }

  package func saveSession(_ session: ShardSession?, of shard: ShardID) async throws {
    sessions.withLock { $0[shard] = session }
  }
}
