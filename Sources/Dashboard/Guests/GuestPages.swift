// The routes about third-party plugins: uploading, reviewing, letting in, what each may do, what it wrote, its own pages.

import PlatformDispatch
import Resources
import PlatformAudit
import DiscordCore
import HTML
import HTTPServer
import HTTPTypes
import PlatformAccess
import PlatformPlugins
import Sandbox
import SandboxContract

/// Everything below `/g/{guild}/guests`.
struct GuestPages: Sendable {
  let gate: Gate

  /// A zip of the contract's size with the form around it.
  static var uploadLimits: UploadLimits {
    var limits = UploadLimits()
    limits.fileBytes = 10 * 1024 * 1024
    limits.totalBytes = limits.fileBytes + 64 * 1024
    limits.parts = 8
    return limits
  }

  func addRoutes(to routes: inout DashboardRoutes) {
    routes.guild(.viewer, .get, "/guests", name: "guild.guests") { visit in
      try await GuestShelf(visit).show()
    }
    routes.describing(RouteTakesFiles.self, Self.uploadLimits) { routes in
      routes.describing(BodyLimit.self, Self.uploadLimits.totalBytes) { routes in
        routes.guild(.owner, .post, "/guests", name: "guild.guests.upload") { visit in
          try await GuestShelf(visit).upload()
        }
      }
    }
    routes.guild(.owner, .get, "/guests/review/{digest}", .text, name: "guild.guests.review") {
      visit, digest in
      try await GuestConsent(visit, artifact: digest).show()
    }
    routes.guild(.owner, .post, "/guests/review/{digest}", .text, name: "guild.guests.install") {
      visit, digest in
      try await GuestConsent(visit, artifact: digest).install()
    }
    one(&routes)
    ownPages(&routes)
  }

  /// About one that is there.
  private func one(_ routes: inout DashboardRoutes) {
    routes.guild(.viewer, .get, "/guests/at/{plugin}", .plugin, name: "guild.guest") { visit, plugin in
      try await GuestPage(try GuestPlace(visit, plugin)).show()
    }
    routes.guild(.viewer, .get, "/guests/at/{plugin}/log", .plugin, name: "guild.guest.log") {
      visit, plugin in
      try await GuestLogPage(try GuestPlace(visit, plugin)).show()
    }
    routes.guild(
      .manager, .post, "/guests/at/{plugin}/dead-letters/{number}", .plugin, .text,
      name: "guild.guest.deadLetter"
    ) { visit, plugin, number in
      guard let number = Int64(number) else { throw HTTPProblem.notFound }
      return try await GuestDeadLetters(try GuestPlace(visit, plugin)).act(on: number)
    }
    routes.guild(.manager, .post, "/guests/at/{plugin}/switch", .plugin, name: "guild.guest.switch") {
      visit, plugin in
      try await GuestPage(try GuestPlace(visit, plugin)).turn()
    }
    routes.guild(.owner, .post, "/guests/at/{plugin}/grants", .plugin, name: "guild.guest.grants") {
      visit, plugin in
      try await GuestPage(try GuestPlace(visit, plugin)).grant()
    }
    routes.guild(.owner, .post, "/guests/at/{plugin}/secrets", .plugin, name: "guild.guest.secrets") {
      visit, plugin in
      try await GuestPage(try GuestPlace(visit, plugin)).setSecret()
    }
    routes.guild(.owner, .post, "/guests/at/{plugin}/remove", .plugin, name: "guild.guest.remove") {
      visit, plugin in
      try await GuestPage(try GuestPlace(visit, plugin)).remove()
    }
  }

  /// What the plugin shows by itself.
  private func ownPages(_ routes: inout DashboardRoutes) {
    routes.guild(
      .viewer, .get, "/guests/at/{plugin}/pages/{page}", .plugin, .text, name: "guild.guest.page"
    ) { visit, plugin, page in
      try await GuestOwnPage(GuestPlace(visit, plugin), page).show()
    }
    routes.guild(
      .viewer, .get, "/guests/at/{plugin}/pages/{page}/{widget}", .plugin, .text, .text,
      name: "guild.guest.widget"
    ) { visit, plugin, page, widget in
      try await GuestOwnPage(GuestPlace(visit, plugin), page).widget(widget)
    }
    routes.guild(
      .viewer, .post, "/guests/at/{plugin}/calls/{method}", .plugin, .text, name: "guild.guest.call"
    ) { visit, plugin, method in
      try await GuestOwnPage.call(method, try GuestPlace(visit, plugin))
    }
    routes.guild(
      .viewer, .get, "/guests/at/{plugin}/files/{path...}", .plugin, .text, name: "guild.guest.file"
    ) { visit, plugin, path in
      try await GuestFrame.file(path, try GuestPlace(visit, plugin))
    }
    routes.guild(.viewer, .get, "/guests/at/{plugin}/theme.css", .plugin, name: "guild.guest.theme") {
      visit, plugin in
      try await GuestThemeSheet.answer(try GuestPlace(visit, plugin))
    }
    routes.everyone(.get, "/static/{file}", .text, name: "guest.static") { visit, file in
      try GuestFrame.common(file, visit.resources)
    }
    let gate = gate
    routes.everyone(.get, "/guest-frames/{token}/{path...}", .text, .text, name: "guest.frame") {
      visit, token, path in
      try await GuestFrame.show(token, path, visit, gate)
    }
  }
}

