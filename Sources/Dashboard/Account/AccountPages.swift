// A person's own pages: profile, preferences, sessions, tokens, and their data.

import Vault
import DiscordCore
import EventLoop
import HTML
import HTTPServer
import HTTPTypes
import PlatformAccess
import PlatformAccounts
import PlatformData
import PlatformTenancy
import Resources
import Storage
import Telemetry

/// The account.
struct AccountPages: Sendable {
  private static let page: SafeURL = "/account"
  /// Exports go through every server's store.
  private static let exports = RequestLimits.Bucket(burst: 3, perMinute: 0.2)

  let gate: Gate
  private let log = Log(room: "dashboard")

  func addRoutes(to routes: inout DashboardRoutes) {
    routes.account(.get, "/account", name: "account") { visit in try await AccountPage(visit).show() }
    routes.account(.post, "/account/preferences", name: "account.preferences") { visit in
      try await setPreferences(visit)
    }
    routes.account(.post, "/account/sessions/end", name: "account.session.end") { visit in
      try await endSession(visit)
    }
    routes.account(.post, "/account/sessions/end-others", name: "account.sessions.end") { visit in
      try await endOthers(visit)
    }
    routes.account(.post, "/account/data", name: "account.data") { visit in try export(visit) }
    routes.account(.get, "/account/delete", name: "account.delete") { visit in
      try DeletionPage(visit).show()
    }
    routes.account(.post, "/account/delete", name: "account.delete.do") { visit in try await delete(visit) }
    TokenPages(gate: gate).addRoutes(to: &routes)
  }

  // MARK: Preferences

  private func setPreferences(_ visit: AccountVisit) async throws -> HTTPResponse {
    var preferences = visit.account.preferences
    if let language = visit.visit.form["language"] {
      guard language.isEmpty || Reader.languages.contains(language) else {
        return try visit.visit.refused("account.noLanguage", next: Self.page)
      }
      preferences.language = language.isEmpty ? nil : language
    }
    if let zone = visit.visit.form["zone"] {
      guard zone.isEmpty || TimeZones.all.contains(zone) else {
        return try visit.visit.refused("account.noZone", next: Self.page)
      }
      preferences.timeZone = zone.isEmpty ? nil : zone
    }
    if let theme = visit.visit.form["theme"] {
      guard let theme = AccountPreferences.Theme(rawValue: theme) else {
        return try visit.visit.refused("account.noTheme", next: Self.page)
      }
      preferences.theme = theme
    }
    preferences.isSidebarHidden = visit.visit.field("sidebar") != nil
    try await visit.house.accounts.setPreferences(preferences, of: visit.user)
    var response = try visit.visit.done("account.saved", next: Self.page)
    try visit.visit.setLook(preferences, in: &response)
    return response
  }

  // MARK: Sessions

  private func endSession(_ visit: AccountVisit) async throws -> HTTPResponse {
    guard let id = visit.visit.field("session") else {
      return try visit.visit.refused("account.noSession", next: Self.page)
    }
    guard id != visit.session?.id else {
      return try visit.visit.refused("account.ownSession", next: Self.page)
    }
    guard try await visit.house.sessions.revoke(id, of: visit.user) else {
      return try visit.visit.refused("account.noSession", next: Self.page)
    }
    return try visit.visit.done("account.sessionEnded", next: Self.page)
  }

  /// Ends every other session, and gives this one a new cookie: whoever copied the old one is out as well.
  private func endOthers(_ visit: AccountVisit) async throws -> HTTPResponse {
    guard let session = visit.session else { throw HTTPProblem.notFound }
    let sessions = visit.house.sessions
    let count = try await sessions.revokeAll(of: visit.user, except: session.id)
    var response = try visit.visit.done("account.sessionsEnded", ["count": "\(count)"], next: Self.page)
    if let (token, _) = try await sessions.rotate(session, at: visit.now) {
      try response.set(
        visit.visit.cookie(
          Gate.sessionCookie(visit.house.site), token.exposedText, lasts: Sessions.absoluteLimit))
    }
    return response
  }

  // MARK: Data

  private func export(_ visit: AccountVisit) throws -> HTTPResponse {
    try gate.limit("export \(visit.user)", Self.exports)
    let (house, user) = (visit.house, visit.user)
    log.notice("a person exports what is held about them")
    var response = HTTPResponse.stream(contentType: "application/json") { writer in
      _ = try await DataExport(house.storage, time: house.time).person(user) { try await writer.write($0) }
    }
    response.fields["Content-Disposition"] = "attachment; filename=\"guildhall-\(user).json\""
    response.fields["Cache-Control"] = "no-store"
    return response
  }

  private func delete(_ visit: AccountVisit) async throws -> HTTPResponse {
    guard visit.visit.field("name") == visit.account.profile.username else {
      if visit.wantsJSON {
        return try visit.visit.refused("account.notConfirmed", next: "/account/delete")
      }
      return try DeletionPage(visit).show(error: visit.strings["flash.account.notConfirmed"])
    }
    let house = visit.house
    let isEverywhere = visit.visit.field("everywhere") != nil
    if isEverywhere {
      // Written down before it begins: it is finished at the next start if the process dies over it.
      _ = try await Erasure(house.storage, time: house.time).person(visit.user)
      log.notice("a person erased themselves everywhere")
    }
    try await house.accounts.delete(visit.user)
    var response = try visit.visit.done(
      isEverywhere ? "account.erased" : "account.deleted", next: "/")
    try response.set(visit.visit.cookie(Gate.sessionCookie(house.site), "", lasts: .zero))
    response.fields["Clear-Site-Data"] = "\"cache\", \"storage\""
    return response
  }
}

extension Visit {
  /// How long choices are remembered by the browser.
  static let choiceLifetime = Duration.seconds(365 * 86_400)

  /// Has the browser show pages as the preferences say, before anybody is signed in as well.
  ///
  /// - Throws: `HTTPServerError`, which none of these values brings about.
  func setLook(_ preferences: AccountPreferences, in response: inout HTTPResponse) throws {
    let isFixed = preferences.theme != .auto
    try response.set(
      cookie(
        "theme", isFixed ? preferences.theme.rawValue : "", lasts: isFixed ? Self.choiceLifetime : .zero,
        isHTTPOnly: false))
    try response.set(
      cookie(
        "sidebar", preferences.isSidebarHidden ? "collapsed" : "open", lasts: Self.choiceLifetime,
        isHTTPOnly: false))
  }
}
