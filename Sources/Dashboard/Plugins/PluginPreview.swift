// What settings would look like, before they are saved.

import DiscordCore
import HTML
import HTTPServer
import HTTPTypes
import PlatformConfiguration
import PlatformDispatch
import PlatformPlugins
import PlatformSettings
import Resources

/// A plugin's page `preview`, drawn from what was typed; or why it is not.
enum PluginPreview: Sendable {
  case content(PageContent)
  case sentence(String)

  func render(into html: inout HTMLWriter) {
    switch self {
    case .content(let content): content.write(&html)
    case .sentence(let sentence): html.element(.p, .class("muted"), text: sentence)
    }
  }
}

extension PluginSettingsPage {
  /// The page that a preview is; nil for plugins without, and for people who may not see it.
  private var previewPage: PluginPage? {
    place.unit.pages.first { $0.id == "preview" && $0.role <= place.visit.role }
  }

  var hasPreview: Bool { previewPage != nil && place.mayChange }

  /// Answers with the preview of what was sent: alone for the script that shows it beside the form, else with the form
  /// as it was sent.
  func preview(_ drafts: PreviewDrafts) async throws -> HTTPResponse {
    let reading = read()
    let preview = try await drawn(reading, drafts)
    if try place.visit.visit.query("part") != nil {
      let strings = place.strings.componentStrings
      var response = HTTPResponse(
        status: .ok, contentType: "text/html; charset=utf-8",
        bytes: HTMLWriter.bytes(strings: strings) { html in
          html.element(.div, .class("preview-content")) { html in preview.render(into: &html) }
        })
      response.fields["Cache-Control"] = "private, no-store"
      return response
    }
    let revision = place.visit.visit.field(Self.revisionField).flatMap { Int64($0) } ?? 0
    var state = State(document: reading.document, revision: revision, isUnsaved: true)
    (state.problems, state.typed, state.preview) = (reading.problems, reading.typed, preview)
    return try page(state)
  }

  private func drawn(_ reading: SettingsFormReader.Reading, _ drafts: PreviewDrafts) async throws
    -> PluginPreview
  {
    guard let page = previewPage else { throw HTTPProblem.notFound }
    let visit = place.visit
    guard reading.problems.isEmpty else { return .sentence(place.strings["plugins.preview.problems"]) }
    let settings: any PluginSettings
    do {
      settings = try visit.house.configurations.checked(reading.document, plugin: place.unit.id)
    } catch {
      return .sentence(place.strings["plugins.preview.problems"])
    }
    let core = try await visit.house.dispatcher.context(
      of: place.unit.id, in: visit.guild, trying: settings, cause: "web:\(visit.request.id)")
    guard let core else { throw HTTPProblem(.serviceUnavailable, place.strings["problem.noBot"]) }
    let draft = drafts.keep(settings, place)
    do {
      return .content(
        try await visit.house.dispatcher.render(page, core, place.request(draft: draft)))
    } catch let refusal as Refusal {
      return .sentence(place.sentence(refusal))
    } catch is PageFailure {
      return .sentence(place.strings["plugins.page.failed"])
    }
  }

  /// The preview beside the form. The script fills it while people type; without scripts a button does.
  func preview(_ state: State, _ html: inout HTMLWriter) {
    let strings = place.strings
    html.element(
      .aside, .class("preview"), .id("preview"), .data("preview", formID.rawValue),
      .data("preview-url", place.link("preview", query: [("part", "1")]).description),
      .data("preview-failed", strings["plugins.preview.failed"]),
      .ariaLabel(strings["plugins.preview"])
    ) { html in
      html.element(.div, .class("preview-head")) { html in
        html.element(.h2, text: strings["plugins.preview"])
        html.add(
          Button(strings["plugins.preview.show"], icon: .eye, act: .submit()).small()
            .with(.form(formID), .formAction(place.link("preview")), .formNoValidate()))
      }
      html.element(.div, .data("preview-place"), .ariaLive("polite")) { html in
        if let preview = state.preview {
          html.element(.div, .class("preview-content")) { html in preview.render(into: &html) }
        } else {
          html.element(.p, .class("muted"), text: strings["plugins.preview.empty"])
        }
      }
    }
  }
}
