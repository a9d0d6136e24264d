// The epoll loop: one thread that waits for sockets and timers, and is a Swift executor.

internal import CSystem
internal import Glibc
internal import Synchronization

/// One thread with its own `epoll_wait`, on which sockets, timers and Swift jobs run.
///
/// A loop is both a `SerialExecutor` (give it to an actor as `unownedExecutor`) and a `TaskExecutor` (prefer
/// it with `withTaskExecutorPreference`), so a path that starts on a socket can run its `async` code without
/// leaving the thread. A hop onto the loop from another thread costs about 16 µs, a call that is already on
/// it about 50 ns: enter once, leave once.
///
/// Nothing that blocks may run here. Descriptors and timers are touched on the loop's own thread only;
/// `execute(_:)` brings work there from anywhere.
package final class EventLoop: SerialExecutor, TaskExecutor, @unchecked Sendable {
  // `@unchecked`: `state` is guarded by its mutex; `watches`, `timers` and the buffers belong to the loop's
  // thread and are reached only after `preconditionOnLoop()`.

  /// What a thread other than the loop's may hand over.
  private struct Inbox {
    var jobs: [UnownedJob] = []
    var commands: [@Sendable () -> Void] = []
    var isAwake = false
    var isStopping = false
    var isStopped = false
  }

  /// The name of the thread, as `top -H` and the metrics show it; at most 15 bytes reach the kernel.
  package let name: String

  private let inbox = Mutex(Inbox())
  private let epoll: CInt
  private let wakeUp: CInt
  private let thread = Mutex<pthread_t?>(nil)

  // The loop's thread only.
  private var watches: [CInt: Watch] = [:]
  private var timers = TimerHeap()
  private var generation: UInt32 = 0

  /// Starts the loop's thread.
  ///
  /// - Parameter name: shown as the thread's name.
  /// - Throws: `EventLoopError` when the kernel refuses a descriptor or a thread (usually `EMFILE`: raise
  ///   `RLIMIT_NOFILE`).
  package init(name: String) throws(EventLoopError) {
    self.name = name
    epoll = epoll_create1(CInt(EPOLL_CLOEXEC))
    guard epoll >= 0 else { throw EventLoopError(call: "epoll_create1", errno: csystem_errno()) }
    wakeUp = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
    // Every stored property has its value now: from here on `deinit` closes what a throw leaves open.
    guard wakeUp >= 0 else { throw EventLoopError(call: "eventfd", errno: csystem_errno()) }
    var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data(u64: Self.wakeUpToken))
    guard epoll_ctl(epoll, EPOLL_CTL_ADD, wakeUp, &event) == 0 else {
      throw EventLoopError(call: "epoll_ctl", errno: csystem_errno())
    }
    let code = startThread(running: self, loopMain)
    guard code == 0 else { throw EventLoopError(call: "pthread_create", errno: code) }
  }

  // The descriptors outlive the thread: a sender that decided to wake the loop may still be about to write, and
  // must not hit a number the kernel has given to somebody else.
  deinit {
    close(epoll)
    close(wakeUp)
  }

  private static let wakeUpToken = UInt64.max

  // MARK: Running work

  /// Whether the caller is on the loop's own thread.
  package var isCurrent: Bool {
    guard let owner = thread.withLock({ $0 }) else { return false }
    return pthread_equal(owner, pthread_self()) != 0
  }

  /// Runs `body` on the loop's thread, after whatever is queued. From the loop itself it runs on the next turn,
  /// never inside the call. After `shutdown()` the body is dropped.
  package func execute(_ body: @escaping @Sendable () -> Void) {
    let mustWake = inbox.withLock { inbox in
      guard !inbox.isStopped else { return false }
      inbox.commands.append(body)
      defer { inbox.isAwake = true }
      return !inbox.isAwake
    }
    if mustWake { wake() }
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let next = inbox.withLock { inbox -> Nudge in
      inbox.jobs.append(job)
      guard !inbox.isAwake else { return .none }
      inbox.isAwake = true
      return inbox.isStopped ? .startLeftovers : .wake
    }
    switch next {
    case .none: break
    case .wake: wake()
    case .startLeftovers: startLeftovers()
    }
  }

  /// What a sender has to do after it filled the inbox.
  private enum Nudge {
    /// The loop knows already.
    case none
    /// The loop may be asleep in `epoll_wait`.
    case wake
    /// The loop's thread has ended: a task that prefers it must still finish, or its awaiter would hang.
    case startLeftovers
  }

  package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
    UnownedSerialExecutor(ordinary: self)
  }

  package func asUnownedTaskExecutor() -> UnownedTaskExecutor {
    UnownedTaskExecutor(ordinary: self)
  }

  package func checkIsolated() {
    precondition(isCurrent, "not on the event loop '\(name)'")
  }

  package func isIsolatingCurrentContext() -> Bool? {
    isCurrent
  }

  /// Stops the loop after the turn that is running. Watches and timers that are left are dropped without being
  /// called; tasks that still await the loop are finished on a thread of their own. Safe to call twice and from any thread.
  package func shutdown() {
    let mustWake = inbox.withLock { inbox in
      guard !inbox.isStopping else { return false }
      inbox.isStopping = true
      inbox.isAwake = true
      return true
    }
    if mustWake { wake() }
  }

  // MARK: Descriptors (loop thread only)

  /// Watches a descriptor, level-triggered. The descriptor stays the caller's: call `unwatch` before `close`.
  ///
  /// Call on the loop. Watching the same descriptor again replaces its interest and handler.
  ///
  /// - Throws: `EventLoopError` when the kernel refuses (`EPERM` for a regular file).
  package func watch(_ descriptor: CInt, for interest: Readiness, _ handler: @escaping (Readiness) -> Void)
    throws(EventLoopError)
  {
    preconditionOnLoop()
    generation &+= 1
    let isKnown = watches[descriptor] != nil
    watches[descriptor] = Watch(generation: generation, handler: handler)
    do {
      try control(isKnown ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, descriptor, interest, generation)
    } catch {
      watches[descriptor] = nil
      throw error
    }
  }

  /// Changes what a watched descriptor is watched for. Call on the loop.
  ///
  /// - Throws: `EventLoopError` when the descriptor is not watched or was closed.
  package func rewatch(_ descriptor: CInt, for interest: Readiness) throws(EventLoopError) {
    preconditionOnLoop()
    guard let watch = watches[descriptor] else {
      throw EventLoopError(call: "rewatch", errno: ENOENT)
    }
    try control(EPOLL_CTL_MOD, descriptor, interest, watch.generation)
  }

  /// Stops watching. Its handler is not called again, not even for readiness already collected. Call on the
  /// loop; does nothing for a descriptor that is not watched.
  package func unwatch(_ descriptor: CInt) {
    preconditionOnLoop()
    guard watches.removeValue(forKey: descriptor) != nil else { return }
    var event = epoll_event()
    // The descriptor may be closed already, which removed it from the set.
    _ = epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, &event)
  }

  private func control(_ operation: CInt, _ descriptor: CInt, _ interest: Readiness, _ generation: UInt32)
    throws(EventLoopError)
  {
    let token = UInt64(generation) << 32 | UInt64(UInt32(bitPattern: descriptor))
    var event = epoll_event(events: interest.epollEvents, data: epoll_data(u64: token))
    guard epoll_ctl(epoll, operation, descriptor, &event) == 0 else {
      throw EventLoopError(call: "epoll_ctl", errno: csystem_errno())
    }
  }

  // MARK: Timers (loop thread only)

  /// Calls `body` on the loop once `delay` has passed. Call on the loop. Resolution: one millisecond, never
  /// early.
  @discardableResult
  package func schedule(after delay: Duration, _ body: @escaping () -> Void) -> LoopTimer {
    preconditionOnLoop()
    return timers.add(deadline: .now + delay, body)
  }

  /// Forgets a timer. Call on the loop; does nothing when it has fired or was cancelled.
  package func cancel(_ timer: LoopTimer) {
    preconditionOnLoop()
    timers.remove(timer)
  }

  // MARK: The turn

  fileprivate func run() {
    thread.withLock { $0 = pthread_self() }
    csystem_set_thread_name(name)
    var events = [epoll_event](repeating: epoll_event(), count: 256)
    while true {
      let hasMore = drainInbox()
      if inbox.withLock({ $0.isStopping }) { break }
      // Taken out one by one: what runs may add timers, and cancel those that are due as well.
      let now = ContinuousClock.now
      while let body = timers.takeNext(dueAt: now) { body() }
      let timeout = hasMore || inboxIsFilled() ? 0 : timers.millisecondsUntilNext(from: .now)
      let count = epoll_wait(epoll, &events, CInt(events.count), timeout)
      for index in 0..<Int(max(0, count)) {
        dispatch(events[index])
      }
    }
    finish()
  }

  /// Runs what was handed over before the call; returns whether more came meanwhile.
  private func drainInbox() -> Bool {
    let (jobs, commands) = inbox.withLock { inbox in
      let work = (inbox.jobs, inbox.commands)
      inbox.jobs = []
      inbox.commands = []
      // Filled means "a wake-up is due"; an empty inbox asks the next sender to write the eventfd.
      inbox.isAwake = false
      return work
    }
    for command in commands { command() }
    run(jobs)
    return !(jobs.isEmpty && commands.isEmpty) && inboxIsFilled()
  }

  private func inboxIsFilled() -> Bool {
    inbox.withLock { !$0.jobs.isEmpty || !$0.commands.isEmpty || $0.isStopping }
  }

  private func dispatch(_ event: epoll_event) {
    let token = event.data.u64
    guard token != Self.wakeUpToken else {
      var count: UInt64 = 0
      read(wakeUp, &count, 8)
      return
    }
    let descriptor = CInt(bitPattern: UInt32(truncatingIfNeeded: token))
    // A handler of this very turn may have closed the descriptor and another opened it anew: the generation
    // tells them apart.
    guard let watch = watches[descriptor], watch.generation == UInt32(token >> 32) else { return }
    watch.handler(Readiness(epollEvents: event.events))
  }

  private func finish() {
    // What is dropped may hold the last reference to something whose `deinit` calls the loop: let go of it only
    // outside the lock, and when the loop's own state is settled.
    let dropped = (watches, timers)
    watches = [:]
    timers = TimerHeap()
    let (hasLeftovers, commands) = inbox.withLock { inbox in
      inbox.isStopped = true
      let commands = inbox.commands
      inbox.commands = []
      inbox.isAwake = !inbox.jobs.isEmpty
      return (inbox.isAwake, commands)
    }
    withExtendedLifetime((dropped, commands)) {}
    thread.withLock { $0 = nil }
    if hasLeftovers { runLeftovers() }
  }

  private func startLeftovers() {
    // Without a thread the job runs here: late and on the wrong thread beats never.
    if startThread(running: self, leftoversMain) != 0 { runLeftovers() }
  }

  /// Runs jobs that reached the loop after its end, until there are none.
  fileprivate func runLeftovers() {
    thread.withLock { $0 = pthread_self() }
    while true {
      let jobs = inbox.withLock { inbox in
        defer { inbox.jobs = [] }
        if inbox.jobs.isEmpty {
          thread.withLock { $0 = nil }
          inbox.isAwake = false
        }
        return inbox.jobs
      }
      guard !jobs.isEmpty else { return }
      run(jobs)
    }
  }

  private func run(_ jobs: [UnownedJob]) {
    let serial = asUnownedSerialExecutor()
    let task = asUnownedTaskExecutor()
    for job in jobs { job.runSynchronously(isolatedTo: serial, taskExecutor: task) }
  }

  private func wake() {
    var one: UInt64 = 1
    write(wakeUp, &one, 8)
  }

  /// Stops the program when a loop-only method is called from another thread: a mistake of ours, never input.
  private func preconditionOnLoop(_ function: StaticString = #function) {
    precondition(isCurrent, "\(function) must be called on the event loop")
  }
}

/// What the loop does when a descriptor becomes ready.
private struct Watch {
  let generation: UInt32
  let handler: (Readiness) -> Void
}

/// Starts the pthread; a file-scope function, because a closure formed in an isolated context would carry its
/// isolation onto the new thread and trap there.
private func startThread(
  running loop: EventLoop, _ main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer?
) -> CInt {
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
  pthread_attr_setstacksize(&attributes, 2 << 20)
  defer { pthread_attr_destroy(&attributes) }
  var thread = pthread_t()
  let context = Unmanaged.passRetained(loop)
  let code = pthread_create(&thread, &attributes, main, context.toOpaque())
  if code != 0 { context.release() }
  return code
}

private func loopMain(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  Unmanaged<EventLoop>.fromOpaque(context).takeRetainedValue().run()
  return nil
}

private func leftoversMain(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  Unmanaged<EventLoop>.fromOpaque(context).takeRetainedValue().runLeftovers()
  return nil
}
