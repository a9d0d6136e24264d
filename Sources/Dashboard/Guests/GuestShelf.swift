// Third-party plugins of a server, and how further ones come in.

import DiscordCore
import EventLoop
import HTML
import HTTPServer
import HTTPTypes
import PlatformAccess
import Resources
import Sandbox
import SandboxArtifacts
import SandboxContract

/// The page `/g/{guild}/guests`.
struct GuestShelf: Sendable {
  let visit: GuildVisit

  init(_ visit: GuildVisit) { self.visit = visit }

  private var strings: StringCatalog { visit.strings }
  private var sandbox: Sandbox { visit.house.sandbox }
  private var here: SafeURL { .guild(visit.guild, "guests") }

  func show() async throws -> HTTPResponse {
    let stored = sandbox.stored(in: visit.guild)
    let artifacts = visit.role >= .owner ? try await sandbox.artifacts(for: visit.guild) : []
    let pages = await Self.pages(visit, stored)
    let means = BotMeans(visit)
    return try visit.visit.stackedPage(
      PageHead(strings["guest.title"], section: "guests", lead: strings["guest.lead"])
    ) { html in
      let present = stored.filter { $0.removedAt == nil }
      if present.isEmpty {
        html.add(EmptyState(strings["guest.none.own"], strings["guest.none.help"]))
      } else {
        html.element(.div, .class("plugin-cards")) { html in
          for one in present {
            Self.card(
              GuestPlace(visit, one), pages: pages[one.installation.plugin] ?? [], means, next: here, &html)
          }
        }
      }
      if visit.role >= .owner {
        upload(&html)
        offers(artifacts, present, &html)
      }
      gone(stored.filter { $0.removedAt != nil }, &html)
    }
  }

  /// The pages of each plugin that is there, by its id.
  static func pages(_ visit: GuildVisit, _ stored: [StoredInstallation]) async -> [String: [GuestDashboard
    .Page]]
  {
    var pages: [String: [GuestDashboard.Page]] = [:]
    for one in stored where one.removedAt == nil && one.installation.isEnabled {
      pages[one.installation.plugin] = await GuestPlace(visit, one).dashboard()?.pages
    }
    return pages
  }

  /// A plugin that is there, as one of a list.
  static func card(
    _ place: GuestPlace, pages: [GuestDashboard.Page], _ means: BotMeans, next: SafeURL,
    _ html: inout HTMLWriter
  ) {
    let strings = place.visit.strings
    let manifest = place.manifest
    html.add(
      Card(
        manifest.name,
        subtitle: manifest.description.isEmpty ? nil : String(manifest.description.prefix(300)),
        actions: { html in place.toggle(&html, next: next) },
        footer: { html in
          html.element(.div, .class("actions")) { html in
            html.add(
              Button(
                strings[dynamic: place.visit.role >= .owner ? "guest.manage" : "plugins.look"],
                icon: .sliders,
                act: .follow(place.link())
              ).small())
            if place.installation.isEnabled {
              for page in pages where page.role <= place.visit.role {
                html.add(
                  Button(page.title, kind: .quiet, act: .follow(place.link("pages", page.id))).small())
              }
            }
          }
        }
      ) { html in
        html.element(.div, .class("stack")) { html in
          html.element(.p, .class("muted")) { html in
            html.add(Badge(strings["guest.badge"], .info))
            html.text(" ")
            html.isolated(manifest.versionLine(strings))
          }
          place.needs(means, &html)
        }
      })
  }

  // MARK: Bringing one

  private func upload(_ html: inout HTMLWriter) {
    html.add(
      Card(strings["guest.upload"], subtitle: strings["guest.upload.help"]) { html in
        html.form(
          visit.visit.post(here), .class("stack"), .multipart
        ) { html in
          html.element(.p) { html in
            html.element(
              .label, .for(ElementID("guest-zip")), .class("label"), text: strings["guest.upload.file"])
            html.text(" ")
            html.void(
              .input, .type("file"), .id(ElementID("guest-zip")), .name("zip"), .required())
          }
          html.element(.p) { html in
            html.add(Button(strings["guest.upload.act"], kind: .primary, icon: .upload, act: .submit()))
          }
        }
      })
  }

  /// Zips that were uploaded and are not in yet.
  private func offers(
    _ artifacts: [StoredArtifact], _ present: [StoredInstallation], _ html: inout HTMLWriter
  ) {
    let known = Set(present.map(\.installation.release))
    let offered = artifacts.filter { !known.contains($0.release) }
    guard !offered.isEmpty else { return }
    html.add(
      Table(
        strings["guest.offers"],
        columns: [
          .init(strings["guest.offers.name"]), .init(strings["guest.offers.version"]),
          .init(strings["guest.offers.when"]),
        ],
        rows: offered.prefix(50).map { artifact in
          .init(
            [
              { html in html.isolated(artifact.release.manifest.name) },
              { html in html.isolated(artifact.release.version) },
              { html in html.add(TimeText(artifact.uploadedAt)) },
            ],
            actions: { html in
              html.add(
                Button(
                  strings["guest.offers.look"],
                  act: .follow(.guild(visit.guild, "guests", "review", artifact.release.digest))
                ).small())
            })
        }))
  }

  /// Plugins whose data is still held.
  private func gone(_ removed: [StoredInstallation], _ html: inout HTMLWriter) {
    guard !removed.isEmpty else { return }
    html.add(
      Card(strings["guest.out"], subtitle: strings["guest.gone.help"]) { html in
        html.element(.ul) { html in
          for one in removed {
            html.element(.li) { html in
              html.isolated(one.installation.release.manifest.name)
              html.text(" ")
              if let at = one.removedAt { html.add(TimeText(at)) }
              if visit.role >= .owner {
                html.text(" ")
                html.element(
                  .a,
                  .href(.guild(visit.guild, "guests", "review", one.installation.release.digest)),
                  text: strings["guest.gone.back"])
              }
            }
          }
        }
      })
  }

  /// Takes a zip, looks at it, and leads to what it wants.
  func upload() async throws -> HTTPResponse {
    guard let file = visit.visit.files.first(where: { $0.field == "zip" }), !file.bytes.isEmpty else {
      return try visit.visit.refused("guest.noFile", next: here)
    }
    do {
      let artifact = try await sandbox.stage(file.bytes, origin: .guild(visit.guild), by: visit.guestActor)
      return .redirect(
        to: SafeURL.guild(visit.guild, "guests", "review", artifact.release.digest).description)
    } catch let problem as GuestProblem {
      return try visit.refused(problem, next: here)
    }
  }
}
