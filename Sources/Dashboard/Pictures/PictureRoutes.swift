// Avatars and server icons, fetched from Discord by us: a reader's browser asks nobody else.

import DiscordCore
import DiscordModels
import DiscordREST
import HTML
import HTTPServer
import HTTPTypes
import PlatformAccounts
import Synchronization

/// Pictures of Discord's by way of this site. Addresses change with the picture, so browsers keep them; a bounded number is
/// kept here too.
final class PictureRoutes: Sendable {
  /// Pixels; shown at 40 at most, on screens with up to three pixels for one.
  private static let size = 128
  private static let limit = 512 * 1024
  /// Bytes that are kept.
  private static let bound = 16 << 20

  private struct Kept {
    var pictures: [String: [UInt8]] = [:]
    var order: [String] = []
    var size = 0
  }

  private let gate: Gate
  private let kept = Mutex(Kept())

  init(gate: Gate) { self.gate = gate }

  func addRoutes(to routes: inout DashboardRoutes) {
    routes.account(.get, "/pictures/avatars/{user}/{hash}", .user, .text, name: "picture.avatar") {
      visit, user, hash in
      try await self.answer(visit, hash) { $0.avatar(of: user, hash: hash, size: Self.size, format: .png) }
    }
    routes.account(.get, "/pictures/icons/{guild}/{hash}", .guild, .text, name: "picture.icon") {
      visit, guild, hash in
      try await self.answer(visit, hash) {
        $0.guildIcon(of: guild, hash: hash, size: Self.size, format: .png)
      }
    }
  }

  private func answer(_ visit: AccountVisit, _ hash: String, _ address: (CDN) -> String?) async throws
    -> HTTPResponse
  {
    guard (1...64).contains(hash.utf8.count),
      hash.utf8.allSatisfy({ $0 == 0x5F || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) })
    else { throw HTTPProblem.notFound }
    let rest = gate.discord
    guard let address = address(rest.cdn) else { throw HTTPProblem.notFound }
    let bytes: [UInt8]
    if let known = kept.withLock({ $0.pictures[address] }) {
      bytes = known
    } else {
      let found: [UInt8]?
      // Whatever keeps it away, there are initials in its place.
      do { found = try await rest.picture(address, atMost: Self.limit, within: .seconds(5)) } catch {
        found = nil
      }
      guard let found else { throw HTTPProblem.notFound }
      keep(found, address)
      bytes = found
    }
    var response = HTTPResponse(contentType: "image/png", bytes: bytes)
    response.fields["Cache-Control"] = "private, max-age=604800, immutable"
    return response
  }

  private func keep(_ bytes: [UInt8], _ address: String) {
    kept.withLock { kept in
      guard kept.pictures.updateValue(bytes, forKey: address) == nil else { return }
      kept.order.append(address)
      kept.size += bytes.count
      guard kept.size > Self.bound else { return }
      // The older half goes.
      for address in kept.order.prefix(kept.order.count / 2 + 1) {
        kept.size -= kept.pictures.removeValue(forKey: address)?.count ?? 0
      }
      kept.order.removeFirst(kept.order.count / 2 + 1)
    }
  }
}

extension Account {
  /// Where their avatar is served; nil without one.
  var picture: SafeURL? {
    profile.avatar.map { SafeURL(segments: ["pictures", "avatars", "\(user)", $0]) }
  }
}

extension GuildPlace {
  /// Where its icon is served; nil without one.
  var picture: SafeURL? { icon.map { SafeURL(segments: ["pictures", "icons", "\(guild)", $0]) } }
}
