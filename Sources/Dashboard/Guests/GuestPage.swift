// One third-party plugin in a server: how it does, what it may, its secrets, and the way out.

import PlatformDispatch
import SandboxArtifacts
import DiscordCore
import EventLoop
import HTML
import HTTPServer
import HTTPTypes
import PlatformAccess
import Resources
import Sandbox
import SandboxContract
import SandboxData
import Vault

/// The page `/g/{guild}/guests/at/{plugin}`.
struct GuestPage: Sendable {
  private let place: GuestPlace

  init(_ place: GuestPlace) { self.place = place }

  private var visit: GuildVisit { place.visit }
  private var strings: StringCatalog { visit.strings }
  private var isOwner: Bool { visit.role >= .owner }

  func show() async throws -> HTTPResponse {
    let manifest = place.manifest
    let state = try await place.sandbox.state(of: place.installation)
    let pages = place.installation.isEnabled ? await place.dashboard()?.pages ?? [] : []
    let lines = try await place.sandbox.log(of: place.plugin, in: visit.guild, limit: 8)
    let secrets = isOwner ? try await place.sandbox.secrets(of: place.installation) : []
    var head = PageHead(manifest.name, section: "guests", lead: String(manifest.description.prefix(300)))
    head.trail = [(strings["nav.guests"], .guild(visit.guild, "guests"))]
    return try visit.visit.stackedPage(
      head, actions: { html in place.toggle(&html, next: place.link()) }
    ) { html in
      stateCard(state, pages, &html)
      place.needs(BotMeans(visit), &html)
      logCard(lines, &html)
      if isOwner {
        grants(&html)
        if place.installation.grants.capabilities.contains(.secrets) { secretsCard(secrets, &html) }
        removal(&html)
      } else {
        granted(&html)
      }
    }
  }

  // MARK: How it does

  private func stateCard(_ state: GuestState, _ pages: [GuestDashboard.Page], _ html: inout HTMLWriter) {
    let pages = pages.filter { $0.role <= visit.role }
    let links: HTMLContent = { html in
      html.element(.div, .class("actions")) { html in
        for page in pages {
          html.add(Button(page.title, act: .follow(place.link("pages", page.id))).small())
        }
      }
    }
    html.add(
      Card(strings["guest.state"], footer: pages.isEmpty ? nil : links) { html in
        html.add(DefinitionList(facts(state)))
        if place.visit.house.dispatcher.isHeldUp(place.plugin, in: visit.guild) {
          html.add(Notice(.warning, strings["guest.state.heldUp"]))
        }
      })
  }

  private func facts(_ state: GuestState) -> [(name: String, value: HTMLContent)] {
    var facts = [
      ("version", place.manifest.version),
      ("process", strings[dynamic: "guest.state.\(state.phase.rawValue)"]),
    ]
    if let memory = state.memory { facts.append(("memory", "\(memory / 1_048_576) MiB")) }
    if let processor = state.processor { facts.append(("processor", "\(processor.components.seconds) s")) }
    facts += [("restarts", "\(state.restarts)"), ("errors", "\(state.errorsToday)")]
    if !place.manifest.commands.isEmpty {
      let names = place.sandbox.commandNames(of: place.plugin, in: visit.guild)
      facts.append(("commands", names.map { "/\($0)" }.joined(separator: " ")))
    }
    return facts.map { key, value in
      (strings[dynamic: "guest.state.\(key)"], { html in html.isolated(value) })
    }
  }

  private func logCard(_ lines: [GuestLogLine], _ html: inout HTMLWriter) {
    html.add(
      Card(
        strings["guest.log"],
        footer: { html in
          html.add(Button(strings["guest.log.all"], kind: .quiet, act: .follow(place.link("log"))).small())
        }
      ) { html in
        if lines.isEmpty { html.element(.p, .class("muted"), text: strings["guest.log.none"]) }
        for line in lines { GuestLogPage.line(line, strings, &html) }
      })
  }

  // MARK: What it may

  private func granted(_ html: inout HTMLWriter) {
    html.add(
      Card(strings["guest.capabilities"]) { html in
        html.element(.ul) { html in
          for capability in place.installation.grants.capabilities.sorted() {
            html.element(.li, text: place.visit.visit.words(capability.title, of: .sandbox))
          }
        }
      })
  }

  private func grants(_ html: inout HTMLWriter) {
    html.form(visit.visit.post(place.link("grants")), .class("stack")) { html in
      GuestGrantFields(
        manifest: place.manifest, granted: place.installation.grants, previous: nil, visit: place.visit.visit
      ).write(&html)
      html.element(.p) { html in
        html.add(Button(strings["guest.grants.save"], kind: .primary, act: .submit()))
      }
    }
  }

