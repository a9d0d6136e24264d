// The servers of a person by Discord's list: what they may add the bot to, and where to look for access.

import DiscordLimits
import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import PlatformAccounts
import Synchronization
import Telemetry
import Vault

/// Asks Discord in a person's name which servers they are in. It is a hint of where to look: access is never derived
/// from it.
final class DiscordServerList: Sendable {
  /// What Discord said.
  enum Answer: Sendable {
    case servers([PartialGuild])
    /// Discord does not answer at the moment; this was so earlier, if it is known.
    case late([PartialGuild])
    /// Discord does not let us ask any more: the person has to sign in anew.
    case signInAgain

    var servers: [PartialGuild] {
      switch self {
      case .servers(let servers), .late(let servers): servers
      case .signInAgain: []
      }
    }
  }

  /// How long an answer counts as fresh.
  static let lifetime = Duration.seconds(60)
  /// How long a page waits for Discord.
  private static let patience = Duration.seconds(5)
  /// Answers that are remembered, a few kilobytes each.
  private static let bound = 1_000

  private struct Entry {
    var servers: [PartialGuild]
    var at: Duration
  }

  private struct State {
    var entries: [UserID: Entry] = [:]
    /// Whose tokens are being renewed: a refresh token works once.
    var renewing: Set<UserID> = []
  }

  private let house: DashboardEnvironment
  private let discord: RESTClient
  private let state = Mutex(State())
  private let log = Log(room: "dashboard")

  /// `discord` asks in nobody's name; the tokens come with the calls.
  init(_ house: DashboardEnvironment, _ discord: RESTClient) { (self.house, self.discord) = (house, discord) }

  /// The servers of a person who is signed in.
  ///
  /// - Throws: what the store throws.
  func servers(of user: UserID) async throws -> Answer {
    let known = state.withLock { $0.entries[user] }
    if let known, house.time.uptime - known.at < Self.lifetime { return .servers(known.servers) }
    guard let tokens = try await house.accounts.tokens(of: user) else { return .signInAgain }
    do throws(RESTError) {
      let servers = try await ask(with: tokens.access)
      remember(servers, of: user)
      return .servers(servers)
    } catch {
      guard error.code == .tokenRejected || error.status == 401 else {
        log.notice("Discord did not list a person's servers", ["error": .string("\(error)")])
        return .late(known?.servers ?? [])
      }
    }
    return try await renewed(tokens, of: user, known?.servers ?? [])
  }

  /// The access token has ended: a new one, and the list with it.
  private func renewed(_ tokens: AccountTokens, of user: UserID, _ known: [PartialGuild]) async throws
    -> Answer
  {
    guard let refresh = tokens.refresh, let application = house.site.signIn else { return .signInAgain }
    guard state.withLock({ $0.renewing.insert(user).inserted }) else { return .late(known) }
    defer { state.withLock { _ = $0.renewing.remove(user) } }
    let client = RESTToken(Secret(utf8: "\(application.id):\(application.secret.exposedText)"))
    let token: OAuth2Token
    do throws(RESTError) {
      token = try await discord.send(
        .refreshToken(refresh, client: client), priority: .interaction, deadline: Self.patience)
    } catch {
      return error.status.map { (400..<500).contains($0) } ?? false ? .signInAgain : .late(known)
    }
    try await house.accounts.setTokens(AccountTokens(token, at: house.time.now), of: user)
    do throws(RESTError) {
      let servers = try await ask(with: token.accessToken)
      remember(servers, of: user)
      return .servers(servers)
    } catch {
      return .late(known)
    }
  }

  private func ask(with token: Secret) async throws(RESTError) -> [PartialGuild] {
    try await discord.send(
      .getCurrentUserGuilds(as: RESTToken(token), limit: 200), priority: .interaction,
      deadline: Self.patience)
  }

  private func remember(_ servers: [PartialGuild], of user: UserID) {
    let now = house.time.uptime
    state.withLock { state in
      if state.entries.count >= Self.bound {
        state.entries = state.entries.filter { now - $0.value.at < Self.lifetime }
        if state.entries.count >= Self.bound { state.entries = [:] }
      }
      state.entries[user] = Entry(servers: servers, at: now)
    }
  }
}

extension PartialGuild {
  /// Whether Discord lets the person add bots there.
  var mayAddBots: Bool {
    isOwner || permissions.contains(.administrator) || permissions.contains(.manageGuild)
  }
}
