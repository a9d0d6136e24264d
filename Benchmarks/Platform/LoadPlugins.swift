// Six small plugins for a dispatcher under load: each reads the message and its settings, and keeps something in memory.

import DiscordCore
import DiscordGateway
import DiscordModels
import PlatformPlugins
import PlatformSettings
import Synchronization

/// What a guild can set of each.
struct LoadSettings: PluginSettings {
  var word = "hello"
  var isOn = true

  static let fields = SettingsFields<LoadSettings>(
    .init("word", \.word, .text(1...100)), .init("isOn", \.isOn, .toggle))
}

/// Which of the six.
protocol LoadNumber: Sendable {
  static var number: Int { get }
}

enum First: LoadNumber { static let number = 1 }
enum Second: LoadNumber { static let number = 2 }
enum Third: LoadNumber { static let number = 3 }
enum Fourth: LoadNumber { static let number = 4 }
enum Fifth: LoadNumber { static let number = 5 }
enum Sixth: LoadNumber { static let number = 6 }

let loadPlugins = [
  PluginUnit(LoadPlugin<First>.self), PluginUnit(LoadPlugin<Second>.self), PluginUnit(LoadPlugin<Third>.self),
  PluginUnit(LoadPlugin<Fourth>.self), PluginUnit(LoadPlugin<Fifth>.self),
  PluginUnit(LoadPlugin<Sixth>.self),
]

/// Counts what people write, unless it holds the word.
enum LoadPlugin<Number: LoadNumber>: Plugin {
  static var id: String { "load\(Number.number)" }
  typealias Settings = LoadSettings

  static func declare(_ plugin: inout PluginDeclaration<Self>) {
    plugin.on(.messageCreate, as: Message.self, when: { $0.isOn }, heard)
  }

  @Sendable static func heard(_ context: PluginContext<Self>, _ message: Message) async throws {
    if Number.number == 1 { waits.note(context.core.causeKey) }
    defer { waits.count() }
    guard !message.author.isBot, message.content != context.settings.word else { return }
    context.memory { Tally() }.add(message.author.id)
  }
}

private final class Tally: Sendable {
  private let counts = Mutex<[UserID: Int]>([:])
  func add(_ user: UserID) { counts.withLock { $0[user, default: 0] += 1 } }
}

/// How long events waited for the first of the plugins.
let waits = WaitBook()

/// By the events' numbers.
final class WaitBook: Sendable {
  private let times = Mutex<[Double]>([])
  private let calls = Atomic(0)

  func begin(_ count: Int) {
    times.withLock { $0 = Array(repeating: .nan, count: count) }
    calls.store(0, ordering: .relaxed)
  }

  /// The event of that key, `<number>/<when it was handed over>`, is with its first plugin.
  func note(_ key: String) {
    let now = uptimeNanoseconds()
    let parts = key.split(separator: "/")
    guard parts.count == 2, let number = Int(parts[0]), let start = Int(parts[1]) else { return }
    times.withLock { times in
      if times.indices.contains(number) { times[number] = Double(now - start) / 1e6 }
    }
  }

  func count() { calls.wrappingAdd(1, ordering: .relaxed) }

  /// How many calls of plugins have ended.
  var handled: Int { calls.load(ordering: .relaxed) }

  /// In milliseconds, of the events with these numbers.
  func of(_ numbers: Range<Int>) -> [Double] { times.withLock { Array($0[numbers]) } }
}
