// Pages that a third-party plugin brings as files: shown in a frame that can reach nothing of ours but what it asks for.

import DiscordCore
import EventLoop
import HTML
import HTTPServer
import HTTPTypes
import JSON
import PlatformAccess
import Resources
import Sandbox
import SandboxContract
import Storage
import Vault

/// Frames of plugins. A document there is sandboxed, by the frame and by its own policy: its origin is one of its own that
/// no cookie belongs to. What it wants of the plugin it asks the page around it for, which asks as the person.
enum GuestFrame {
  /// How long an address of a frame is good for; a page that is open longer is loaded again.
  private static let lifetime: Duration = .seconds(12 * 3_600)
  /// Attributes of the frame element: scripts, and what they need to be of use, and never `allow-same-origin`.
  private static let permissions: StaticString = "allow-scripts allow-forms"

  // MARK: Around the frame

  /// The page with the frame in it.
  static func page(_ source: String, _ head: PageHead, _ place: GuestPlace) throws -> HTTPResponse {
    let strings = place.visit.strings
    let token = Token(
      digest: place.installation.release.digest, plugin: place.plugin, guild: place.visit.guild,
      until: Timestamp(milliseconds: place.visit.now.milliseconds + lifetime.components.seconds * 1_000))
    let address = SafeURL(
      segments: ["guest-frames", token.text(place.visit.house.storage.platform.key)]
        + source.split(separator: "/").map(String.init), query: [])
    var response = try place.visit.visit.page(head) { html in
      html.element(
        .div, .class("guest-frame"), .data("guest-frame", place.link("calls").description),
        .data("csrf", place.visit.visit.csrfToken), .data("failed", strings["guest.call.failed"]),
        .data("unreachable", strings["guest.call.unreachable"])
      ) { html in
        html.element(
          .iframe, .src(address), .title(head.title), .sandbox(permissions), .referrerPolicy("no-referrer")
        ) { _ in }
        html.element(.noscript) { html in html.element(.p, text: strings["guest.frame.noScript"]) }
      }
    }
    response.fields["Content-Security-Policy"] = SecurityHeaders.contentSecurityPolicy + "; frame-src 'self'"
    return response
  }

  /// A picture of the plugin's own, for its widgets.
  static func file(_ path: String, _ place: GuestPlace) async throws -> HTTPResponse {
    guard let (bytes, type) = await place.sandbox.dashboardFile(path, of: place.installation.release),
      type.hasPrefix("image/")
    else { throw HTTPProblem.notFound }
    var response = HTTPResponse(status: .ok, contentType: type, bytes: bytes)
    // A picture that is opened by itself runs nothing.
    response.fields["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response.fields["Cache-Control"] = "private, max-age=3600"
    return response
  }

  // MARK: Inside

  /// A file of the frame.
  static func show(_ text: String, _ path: String, _ visit: Visit, _ gate: Gate) async throws -> HTTPResponse
  {
    guard let token = Token(text, visit.house.storage.platform.key), token.until > visit.now,
      let stored = visit.house.sandbox.stored(token.plugin, in: token.guild), stored.removedAt == nil,
      stored.installation.isEnabled, stored.installation.release.digest == token.digest,
      let (bytes, type) = await visit.house.sandbox.dashboardFile(path, of: stored.installation.release)
    else {
      // Whoever had the address had it from a page: that is what has to be loaded again.
      throw HTTPProblem(HTTPStatus(410), visit.strings["guest.frame.over"])
    }
    var response = HTTPResponse(status: .ok, contentType: type, bytes: bytes)
    let origin = gate.house.site.origin
    let own = "\(origin)/guest-frames/\(text)/"
    // `'self'` is nobody in a sandboxed document, so addresses are spelled out.
    response.fields["Content-Security-Policy"] = [
      "sandbox \(permissions)", "default-src 'none'", "script-src \(own) \(origin)/static/",
      "style-src \(own) \(origin)/static/ 'unsafe-inline'", "img-src \(own) data:", "font-src \(own)",
      "connect-src 'none'", "form-action 'none'", "base-uri 'none'", "frame-ancestors \(origin)",
    ].joined(separator: "; ")
    response.fields["X-Frame-Options"] = "SAMEORIGIN"
    response.fields["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.fields["Access-Control-Allow-Origin"] = "null"
    response.fields["Cache-Control"] = "private, max-age=300"
    response.fields["Referrer-Policy"] = "no-referrer"
    return response
  }

  /// A script or style that every frame may load: under the names that plugins know.
  static func common(_ name: String, _ resources: DashboardResources) throws -> HTTPResponse {
    let (file, type): (String, String) =
      switch name {
      case "yourbot-sdk.js", "mmo-maid-sdk.js": ("guest-sdk.js", "text/javascript; charset=utf-8")
      case "yourbot-style.css": ("guest-style.css", "text/css; charset=utf-8")
      default: throw HTTPProblem.notFound
      }
    guard let bytes = resources.contents[file] else { throw HTTPProblem.notFound }
    var response = HTTPResponse(status: .ok, contentType: type, bytes: bytes)
    response.fields["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.fields["Access-Control-Allow-Origin"] = "*"
    response.fields["Cache-Control"] = "public, max-age=3600"
    return response
  }

  /// What an address of a frame says: which files, for whom, until when. Signed, since the frame sends no cookie.
  private struct Token {
    let digest: String
    let plugin: String
    let guild: GuildID
    let until: Timestamp

    private var content: String { "\(digest).\(plugin).\(guild).\(until.milliseconds)" }

    init(digest: String, plugin: String, guild: GuildID, until: Timestamp) {
      (self.digest, self.plugin, self.guild, self.until) = (digest, plugin, guild, until)
    }

    func text(_ key: DataKey) -> String { "\(content).\(Self.tag(content, key))" }

    /// nil for what nobody signed.
    init?(_ text: String, _ key: DataKey) {
      let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 5, let guild = UInt64(parts[2]), let until = Int64(parts[3]) else { return nil }
      self.init(
        digest: parts[0], plugin: parts[1], guild: GuildID(guild), until: Timestamp(milliseconds: until))
      guard ConstantTime.equal(parts[4], Self.tag(content, key)) else { return nil }
    }

    private static func tag(_ content: String, _ key: DataKey) -> String {
      Base64URL.encode(HMACSHA256.code(for: Array(content.utf8), key: key.derive("guest-frame")))
    }
  }
}
