// What a plugin wants, in plain words, and what of it the owner gives.

import DiscordCore
import HTML
import HTTPServer
import HTTPTypes
import PlatformAccess
import Resources
import Sandbox
import SandboxContract

/// The page `/g/{guild}/guests/review/{digest}`.
struct GuestConsent: Sendable {
  private let visit: GuildVisit
  private let digest: String

  init(_ visit: GuildVisit, artifact digest: String) { (self.visit, self.digest) = (visit, digest) }

  private var strings: StringCatalog { visit.strings }
  private var sandbox: Sandbox { visit.house.sandbox }

  func show() async throws -> HTTPResponse {
    guard let artifact = try await sandbox.artifact(digest, for: visit.guild) else {
      throw HTTPProblem.notFound
    }
    let manifest = artifact.release.manifest
    let before = sandbox.stored(manifest.id, in: visit.guild)
    var head = PageHead(
      strings("guest.review", ["plugin": manifest.name]), section: "guests",
      lead: strings["guest.review.lead"])
    head.trail = [(strings["nav.guests"], .guild(visit.guild, "guests"))]
    return try visit.visit.stackedPage(head) { html in
      about(manifest, &html)
      if !artifact.warnings.isEmpty {
        html.add(
          Notice(.warning, strings["guest.review.warnings"]) { html in
            html.element(.ul) { html in
              for warning in artifact.warnings.prefix(20) {
                html.element(.li) { html in html.isolated(String(warning.prefix(400))) }
              }
            }
          })
      }
      if let before, before.removedAt != nil {
        html.add(Notice(.info, strings["guest.review.back"]))
      }
      html.form(
        visit.visit.post(.guild(visit.guild, "guests", "review", digest)), .class("stack")
      ) { html in
        GuestGrantFields(
          manifest: manifest, granted: before?.installation.grants ?? .suggested(manifest),
          previous: before?.installation.release.manifest, visit: visit.visit
        ).write(&html)
        html.element(.div, .class("actions")) { html in
          html.add(
            Button(
              strings[dynamic: before?.removedAt == nil && before != nil ? "guest.update" : "guest.install"],
              kind: .primary, act: .submit()))
          html.add(Button(strings["guest.cancel"], act: .follow(.guild(visit.guild, "guests"))))
        }
      }
    }
  }

  private func about(_ manifest: GuestManifest, _ html: inout HTMLWriter) {
    html.add(
      Card(manifest.name, subtitle: manifest.description.isEmpty ? nil : manifest.description) { html in
        html.element(.ul) { html in
          html.element(.li) { html in
            html.isolated(manifest.versionLine(strings))
          }
          if !manifest.commands.isEmpty {
            html.element(.li) { html in
              html.isolated(
                strings(
                  "guest.review.commands",
                  ["commands": manifest.commands.map { "/\($0.name)" }.joined(separator: ", ")]))
            }
          }
          if !manifest.cron.isEmpty {
            html.element(.li) { html in
              html.isolated(
                strings(
                  "guest.review.cron",
                  ["tasks": manifest.cron.map { "\($0.name) (\($0.spec))" }.joined(separator: ", ")]))
            }
          }
        }
      })
  }

  /// Lets it in with what was ticked.
  func install() async throws -> HTTPResponse {
    guard let artifact = try await sandbox.artifact(digest, for: visit.guild) else {
      return try visit.refused(GuestProblem(.artifactGone), next: .guild(visit.guild, "guests"))
    }
    let manifest = artifact.release.manifest
    do {
      try await sandbox.install(
        artifact, in: visit.guild, GuestGrants(form: visit.visit.form), by: visit.guestActor)
    } catch let problem as GuestProblem {
      return try visit.refused(problem, next: .guild(visit.guild, "guests", "review", digest))
    }
    return try visit.visit.done(
      "guest.installed", ["plugin": manifest.name],
      next: SafeURL(segments: ["g", "\(visit.guild)", "guests", "at", manifest.id], query: []))
  }
}

/// The boxes to tick: capabilities with their risk, domains, privacy.
struct GuestGrantFields {
  let manifest: GuestManifest
  let granted: GuestGrants
  /// What is in now, to mark what is new; nil for a first time.
  let previous: GuestManifest?
  let visit: Visit

  private var strings: StringCatalog { visit.strings }

  func write(_ html: inout HTMLWriter) {
    let sorted = manifest.capabilities.sorted { ($1.tier, $0.rawValue) < ($0.tier, $1.rawValue) }
    html.add(
      Card(strings["guest.capabilities"], subtitle: strings["guest.capabilities.help"]) { html in
        if sorted.isEmpty { html.element(.p, text: strings["guest.capabilities.none"]) }
        html.element(.div, .class("grants")) { html in
          for capability in sorted { box(capability, &html) }
        }
        if manifest.capabilities.contains(.manageRoles) {
          html.add(
            Checkbox(
              Field(
                "dangerous_roles", label: strings["guest.dangerousRoles"],
                help: strings["guest.dangerousRoles.help"]), isOn: granted.allowsDangerousRoles))
        }
      })
    if !manifest.domains.isEmpty {
      html.add(
        Card(strings["guest.domains"], subtitle: strings["guest.domains.help"]) { html in
          for (number, domain) in manifest.domains.enumerated() {
            html.add(
              Checkbox(
                Field("domain:\(domain)", label: domain, id: ElementID("domain-\(number)")),
                isOn: granted.domains.contains(domain)))
          }
        })
    }
    guard manifest.capabilities.contains(.messageContent) else { return }
    html.add(
      Card(strings["guest.privacy"]) { html in
        html.add(
          RadioGroup(
            Field("privacy", label: strings["guest.privacy.label"]),
            choices: [
              Choice(
                GuestPrivacy.metadata.rawValue, label: strings["guest.privacy.metadata"],
                help: strings["guest.privacy.metadata.help"]),
              Choice(
                GuestPrivacy.full.rawValue, label: strings["guest.privacy.full"],
                help: strings["guest.privacy.full.help"]),
            ], selected: granted.privacy.rawValue))
      })
  }

  private func box(_ capability: GuestCapability, _ html: inout HTMLWriter) {
    let isNew = previous.map { !$0.capabilities.contains(capability) } ?? false
    let tier = visit.words(capability.tier.title, of: .sandbox)
    let name = visit.words(capability.title, of: .sandbox)
    html.element(.div, .class("grant grant-\(capability.tier)")) { html in
      html.add(
        Checkbox(
          Field(
            "capability:\(capability.rawValue)", label: "\(name) (\(tier))",
            id: ElementID("capability-" + capability.rawValue.map { $0 == ":" ? "-" : String($0) }.joined()),
            help: visit.words(capability.help, of: .sandbox)
              + (isNew ? " " + strings["guest.capability.new"] : "")),
          isOn: granted.capabilities.contains(capability)))
    }
  }
}

extension GuestGrants {
  /// What was ticked.
  init(form: FormFields) {
    let names = form.pairs.filter { $0.value == "on" }.map(\.name)
    self.init(
      capabilities: Set(
        names.compactMap { name in
          name.hasPrefix("capability:") ? GuestCapability(rawValue: String(name.dropFirst(11))) : nil
        }),
      domains: names.compactMap { $0.hasPrefix("domain:") ? String($0.dropFirst(7)) : nil },
      privacy: form["privacy"].flatMap { GuestPrivacy(rawValue: $0) } ?? .metadata,
      allowsDangerousRoles: names.contains("dangerous_roles"))
  }
}
