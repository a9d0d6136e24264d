// A simulator whose people talk, and now and then say what a filter forbids: how soon that is deleted, by the
// simulator's own clock.

import DiscordCore
import EventLoop
import Glibc
import JSON
import Simulator
import SimulatorWorld
import TestKit

/// The words that every filter is told, and of which the people of the town use one at a time.
let forbiddenWords = ["grumblewort", "snarkfish", "blatherskite", "mumpsimus", "cacafuego"]

/// Runs a town until the process is killed.
///
/// Says `town` and what a bot needs as JSON, then does what standard input says, one line after another, and answers
/// each with one line: `probe` waits until a forbidden word is deleted in every guild, and says `probed`;
/// `talk` and a `Talk` says the figures.
func runFilterTown() async throws {
  let town = try await FilterTown()
  put(try town.invitation.line)
  while let order = readLine() {
    let words = order.split(separator: " ")
    if words.first == "probe" {
      try await town.probe()
      put("probed")
    } else if words.first == "talk", let talk = Talk(words: words.dropFirst()) {
      put(try await town.hold(talk).line)
    } else {
      throw TestKitError("a town does not know what \(order) means")
    }
  }
}

/// Guilds in which a contender is, and people who write at a rate whatever the contender does.
private final class FilterTown: Sendable {
  private static let guildCount = 20
  private static let channelsPerGuild = 5
  private static let membersPerGuild = 50

  private struct Place: Sendable {
    var guild: GuildID
    var channel: ChannelID
  }

  let invitation: TownInvitation
  private let simulator: Simulator
  private let places: [Place]
  private let people: [GuildID: [UserID]]
  private let watch: DeletionWatch

  init() async throws {
    let watch = DeletionWatch()
    var configuration = SimulatorConfiguration()
    configuration.seed = nil
    configuration.onExchange = { watch.see($0) }
    let simulator = try await Simulator.start(configuration)
    let (token, places, people) = await simulator.withWorld { Self.settle($0) }
    (self.simulator, self.watch, self.places, self.people) = (simulator, watch, places, people)
    invitation = TownInvitation(
      api: simulator.apiBase, token: token, guilds: people.keys.sorted().map(\.description))
  }

  private static func settle(_ world: World) -> (String, [Place], [GuildID: [UserID]]) {
    let owner = world.makeUser("owner").id
    let bot = world.makeApplication("Contender", owner: owner)
    var places: [Place] = []
    var people: [GuildID: [UserID]] = [:]
    for number in 0..<guildCount {
      let guild = world.makeGuild("Town \(number)", owner: owner)
      for channel in 0..<channelsPerGuild {
        let channel = Channel(id: world.newID(), kind: .text, guildID: guild.id, name: "talk-\(channel)")
        world.add(channel, to: guild)
        places.append(Place(guild: guild.id, channel: channel.id))
      }
      for member in 0..<membersPerGuild {
        let user = world.makeUser("member.\(number).\(member)").id
        // Nobody is banned from a guild that was just made.
        try? world.join(user, guild.id)
        people[guild.id, default: []].append(user)
      }
      try? world.join(bot.botID, guild.id, permissions: .administrator)
    }
    return (bot.botToken, places, people)
  }

  /// Returns when the contender has deleted a forbidden message in every guild; asks again where it was not there yet.
  func probe() async throws {
    // One for each guild: more at once would be more than Discord lets a bot answer in a second.
    var open = Dictionary(places.map { ($0.guild, $0) }) { first, _ in first }
    var numbers = TalkNumbers(state: 7)
    for _ in 0..<20 where !open.isEmpty {
      watch.begin()
      try await write(open.values.map { try message(in: $0, isForbidden: true, &numbers) })
      for _ in 0..<200 where !watch.isQuiet { try await Task.sleep(for: .milliseconds(10)) }
      let left = watch.pending
      open = open.filter { left.contains($0.value.channel) }
    }
    guard open.isEmpty else { throw TestKitError("forbidden messages stay in \(open.count) guilds") }
  }

  /// People write, over all channels in turn, whatever the contender does meanwhile.
  func hold(_ talk: Talk) async throws -> TalkFigures {
    watch.begin()
    let start = ContinuousClock.now
    let count = Int(talk.perSecond * talk.seconds)
    var numbers = TalkNumbers(state: 1)
    var written = 0
    while written < count {
      try await Task.sleep(until: start + .seconds(Double(written) / talk.perSecond))
      let due = Int(start.duration(to: .now) / .seconds(1) * talk.perSecond)
      let next = min(count, max(written + talk.atOnce, due / talk.atOnce * talk.atOnce))
      // Coprime with the number of channels: each gets its share of both kinds.
      try await write(
        (written..<next).map { number in
          let isForbidden = (number + number / places.count) % talk.forbiddenEvery == 0
          return try message(in: places[number * 37 % places.count], isForbidden: isForbidden, &numbers)
        })
      written = next
    }
    for _ in 0..<1_000 where !watch.isQuiet { try await Task.sleep(for: .milliseconds(10)) }
    return watch.figures()
  }

  private struct Utterance: Sendable {
    var place: Place
    var author: UserID
    var body: JSONValue
    var isForbidden: Bool
  }

  /// From 6 to 30 words by one of the guild's people.
  private func message(in place: Place, isForbidden: Bool, _ numbers: inout TalkNumbers) throws -> Utterance {
    var words = (0..<Int.random(in: 6...30, using: &numbers)).map { _ in Self.smallTalk.pick(&numbers) }
    if isForbidden { words[words.indices.pick(&numbers)] = forbiddenWords.pick(&numbers) }
    guard let author = people[place.guild]?.pick(&numbers) else { throw TestKitError("an empty town") }
    return Utterance(
      place: place, author: author, body: ["content": .string(words.joined(separator: " "))],
      isForbidden: isForbidden)
  }

  /// Written in the simulator itself: an own connection for each of the people would cost it more than the message,
  /// and hide how fast the contender is.
  private func write(_ messages: [Utterance]) async throws {
    let (loop, watch) = (simulator.loop, watch)
    try await simulator.withWorld { world in
      let posted = try messages.map { message in
        try world.createMessage(in: message.place.channel, by: message.author, body: message.body)
      }
      let talk = zip(posted, messages).map { message, utterance in
        PostedMessage(id: message.id, channel: message.channel, isForbidden: utterance.isForbidden)
      }
      // The events go to the socket on the loop's next turn, before this.
      loop.execute { watch.note(talk) }
    }
    // Taken note of when this returns, or the last messages would fall between two talks.
    await withCheckedContinuation { continuation in loop.execute { continuation.resume() } }
  }

  private static let smallTalk = """
    the a an and or but so if then when where who what why how this that these those here there now later soon never \
    always maybe yes no please thanks sorry hello bye friend team guild server channel message game match round boss \
    raid quest sword shield potion dragon castle forest river mountain bread butter coffee tea soup cake music song \
    drum guitar movie book page story picture camera phone laptop keyboard mouse screen update patch build bug fix \
    crash lag ping stream video link morning noon evening night today tomorrow yesterday week month year win lose \
    draw play watch read write draw sing dance cook eat sleep run walk jump fly swim drive ride climb find lose take
    """.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init)
}

/// Numbers that are the same in every run.
private struct TalkNumbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 29)
  }
}

extension RandomAccessCollection where Index == Int {
  /// One of them. For collections that have any.
  fileprivate func pick(_ numbers: inout TalkNumbers) -> Element {
    self[Int.random(in: startIndex..<endIndex, using: &numbers)]
  }
}
