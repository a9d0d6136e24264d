// A machine and a model of Discord's limits with a network between them, in virtual time.

import DiscordCore
import DiscordLimits

/// Runs calls through a machine against a model, event by event, always the same for the same seed.
struct EgressSimulation {
  private enum Event {
    case arrive(EgressTicket)
    case answer(EgressTicket, EgressAnswer)
    case wake
  }

  /// What became of the calls.
  struct Report {
    /// Waits of calls that were answered with success, by class, ascending.
    var waits: [EgressPriority: [Duration]] = [:]
    var offered = 0
    var finished = 0
    var refused: [EgressRefusal: Int] = [:]
    /// Which guild's call was sent, in order.
    var departures: [(at: Duration, guild: UInt64, priority: EgressPriority)] = []
    var ended: Duration = .zero

    func percentile(_ share: Double, _ priority: EgressPriority) -> Duration? {
      guard let sorted = waits[priority], !sorted.isEmpty else { return nil }
      return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }
  }

  var machine: EgressMachine
  var model: LimitModel
  /// To arrival, and from there to the answer.
  var transit: Duration = .milliseconds(60)
  private var numbers: SeededNumbers
  private var events = EventQueue<Event>()
  private var now: Duration = .zero
  private var requests: [EgressTicket: (request: EgressRequest, offeredAt: Duration)] = [:]
  private var report = Report()
  private var armed: Duration?

  init(_ machine: EgressMachine, _ model: LimitModel, seed: UInt64) {
    (self.machine, self.model) = (machine, model)
    numbers = SeededNumbers(seed: seed)
  }

  /// Offers each call at its time (ascending) and runs until `end`, or until nothing is left to happen.
  mutating func run(
    _ offers: [(at: Duration, request: EgressRequest)], until end: Duration = .seconds(1 << 30)
  )
    -> Report
  {
    var upcoming = offers[...]
    while true {
      if let offer = upcoming.first, offer.at <= min(events.next ?? end, end) {
        upcoming.removeFirst()
        now = offer.at
        var request = offer.request
        request.deadline += now
        report.offered += 1
        submit(request, offeredAt: now)
      } else if let next = events.takeNext(), next.at <= end {
        now = next.at
        happen(next.event)
      } else {
        break
      }
      carryOut()
    }
    report.ended = now
    for priority in report.waits.keys { report.waits[priority]?.sort() }
    return report
  }

  private mutating func happen(_ event: Event) {
    switch event {
    case .arrive(let ticket):
      guard let request = requests[ticket]?.request else { return }
      events.add(.answer(ticket, model.answer(request, at: now)), at: now + numbers.duration(upTo: transit))
    case .answer(let ticket, let answer): settle(ticket, answer)
    case .wake:
      armed = nil
      machine.advance(to: now)
    }
  }

  private mutating func submit(_ request: EgressRequest, offeredAt: Duration) {
    let ticket = machine.submit(request, at: now)
    requests[ticket] = (request, offeredAt)
  }

  private mutating func settle(_ ticket: EgressTicket, _ answer: EgressAnswer) {
    guard let permit = machine.claim(ticket), let (request, offeredAt) = requests.removeValue(forKey: ticket)
    else { return }
    machine.complete(permit, .answered(answer), at: now)
    if answer.status == 429 {
      var again = request
      again.goesFirst = true
      submit(again, offeredAt: offeredAt)
    } else {
      report.finished += 1
    }
  }

  private mutating func carryOut() {
    for action in machine.takeActions() {
      switch action {
      case .start(let ticket):
        guard let (request, offeredAt) = requests[ticket] else { continue }
        report.departures.append((now, request.major.guildID ?? 0, request.priority))
        report.waits[request.priority, default: []].append(now - offeredAt)
        events.add(.arrive(ticket), at: now + numbers.duration(upTo: transit))
      case .refuse(let ticket, let refusal):
        requests[ticket] = nil
        report.refused[refusal.kind, default: 0] += 1
      case .reportRejectedToken: continue
      }
    }
    guard let next = machine.nextWakeUp(at: now), armed.map({ next < $0 }) ?? true else { return }
    armed = next
    events.add(.wake, at: max(next, now + .microseconds(1)))
  }
}

/// What is to happen, by time and then in the order it was added: a binary heap.
private struct EventQueue<Event> {
  private struct Entry {
    let at: Duration
    let order: Int
    let event: Event
  }

  private var entries: [Entry] = []
  private var order = 0

  var next: Duration? { entries.first?.at }

  mutating func add(_ event: Event, at instant: Duration) {
    order += 1
    entries.append(Entry(at: instant, order: order, event: event))
    var child = entries.count - 1
    while child > 0, isBefore(child, (child - 1) / 2) {
      entries.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func takeNext() -> (at: Duration, event: Event)? {
    guard let first = entries.first else { return nil }
    let last = entries.removeLast()
    if !entries.isEmpty {
      entries[0] = last
      var parent = 0
      while 2 * parent + 1 < entries.count {
        var child = 2 * parent + 1
        if child + 1 < entries.count, isBefore(child + 1, child) { child += 1 }
        guard isBefore(child, parent) else { break }
        entries.swapAt(child, parent)
        parent = child
      }
    }
    return (first.at, first.event)
  }

  private func isBefore(_ left: Int, _ right: Int) -> Bool {
    entries[left].at == entries[right].at
      ? entries[left].order < entries[right].order : entries[left].at < entries[right].at
  }
}

extension EgressRefusal {
  /// The refusal without its wait, to count by.
  fileprivate var kind: EgressRefusal {
    switch self {
    case .noRoom: .noRoom(after: .zero)
    case .budgetSpent: .budgetSpent(after: .zero)
    default: self
    }
  }
}

/// Requests for tests, in few words.
func request(
  _ method: String = "POST", _ template: StaticString = "/channels/{channel.id}/messages",
  _ major: MajorParameter = .channel(1), _ priority: EgressPriority = .reply, guild: UInt64? = nil,
  hidden: HiddenLimit? = nil, isGloballyLimited: Bool = true, within deadline: Duration = .seconds(3_600)
) -> EgressRequest {
  EgressRequest(
    route: RouteKey(method: method, template: template), major: major, hiddenLimit: hidden,
    priority: priority,
    guild: guild.map { .init($0) }, isGloballyLimited: isGloballyLimited, deadline: deadline)
}
