// The flows of one class that might go now, guild after guild.

internal import EventLoop

/// Guilds take turns, and within a guild its flows do: one busy guild, or one busy channel, costs others one call each
/// round and no more.
struct ReadyRing {
  private struct Guild {
    var flows = FirstInFirstOut<Int>()
    var isListed = false
  }

  private var order = FirstInFirstOut<UInt64>()
  private var guilds: [UInt64: Guild] = [:]

  var isEmpty: Bool { order.isEmpty }

  /// Puts a flow behind its guild's others. It must not be in the ring.
  mutating func insert(_ flow: Int, of guild: UInt64) {
    guilds[guild, default: Guild()].flows.append(flow)
    list(guild, first: false)
  }

  /// The flow whose turn it is, taken out together with its guild's turn.
  mutating func take() -> (flow: Int, guild: UInt64)? {
    guard let guild = order.popFirst() else { return nil }
    guilds[guild]?.isListed = false
    guard let flow = guilds[guild]?.flows.popFirst() else { return nil }
    return (flow, guild)
  }

  /// Lists the guild again after `take`, if it has flows: at the end when it had its turn, else at the front.
  mutating func relist(_ guild: UInt64, hadTurn: Bool) {
    if guilds[guild]?.flows.isEmpty != false {
      if guilds[guild]?.isListed == false { guilds[guild] = nil }
      return
    }
    list(guild, first: !hadTurn)
  }

  private mutating func list(_ guild: UInt64, first: Bool) {
    guard guilds[guild]?.isListed == false else { return }
    guilds[guild]?.isListed = true
    if first { order.prepend(guild) } else { order.append(guild) }
  }
}

/// Requests of one class in the order they came, to find the oldest. Those that left are forgotten late.
struct ArrivalLog {
  private var tickets = FirstInFirstOut<EgressTicket>()
  private var tidyAt = 64

  mutating func note(_ ticket: EgressTicket, waiting: [EgressTicket: EgressMachine.Waiting]) {
    if tickets.count >= tidyAt {
      tickets.removeAll { waiting[$0] == nil }
      tidyAt = max(64, tickets.count * 2)
    }
    tickets.append(ticket)
  }

  mutating func takeOldest(waiting: [EgressTicket: EgressMachine.Waiting]) -> EgressTicket? {
    while let ticket = tickets.popFirst() {
      if waiting[ticket] != nil { return ticket }
    }
    return nil
  }
}
