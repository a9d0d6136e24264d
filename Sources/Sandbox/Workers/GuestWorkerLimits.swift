// Bounds of workers and what waits for them.

import EventLoop

/// How much of everything there may be.
package struct GuestWorkerLimits: Sendable {
  /// Processes of one release.
  package var workersPerRelease = 3
  /// Events of one server at a time in one process: the SDK's threads.
  package var concurrentPerGuild = 4
  /// Events that wait of one server for one release; more are dropped, the newest.
  package var waitingPerGuild = 500
  /// The same of all servers.
  package var waiting = 10_000
  /// Calls of a worker that are answered at a time.
  package var concurrentCalls = 32
  /// Attempts of an event before it is given up (section 6.4).
  package var attempts = 5
  /// How long a worker that nobody needs is kept.
  package var idle = Duration.seconds(600)
  /// The banner, and the answer to the boot (section 4.1).
  package var bootTime = Duration.seconds(20)
  /// Of a call of the plugin's (section 3, rule 3).
  package var callTime = Duration.seconds(25)
  /// Of a request of the dashboard (section 22.6).
  package var dashboardTime = Duration.seconds(10)
  /// How long a command may wait for its turn: nobody looks for its answer after that.
  package var interactionTime = Duration.seconds(60)
  /// Open events are waited for at a stop (section 4.4).
  package var drainTime = Duration.seconds(5)
  /// Lines that a worker may log in a minute (section 9).
  package var logLines = 600
  /// Memory beyond which a worker is replaced, if it stays there.
  package var softMemory = 256 << 20

  package init() {}
}
