// Whether the legal pages changed since a reader took note of them.

import EventLoop
import PlatformAccounts
import PlatformSite
import Resources
import Storage
import Synchronization

/// When terms and privacy were last published. Asked for at every page, so it is remembered for a minute.
final class PolicyNews: Sendable {
  private static let lifetime = Duration.seconds(60)

  private struct Known {
    var publishedAt: Timestamp?
    var at: Duration
  }

  private let pages: LegalPages
  private let time: any TimeSource
  private let known = Mutex<Known?>(nil)

  init(_ house: DashboardEnvironment) {
    // Drafts are no news, so the sentences they are made of are not needed.
    pages = LegalPages(
      store: house.storage.platform, catalog: StringCatalog(language: "en", sentences: [:]))
    time = house.time
  }

  /// Whether something was published after the reader signed up, and after they last took note.
  ///
  /// - Throws: what the store throws.
  func isNews(to account: Account) async throws -> Bool {
    guard let publishedAt = try await publishedAt() else { return false }
    return publishedAt > (account.policiesSeenAt ?? account.firstSignInAt)
  }

  private func publishedAt() async throws -> Timestamp? {
    let now = time.uptime
    if let known = known.withLock({ $0 }), now - known.at < Self.lifetime { return known.publishedAt }
    var latest: Timestamp?
    for kind in [LegalPageKind.terms, .privacy] {
      guard let at = try await pages.history(kind, limit: 1).first?.publishedAt else { continue }
      latest = max(latest ?? at, at)
    }
    known.withLock { $0 = Known(publishedAt: latest, at: now) }
    return latest
  }
}