  func grant() async throws -> HTTPResponse {
    do {
      try await place.sandbox.change(
        place.plugin, in: visit.guild, to: GuestGrants(form: visit.visit.form), by: place.actor)
    } catch let problem as GuestProblem {
      return try visit.refused(problem, next: place.link())
    }
    return try visit.visit.done("guest.granted", ["plugin": place.manifest.name], next: place.link())
  }

  // MARK: Secrets

  private func secretsCard(_ secrets: [SecretEntry], _ html: inout HTMLWriter) {
    html.add(
      Card(strings["guest.secrets"], subtitle: strings["guest.secrets.help"]) { html in
        if !secrets.isEmpty {
          html.element(.ul, .class("rows")) { html in
            for secret in secrets {
              let name = secret.name
              html.element(.li, .class("rows-row")) { html in
                html.element(.code) { html in html.isolated(name) }
                if let host = secret.boundTo {
                  html.element(.span, .class("muted"), text: strings("guest.secrets.bound", ["host": host]))
                }
                html.form(visit.visit.post(place.link("secrets"), ("name", name), ("remove", "on"))) { html in
                  html.add(
                    Button(strings("guest.secrets.remove", ["name": name]), kind: .quiet, act: .submit())
                      .small())
                }
              }
            }
          }
        }
        html.form(visit.visit.post(place.link("secrets")), .class("stack")) { html in
          html.add(
            TextInput(Field("name", label: strings["guest.secrets.name"], isRequired: true), value: ""))
          html.add(
            SecretInput(
              Field("value", label: strings["guest.secrets.value"], isRequired: true), isSet: false))
          // Of another's plugin, its developer says where a secret may go.
          if place.sandbox.isDeveloper(visit.guild, of: place.installation.release) {
            html.add(
              TextInput(
                Field("host", label: strings["guest.secrets.host"], help: strings["guest.secrets.host.help"]),
                placeholder: "api.example.com"))
          }
          html.element(.p) { html in html.add(Button(strings["guest.secrets.add"], act: .submit())) }
        }
      })
  }

  func setSecret() async throws -> HTTPResponse {
    guard let name = visit.visit.field("name") else {
      return try visit.visit.refused("guest.secret.noName", next: place.link())
    }
    if visit.visit.field("remove") != nil {
      try await place.sandbox.setSecret(nil, name: name, of: place.installation, by: place.actor)
      return try visit.visit.done("guest.secret.removed", ["name": name], next: place.link())
    }
    guard let value = visit.visit.form["value"], !value.isEmpty else {
      return try visit.visit.refused("guest.secret.noValue", next: place.link())
    }
    let host = visit.visit.field("host").map { $0.lowercased() }
    let isSet = try await place.sandbox.setSecret(
      Secret(utf8: value), name: name, boundTo: host, of: place.installation, by: place.actor)
    guard isSet else { return try visit.visit.refused("guest.secret.bad", next: place.link()) }
    return try visit.visit.done("guest.secret.set", ["name": name], next: place.link())
  }

  // MARK: On, off and out

  func turn() async throws -> HTTPResponse {
    let isOn = visit.visit.field("on") != nil
    var next = place.link()
    if let text = visit.visit.field("next"), let url = SafeURL(text), url.isLocal { next = url }
    do {
      try await place.sandbox.setEnabled(isOn, plugin: place.plugin, in: visit.guild, by: place.actor)
    } catch let problem as GuestProblem {
      return try visit.refused(problem, next: next)
    }
    return try visit.visit.done(
      isOn ? "plugins.on" : "plugins.off", ["plugin": place.manifest.name], next: next)
  }

  private func removal(_ html: inout HTMLWriter) {
    html.add(
      Card(strings["guest.remove"], subtitle: strings["guest.remove.help"]) { html in
        html.form(visit.visit.post(place.link("remove")), .class("stack")) { html in
          html.add(
            Checkbox(
              Field(
                "sure", label: strings("guest.remove.sure", ["plugin": place.manifest.name]), isRequired: true
              ),
              isOn: false))
          html.element(.p) { html in
            html.add(
              Button(
                strings("guest.remove.act", ["plugin": place.manifest.name]), kind: .danger, act: .submit()))
          }
        }
      })
  }

  func remove() async throws -> HTTPResponse {
    guard visit.visit.field("sure") != nil else {
      return try visit.visit.refused("guest.notSure", next: place.link())
    }
    do {
      try await place.sandbox.uninstall(place.plugin, from: visit.guild, by: place.actor)
    } catch let problem as GuestProblem {
      return try visit.refused(problem, next: place.link())
    }
    return try visit.visit.done(
      "guest.removed", ["plugin": place.manifest.name], next: .guild(visit.guild, "guests"))
  }
}
