// The shell around one bot's egress machine: waits, sends, and tells the machine what came of it.

internal import DiscordCore
internal import DiscordLimits
internal import EventLoop
internal import HTTPClient
internal import HTTPTypes
internal import JSON
internal import Telemetry
internal import Vault

/// An answer of Discord's with a status of success.
struct RESTAnswer: Sendable {
  let status: Int
  let body: [UInt8]
}

/// Sends one bot's calls. It lives on the loop of the HTTP client, so a call hops there once and back once; from a
/// task that is on the loop already it never leaves it.
actor Egress {
  /// How a wait for a permit ended.
  enum Admission: Sendable {
    case start
    case refused(EgressRefusal)
    case cancelled
    case closed
  }

  /// A call between its ticket and its turn.
  private enum Waiter {
    /// On the way to its continuation. That is no single step: the loop may do other things in between.
    case arriving
    case waiting(CheckedContinuation<Admission, Never>)
    /// Its turn came before it had arrived.
    case decided(Admission)
  }

  nonisolated let loop: EventLoop
  nonisolated let configuration: RESTClient.Configuration
  nonisolated let http: HTTPClient
  private let budget: AddressBudget
  private let metrics: EgressMetrics
  private let log = Log(room: "discord.rest")

  private var token: Secret?
  private var machine: EgressMachine
  private var waiters: [EgressTicket: Waiter] = [:]
  private var wakeUp: (at: Duration, task: Task<Void, Never>)?
  private var isClosed = false

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  init(
    loop: EventLoop, http: HTTPClient, token: Secret?, configuration: RESTClient.Configuration,
    budget: AddressBudget, metrics: EgressMetrics
  ) {
    (self.loop, self.http, self.token, self.configuration) = (loop, http, token, configuration)
    (self.budget, self.metrics) = (budget, metrics)
    machine = EgressMachine(configuration.limits)
  }

  private nonisolated var time: any TimeSource { configuration.time }

  // MARK: Calls

  /// Sends a call when its turn has come, repeats it where that is harmless, and returns the answer of success.
  func perform(_ given: RESTCall) async throws(RESTError) -> RESTAnswer {
    loop.checkIsolated()
    let call = given.counted(at: time.now)
    if let defect = call.defect {
      throw RESTError(.invalidCall, kind: .userMistake, route: call.route, detail: defect)
    }
    let deadline = time.uptime + (call.deadline ?? configuration.deadline(call.priority))
    var retry = EgressRetry(isRepeatable: call.isRepeatable)
    var isRepeated = false
    while true {
      let ticket = try await admit(call, deadline: deadline, isRepeated: isRepeated)
      guard let permit = machine.claim(ticket) else {
        throw RESTError(.closed, kind: .bug, route: call.route)
      }
      let result = await exchange(call, deadline: deadline)
      let attempt = Attempt(result)
      settle(permit, attempt, call)
      if attempt.isGoneAlready(call, mayHaveArrived: retry.mayHaveArrived) {
        return RESTAnswer(status: 204, body: [])
      }
      guard let ending = attempt.ending, !Task.isCancelled,
        let wait = retry.wait(after: ending, random: configuration.random()),
        time.uptime + wait < deadline
      else { return try attempt.answer(to: call) }
      metrics.countRepeat()
      isRepeated = true
      if wait > .zero {
        do { try await time.sleep(for: wait) } catch {
          throw RESTError(.cancelled, kind: .cancelled, route: call.route)
        }
      }
    }
  }

  private func admit(_ call: RESTCall, deadline: Duration, isRepeated: Bool) async throws(RESTError)
    -> EgressTicket
  {
    guard !isClosed else { throw RESTError(.closed, kind: .cancelled, route: call.route) }
    let start = time.uptime
    applyBudget(start)
    let ticket = machine.submit(
      EgressRequest(call, deadline: deadline, goesFirst: isRepeated), at: start)
    waiters[ticket] = .arriving
    carryOut()
    let admission: Admission
    if case .decided(let decided) = waiters[ticket] {
      waiters[ticket] = nil
      admission = decided
    } else {
      admission = await turn(of: ticket)
    }
    metrics.recordWait(time.uptime - start, call.priority)
    switch admission {
    case .start: return ticket
    case .refused(let refusal): throw RESTError(refusal, of: call)
    case .cancelled: throw RESTError(.cancelled, kind: .cancelled, route: call.route)
    case .closed: throw RESTError(.closed, kind: .cancelled, route: call.route)
    }
  }

  private func turn(of ticket: EgressTicket) async -> Admission {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        if case .decided(let admission) = waiters[ticket] {
          waiters[ticket] = nil
          continuation.resume(returning: admission)
        } else {
          waiters[ticket] = .waiting(continuation)
        }
      }
    } onCancel: {
      loop.execute { self.assumeIsolated { $0.giveUp(ticket) } }
    }
  }

  private func giveUp(_ ticket: EgressTicket) {
    switch waiters[ticket] {
    // It has had its turn.
    case nil, .decided: return
    case .arriving, .waiting: break
    }
    machine.cancel(ticket, at: time.uptime)
    tell(ticket, .cancelled)
    carryOut()
  }

  private func exchange(_ call: RESTCall, deadline: Duration) async -> Result<HTTPClient.Response, HTTPError>?
  {
    guard !Task.isCancelled else { return nil }
    let start = time.uptime
    let request = configuration.request(call, token: token, total: max(.milliseconds(1), deadline - start))
    do throws(HTTPError) {
      let response = try await http.send(request)
      metrics.recordExchange(time.uptime - start)
      return .success(response)
    } catch {
      return .failure(error)
    }
  }

  private func settle(_ permit: consuming EgressPermit, _ attempt: Attempt, _ call: RESTCall) {
    let now = time.uptime
    let outcome = attempt.outcome
    if case .answered(let answer) = outcome {
      metrics.count(call.route, status: answer.status)
      if answer.isInvalidRequest { budget.record() }
      if let refusal = answer.limitRefusal {
        metrics.countRefusal(refusal.scope)
        log.info(
          "429",
          [
            "route": .string("\(call.route)"), "scope": .string(refusal.scope.rawValue),
            "retry_ms": .integer(refusal.retryAfter.wholeMilliseconds),
          ])
      }
    } else {
      metrics.count(call.route, status: 0)
    }
    machine.complete(permit, outcome, at: now)
    applyBudget(now)
    carryOut()
  }

  // MARK: The machine's actions

  private func applyBudget(_ now: Duration) {
    machine.setStopped(until: budget.stoppedFor.map { now + $0 }, at: now)
  }

  private func carryOut() {
    for action in machine.takeActions() {
      switch action {
      case .start(let ticket): tell(ticket, .start)
      case .refuse(let ticket, let refusal):
        metrics.countRefusal(refusal)
        tell(ticket, .refused(refusal))
      case .reportRejectedToken:
        log.error("Discord does not accept the bot's token; every call fails until a new one is set")
      }
    }
    metrics.show(machine.waitingCounts)
    arm()
  }

  private func tell(_ ticket: EgressTicket, _ admission: Admission) {
    switch waiters[ticket] {
    case .waiting(let continuation):
      waiters[ticket] = nil
      continuation.resume(returning: admission)
    case .arriving: waiters[ticket] = .decided(admission)
    // Nobody waits: told already.
    case nil, .decided: return
    }
  }

  /// Sets the alarm for when the machine wants to be looked at.
  private func arm() {
    let now = time.uptime
    guard let next = machine.nextWakeUp(at: now) else { return disarm() }
    if let wakeUp, wakeUp.at <= next { return }
    disarm()
    let wait = max(.milliseconds(1), next - now)
    // Not a child of any call: it serves whoever waits then.
    let task = Task { [weak self, time] in
      // Cancelled when another alarm takes its place.
      guard (try? await time.sleep(for: wait)) != nil else { return }
      await self?.wake()
    }
    wakeUp = (next, task)
  }

  private func disarm() {
    wakeUp?.task.cancel()
    wakeUp = nil
  }

  private func wake() {
    wakeUp = nil
    let now = time.uptime
    applyBudget(now)
    machine.advance(to: now)
    carryOut()
  }

  // MARK: The door's wishes

  func setToken(_ token: Secret) {
    self.token = token
    machine.tokenReplaced()
  }

  /// Ends whatever waits; calls that are under way end as they will.
  func close() {
    guard !isClosed else { return }
    isClosed = true
    for ticket in machine.takeWaiting() { tell(ticket, .closed) }
    metrics.show([Int](repeating: 0, count: EgressPriority.allCases.count))
    disarm()
  }

  var state: RESTClient.State {
    RESTClient.State(
      waiting: Dictionary(
        uniqueKeysWithValues: EgressPriority.allCases.map { ($0, machine.waitingCounts[$0.rawValue]) }),
      underway: machine.underwayCount, globalLimit: machine.globalLimit, buckets: machine.bucketCount)
  }
}