/// One plugin of a guild, as the pages about it need it.
struct GuestPlace: Sendable {
  let visit: GuildVisit
  let stored: StoredInstallation

  /// - Throws: `HTTPProblem` 404 for a plugin that is not there.
  init(_ visit: GuildVisit, _ plugin: String) throws {
    guard let stored = visit.house.sandbox.stored(plugin, in: visit.guild), stored.removedAt == nil else {
      throw HTTPProblem.notFound
    }
    (self.visit, self.stored) = (visit, stored)
  }

  init(_ visit: GuildVisit, _ stored: StoredInstallation) { (self.visit, self.stored) = (visit, stored) }

  /// All that the guild has, by name.
  static func all(_ visit: GuildVisit) -> [GuestPlace] {
    visit.house.sandbox.stored(in: visit.guild).filter { $0.removedAt == nil }.map { GuestPlace(visit, $0) }
      .sorted { $0.manifest.name < $1.manifest.name }
  }

  var installation: GuestInstallation { stored.installation }
  var manifest: GuestManifest { installation.release.manifest }
  var plugin: String { installation.plugin }
  var sandbox: Sandbox { visit.house.sandbox }
  /// Who acts, for the audit log.
  var actor: GuestActor { visit.guestActor }

  func link(_ path: String..., query: [(name: String, value: String)] = []) -> SafeURL {
    SafeURL(segments: ["g", "\(visit.guild)", "guests", "at", plugin] + path, query: query)
  }

  /// What the bot must be allowed at Discord for it; nothing while it is off.
  func needs(_ means: BotMeans, _ html: inout HTMLWriter) {
    let units = visit.house.dispatcher.units(on: visit.configuration)
    guard let unit = units.first(where: { $0.id == plugin && $0.name != nil }),
      !unit.permissions.isEmpty || !unit.intents.isEmpty
    else { return }
    let own = visit.visit.words(of: unit)
    html.add(PluginNeeds(unit: unit, own: own, strings: visit.strings, means: means))
  }

  /// Switches it on or off at once.
  func toggle(_ html: inout HTMLWriter, next: SafeURL) {
    let strings = visit.strings
    guard visit.role >= .manager else {
      let isOn = installation.isEnabled
      return html.add(
        Badge(strings[dynamic: isOn ? "plugins.on" : "plugins.off"], isOn ? .success : .neutral))
    }
    html.add(
      SwitchForm(
        visit.visit.post(link("switch"), ("next", next.description)),
        Field("on", label: strings["plugins.on"], id: ElementID("switch-\(plugin)")),
        isOn: installation.isEnabled,
        done: (
          strings(dynamic: "flash.plugins.on", ["plugin": manifest.name]),
          strings(dynamic: "flash.plugins.off", ["plugin": manifest.name])
        )))
  }
}

extension GuestManifest {
  /// Which version it is, and whose, if the plugin says.
  func versionLine(_ strings: StringCatalog) -> String {
    author.isEmpty
      ? strings("guest.version", ["version": version])
      : strings("guest.version.by", ["version": version, "author": author])
  }
}

extension GuildVisit {
  /// Who acts on third-party plugins, for the audit log.
  var guestActor: GuestActor { GuestActor(.user(user), address: visit.address) }

  /// Sends the person back with what is wrong.
  func refused(_ problem: GuestProblem, next: SafeURL) throws -> HTTPResponse {
    // It travels in a cookie: the first findings, in one line.
    let details = problem.details.prefix(3).joined(separator: " · ").prefix(600)
    let line = details.split(whereSeparator: \.isNewline).joined(separator: " ")
    return try visit.refused(
      "guest.problem.\(problem.kind.rawValue)", ["details": String(line)], next: next)
  }
}
