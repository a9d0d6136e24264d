// The interactions that plugins have to answer, and the clock that runs meanwhile.

package import DiscordBot
package import DiscordCore
import DiscordModels
package import EventLoop
import JSON
package import SandboxContract
import Synchronization
import Telemetry

/// What people are told in a plugin's stead, in the language of their server. At most 2,000 characters each.
package struct GuestInteractionSentences: Sendable {
  /// The plugin handled the interaction and had nothing to say.
  package let noReply: String
  /// The plugin is not running, or was given up.
  package let notRunning: String

  package init(noReply: String, notRunning: String) {
    (self.noReply, self.notRunning) = (noReply, notRunning)
  }
}

/// Brings interactions to plugins, defers them in time, and keeps them open for the plugin's answers for 15 minutes.
///
/// Routes of third-party plugins are declared with `AutoDeferral.never`: the timing is the desk's (plugin-host contract,
/// section 14).
package final class GuestInteractionDesk: Sendable {
  /// Interactions that are open at a time; beyond it the oldest are closed.
  package static let maximumOpen = 10_000
  /// When a plugin that has not answered is given more time.
  package static let deferral = Duration.milliseconds(2_200)
  /// The same where the manifest says that the command shall not be deferred: the last moment.
  package static let lateDeferral = Duration.milliseconds(2_800)
  /// When a person is told that nothing follows; at least `grace` after the plugin is done.
  package static let patience = Duration.seconds(10)
  package static let grace = Duration.seconds(2)

  private static let log = Log(room: "sandbox")

  private let time: any TimeSource
  private let open = Mutex(
    RecentTable<InteractionID, OpenInteraction>(bound: GuestInteractionDesk.maximumOpen))

  /// A desk without interactions. The clock must be the bots'.
  package init(time: any TimeSource) { self.time = time }

  /// How many are open, those that have run out and were not swept yet included.
  package var openCount: Int { open.withLock { $0.count } }

  /// Brings an interaction to the plugin and sees to it that the person gets an answer. Returns when the plugin is done and
  /// nothing is left for the host to say; the interaction stays open for the plugin until Discord closes it.
  ///
  /// - Parameters:
  ///   - received: of a route that is never deferred by itself.
  ///   - installation: whose command, component or form it is.
  ///   - command: the command of the manifest; nil for components and forms.
  ///   - sentences: what the host says where the plugin does not.
  ///   - deliver: brings the event to the plugin, and returns when it was handled or given up.
  package func attend(
    _ received: ReceivedInteraction, for installation: GuestInstallation,
    command: GuestManifest.Command? = nil, sentences: GuestInteractionSentences,
    deliver: (GuestDelivery) async -> GuestDeliveryEnd
  ) async {
    let interaction = received.interaction
    guard interaction.guildID == installation.guild, let user = interaction.user?.id else {
      return Self.log.warning(
        "an interaction was brought to another server's plugin", ["plugin": .string(installation.plugin)])
    }
    guard let kind = OpenInteraction.Kind(interaction.data) else { return await suggestNothing(received) }
    let open = OpenInteraction(received, kind, plugin: installation.plugin, guild: installation.guild)
    enter(open)
    let payload = GuestInteractionPayload.make(interaction, command: command?.name)
    let delivery = GuestDelivery(
      guild: installation.guild, plugin: installation.plugin, type: "interaction_create",
      payload: GuestPrivacyFilter.apply("interaction_create", payload, installation.grants),
      cause: .interaction(received, permissions: interaction.member?.permissions ?? [], user: user))
    if command?.defersOnDispatch == true { await postpone(open) }
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        await self.postpone(
          open, at: command?.defersOnDispatch == false ? Self.lateDeferral : Self.deferral)
      }
      defer { group.cancelAll() }
      let end = await deliver(delivery)
      await finish(open, end, sentences)
    }
  }

  /// The plugin leaves the server: it answers nothing any more there.
  package func close(_ plugin: String, in guild: GuildID) {
    open.withLock { $0.removeAll { $0.plugin == plugin && $0.guild == guild } }
  }

  /// An interaction that the plugin may answer in the server; nil for an id that is not its, or has run out.
  func interaction(_ id: String, of plugin: String, in guild: GuildID) -> OpenInteraction? {
    guard let id = InteractionID(id), let found = open.withLock({ $0[id] }) else { return nil }
    guard found.plugin == plugin, found.guild == guild, !found.isOver else { return nil }
    return found
  }

  private func enter(_ interaction: OpenInteraction) {
    open.withLock { open in
      open.removeFirst { $0.isOver }
      open.put(interaction, for: interaction.received.interaction.id)
    }
  }

  // MARK: The clock

  private func postpone(_ open: OpenInteraction, at age: Duration) async {
    // Cancelled: the plugin is done, nothing is left to be deferred.
    guard (try? await time.sleep(for: age - open.received.age)) != nil else { return }
    // In a task of its own: a deferral that is on its way must not be cut off by the plugin's being done, or nobody would
    // know whether it arrived.
    await Task { await self.postpone(open) }.value
  }

  private func postpone(_ open: OpenInteraction) async {
    do {
      try await open.postponeByHost()
    } catch {
      Self.log.warning(
        "an interaction was not deferred", ["plugin": .string(open.plugin), "error": .string("\(error)")])
    }
  }

  private func finish(
    _ open: OpenInteraction, _ end: GuestDeliveryEnd, _ sentences: GuestInteractionSentences
  ) async {
    switch end {
    case .dropped: await say(sentences.notRunning, open)
    // What was raised is not answered later.
    case .acknowledged(isFailed: true): await say(sentences.noReply, open)
    case .acknowledged(isFailed: false):
      guard await isSilent(open) else { return }
      // Nobody sees that a component is being thought about: there is nothing to be taken back.
      await say(sentences.noReply, open, onlyIfAwaited: true)
    }
  }

  /// Waits until the plugin answers: it may do so by a thread of its own, after it was done with the event.
  ///
  /// - Returns: whether it did not in time.
  private func isSilent(_ open: OpenInteraction) async -> Bool {
    guard !open.isAnswered else { return false }
    let rest = max(Self.patience - open.received.age, Self.grace)
    let time = time
    return await withTaskGroup(of: Bool.self) { group in
      group.addTask {
        await open.answered()
        return false
      }
      // Cancelled: the bot is being stopped, and says nothing more.
      group.addTask { (try? await time.sleep(for: rest)) != nil }
      defer { group.cancelAll() }
      return await group.next() ?? false
    }
  }

  private func say(_ sentence: String, _ open: OpenInteraction, onlyIfAwaited: Bool = false) async {
    guard !Task.isCancelled else { return }
    do {
      try await open.conclude(sentence, onlyIfAwaited: onlyIfAwaited)
    } catch {
      Self.log.warning(
        "a person could not be told how an interaction ended",
        ["plugin": .string(open.plugin), "error": .string("\(error)")])
    }
  }

  /// The SDK has no suggestions, and commands are registered without them: an older registration may ask all the same.
  private func suggestNothing(_ received: ReceivedInteraction) async {
    guard case .autocomplete = received.interaction.data else { return }
    do { try await received.suggest([]) } catch {
      Self.log.debug("suggestions were not answered", ["error": .string("\(error)")])
    }
  }
}

extension OpenInteraction {
  /// Discord takes no answers any more.
  fileprivate var isOver: Bool { received.age >= InteractionLimits.lifetime }
}

extension OpenInteraction.Kind {
  /// nil for what plugins do not get.
  fileprivate init?(_ data: InteractionData) {
    switch data {
    case .command: self = .command
    case .component: self = .component
    case .modal: self = .modal
    case .ping, .autocomplete, .unknown: return nil
    }
  }
}
