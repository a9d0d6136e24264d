// Work that takes longer than one call, as it is kept until it is done.

import DiscordCore
import EventLoop
import JSON

/// What kind of work.
enum JobKind: String, Hashable, Sendable, CaseIterable {
  case purge, massban, masskick, masstimeout, unbanall, lockdown, unlockdown
}

/// How far it is.
enum JobStatus: String, Hashable, Sendable {
  /// Asked for, and not confirmed yet.
  case waiting
  case running
  /// Somebody stopped it; it ends at its next step.
  case stopping
  case done, cancelled, failed

  /// Whether there is, or may be, something to do.
  var isOver: Bool { self == .done || self == .cancelled || self == .failed }
}

/// A piece of work. `request` says what was asked for and stays; `state` says how far it is.
struct Job: Hashable, Sendable {
  /// 1 and up in each guild; given again once the work is forgotten.
  var number: Int64
  var kind: JobKind
  var status: JobStatus
  /// Who asked.
  var person: UserID
  /// Where, and where progress is shown.
  var channel: ChannelID
  var request: JSONValue
  var state: JSONValue
  /// The message that shows how far it is.
  var progressMessage: MessageID?
  /// When that was changed last.
  var progressAt: Timestamp?
  var createdAt: Timestamp
  var finishedAt: Timestamp?

  /// What its effects are keyed by. A number may be given again when all work of the guild is forgotten; this is not.
  var cause: String { "job/\(number)@\(createdAt.milliseconds)" }
}

/// What is asked for.
struct NewJob: Sendable {
  var kind: JobKind
  /// The same when it is asked for again by a replay.
  var effectKey: String
  var person: UserID
  var channel: ChannelID
  var request: JSONValue
  /// Begins when it is confirmed.
  var needsConfirmation = false
  /// Whom or what it is about, in parts of a size that one step works off.
  var parts: [[String]] = []
}
