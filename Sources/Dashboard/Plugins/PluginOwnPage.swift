// The pages that plugins bring along, and what their forms do.

import HTML
import HTTPServer
import HTTPTypes
import PlatformAccess
import PlatformDispatch
import PlatformPlugins
import PlatformSettings
import Resources

/// `/g/{guild}/{plugin}/{page}`.
struct PluginOwnPage: Sendable {
  private let place: PluginPlace
  private let id: String
  private let drafts: PreviewDrafts

  init(_ place: PluginPlace, _ id: String, _ drafts: PreviewDrafts) {
    (self.place, self.id, self.drafts) = (place, id, drafts)
  }

  private var strings: StringCatalog { place.strings }

  func show() async throws -> HTTPResponse {
    guard let page = place.unit.pages.first(where: { $0.id == id }) else { throw HTTPProblem.notFound }
    try check(page.role)
    guard place.isOn else { return try off() }
    let draft = try place.visit.visit.query(PreviewDrafts.field)
    do {
      let core = try await core(draft)
      let fields = try place.fields(of: place.visit.request.query.pairs.map { ($0.name, $0.value) })
      let content = try await place.visit.house.dispatcher.render(
        page, core, place.request(fields: fields, draft: draft))
      return try answer(content)
    } catch let refusal as Refusal {
      return try sentence(place.sentence(refusal), HTTPStatus(422))
    } catch is PageFailure {
      return try sentence(strings["plugins.page.failed"], HTTPStatus(500))
    }
  }

  /// Does what a form of a page asks for.
  func perform() async throws -> HTTPResponse {
    guard let action = place.unit.actions.first(where: { $0.id == id }) else { throw HTTPProblem.notFound }
    try check(action.role)
    guard place.isOn else {
      return try place.visit.visit.refused("plugins.isOff", ["plugin": place.name], next: place.link())
    }
    let fields = try place.fields(
      of: place.visit.form.pairs.map { ($0.name, $0.value) }
        + place.visit.request.query.pairs.map { ($0.name, $0.value) })
    let request = place.request(fields: fields)
    do {
      let core = try await core(nil)
      switch try await place.visit.house.dispatcher.perform(action, core, request) {
      case .done(let sentence, let next):
        return try told(sentence, next: request.addresses.link(next), isDone: true)
      case .refused(let sentence, let next):
        return try told(sentence, next: request.addresses.link(next), isDone: false)
      case .page(let content): return try answer(content)
      }
    } catch let refusal as Refusal {
      return try told(place.sentence(refusal), next: back, isDone: false)
    } catch is PageFailure {
      return try told(strings["plugins.page.failed"], next: back, isDone: false)
    }
  }

  /// Where a form that failed leads: the page of its name, else the plugin's first one.
  private var back: SafeURL {
    let pages = place.unit.pages.filter { $0.role <= place.visit.role }
    guard let page = pages.first(where: { $0.id == id }) ?? pages.first(where: \.isListed) else {
      return place.link()
    }
    return place.pageLink(page.id)
  }

  private func told(_ sentence: String, next: SafeURL, isDone: Bool) throws -> HTTPResponse {
    // It travels in a cookie, which has no lines.
    let line = sentence.split(whereSeparator: \.isNewline).joined(separator: " ")
    return isDone
      ? try place.visit.visit.done("plugins.said", ["sentence": line], next: next)
      : try place.visit.visit.refused("plugins.said", ["sentence": line], next: next)
  }

  private func check(_ role: AccessRole) throws {
    guard place.visit.role >= role else {
      throw HTTPProblem(
        .forbidden, strings["problem.forbidden"], detail: strings[dynamic: "problem.needs.\(role.name)"])
    }
  }

  private func core(_ draft: String?) async throws -> ContextCore {
    guard let draft, let settings = drafts.settings(draft, place) else {
      return try await place.visit.context(of: place.unit.id)
    }
    let core = try await place.visit.house.dispatcher.context(
      of: place.unit.id, in: place.visit.guild, trying: settings, cause: "web:\(place.visit.request.id)")
    guard let core else { throw HTTPProblem(.serviceUnavailable, strings["problem.noBot"]) }
    return core
  }

  // MARK: Answers

  private var head: PageHead {
    var head = PageHead(place.title(of: id), section: "page.\(place.unit.id)")
    head.trail = [
      (strings["nav.plugins"], .guild(place.visit.guild, "plugins")), (place.name, place.link()),
    ]
    return head
  }

  private func answer(_ content: PageContent) throws -> HTTPResponse {
    if let picture = content.picture {
      var response = HTTPResponse(
        status: .ok, contentType: picture.format.contentType, bytes: picture.bytes)
      response.fields["Cache-Control"] = "private, no-store"
      return response
    }
    let place = place
    return try place.visit.visit.stackedPage(head) { html in
      place.tabs(&html, current: "page.\(id)")
      html.element(.div, .class("stack plugin-page"), content: content.write)
    }
  }

  private func sentence(_ sentence: String, _ status: HTTPStatus) throws -> HTTPResponse {
    var head = head
    head.status = status
    let place = place
    return try place.visit.visit.stackedPage(head) { html in
      place.tabs(&html, current: "page.\(id)")
      html.add(Notice(.error, sentence))
    }
  }

  /// The plugin is off: says so, with the switch beside it.
  private func off() throws -> HTTPResponse {
    let place = place
    let here = place.pageLink(id)
    return try place.visit.visit.stackedPage(head) { html in
      html.add(
        EmptyState(strings("plugins.page.off", ["plugin": place.name]), strings["plugins.page.off.help"]))
      place.toggle(&html, next: here)
    }
  }
}

extension PluginPlace {
  /// What the plugin is told of the request.
  func request(fields: [String: String] = [:], draft: String? = nil) -> PageRequest {
    PageRequest(
      user: visit.user, role: visit.role, address: visit.visit.address, fields: fields,
      addresses: PageAddresses(
        ["g", "\(visit.guild)", unit.id], hidden: visit.visit.post("/").hidden,
        query: draft.map { [(PreviewDrafts.field, $0)] } ?? []))
  }

  /// The first of each name, without what is the dashboard's own.
  func fields(of pairs: [(String, String)]) throws -> [String: String] {
    let own = pairs.prefix(1_000).filter { $0.0 != Gate.csrfField && $0.0 != PreviewDrafts.field }
    return Dictionary(own) { first, _ in first }
  }

  /// Why somebody does not get what they asked for, in the plugin's words or the core's.
  func sentence(_ refusal: Refusal) -> String {
    visit.house.dispatcher.sentence(
      refusal.key, refusal.parameters, of: unit.id, language: strings.language)
  }
}
