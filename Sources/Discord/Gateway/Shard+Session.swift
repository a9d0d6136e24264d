// The cursor of a shard, saved as far as its receiver has come.

internal import EventLoop
internal import Synchronization
internal import Telemetry

/// When the cursor is saved: soon after it moved, at most once per interval, one save at a time.
struct SessionSaving {
  /// When the next save is due; nil while there is nothing new.
  var dueAt: Duration?
  var isSaving = false
  /// Who waits until everything is saved.
  var waiters: [CheckedContinuation<Void, Never>] = []
}

extension Shard {
  func loadSession() {
    guard configuration.resumesStoredSession else { return begin(with: nil) }
    startErrand { () -> ShardSession? in
      do {
        return try await self.sessions.loadSession(of: self.id)
      } catch {
        Self.log.error("session not loaded", ["shard": "\(self.id)", "error": .string("\(type(of: error))")])
        return nil
      }
    } then: { stored in
      self.begin(with: stored)
    }
  }

  private func begin(with stored: ShardSession?) {
    let actions = machine.start(stored)
    if let session = machine.session { follow(from: session.received) }
    perform(actions)
  }

  /// The cursor moved. Costs a comparison while a save is due already.
  func noteProgress() {
    guard saving.dueAt == nil else { return }
    saving.dueAt = time.uptime + configuration.saveInterval
    reschedule(now: time.uptime)
  }

  func noteSessionEnded() {
    session += 1
    handled = 0
    window = nil
    saving.dueAt = time.uptime
  }

  /// What would be gone on with, were the process to end now.
  private var cursor: ShardSession? {
    machine.session.map {
      ShardSession(
        id: $0.id, resumeURL: $0.resumeURL, sequence: window?.handled ?? handled, intents: $0.intents)
    }
  }

  func save() {
    guard !saving.isSaving else {
      // The save under way may be of an older cursor: look again when it is done.
      saving.dueAt = saving.dueAt ?? time.uptime
      return
    }
    saving.isSaving = true
    saving.dueAt = nil
    let cursor = cursor
    // Unstructured, since the loop cannot wait; `saved()` does.
    Task {
      do {
        try await self.sessions.saveSession(cursor, of: self.id)
      } catch {
        // The older cursor stays: more is sent again after a restart, nothing is lost.
        Self.log.error("session not saved", ["shard": "\(self.id)", "error": .string("\(type(of: error))")])
      }
      self.loop.execute { self.finishedSaving() }
    }
  }

  private func finishedSaving() {
    saving.isSaving = false
    if !saving.waiters.isEmpty {
      if saving.dueAt != nil { return save() }
      let waiters = saving.waiters
      saving.waiters = []
      for waiter in waiters { waiter.resume() }
    }
    reschedule(now: time.uptime)
  }

  /// Saves now, and returns once it is done.
  func saved() async {
    await withCheckedContinuation { continuation in
      loop.execute {
        self.saving.waiters.append(continuation)
        self.saving.dueAt = self.time.uptime
        self.save()
      }
    }
  }
}
