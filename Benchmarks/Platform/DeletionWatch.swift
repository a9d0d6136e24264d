// Which messages of a talk have been deleted, and how soon.

import DiscordCore
import EventLoop
import HTTPTypes
import JSON
import Simulator
import Synchronization

/// A message whose event has left.
struct PostedMessage: Sendable {
  var id: MessageID
  var channel: ChannelID
  var isForbidden: Bool
}

/// What of the talk has been deleted, and when.
final class DeletionWatch: Sendable {
  private struct State {
    var figures = TalkFigures()
    /// Forbidden messages that are still there: since when, and where.
    var standing: [String: (since: Duration, channel: ChannelID)] = [:]
    var delays: [Double] = []
  }

  private let state = Mutex(State())
  private let time = SystemTime()

  /// Begins to count anew.
  func begin() { state.withLock { $0 = State() } }

  var isQuiet: Bool { state.withLock { $0.standing.isEmpty } }

  /// Where there are forbidden messages.
  var pending: Set<ChannelID> { state.withLock { Set($0.standing.values.map(\.channel)) } }

  func figures() -> TalkFigures {
    state.withLock { state in
      var figures = state.figures
      let delays = state.delays.sorted()
      figures.missed = state.standing.count
      figures.p50 = delays.isEmpty ? .nan : delays[delays.count / 2]
      figures.p99 = delays.isEmpty ? .nan : delays[delays.count * 99 / 100]
      return figures
    }
  }

  /// Takes note of messages whose events have just left.
  func note(_ messages: [PostedMessage]) {
    let now = time.uptime
    state.withLock { state in
      state.figures.messages += messages.count
      for message in messages where message.isForbidden {
        state.figures.forbidden += 1
        state.standing[message.id.description] = (now, message.channel)
      }
    }
  }

  /// Looks at a request when the simulator has done what it asked for.
  func see(_ exchange: RESTExchange) {
    guard (200..<300).contains(exchange.status) else { return }
    switch (exchange.method, exchange.template) {
    case (.delete, "/channels/{channel.id}/messages/{message.id}"):
      let path = exchange.target.prefix { $0 != "?" }
      deleted([path.split(separator: "/").last.map(String.init) ?? ""], at: exchange.arrivedAt)
    case (.post, "/channels/{channel.id}/messages/bulk-delete"):
      // The simulator has read the same bytes.
      deleted(
        (try? JSONValue(parsing: exchange.request))?["messages"]?.array?.compactMap(\.string) ?? [],
        at: exchange.arrivedAt)
    default: return
    }
  }

  private func deleted(_ messages: [String], at now: Duration) {
    state.withLock { state in
      for message in messages {
        if let (since, _) = state.standing.removeValue(forKey: message) {
          state.delays.append((now - since) / .microseconds(1) / 1_000)
        } else {
          state.figures.wronged += 1
        }
      }
    }
  }
}
