// What is wrong, above the form with links, and at each field.

import HTML
import PlatformSettings
import Resources

extension SettingsForm {
  /// So many problems are listed and shown at fields.
  private static let maximumProblems = 50

  private var shownProblems: ArraySlice<SettingsProblem> { problems.prefix(Self.maximumProblems) }

  /// The id of what shows a place.
  func anchor(_ path: String) -> ElementID { ElementID("field-\(path)") }

  /// All problems with links to their fields.
  func problemList(_ html: inout HTMLWriter) {
    guard !problems.isEmpty else { return }
    let page = words.page
    let count = problems.count
    let title =
      count == 1
      ? page["settingsForm.problems.one"] : page("settingsForm.problems.other", ["count": String(count)])
    html.add(
      Notice(.error, title) { html in
        html.element(.ul, .class("settings-problems")) { html in
          for problem in shownProblems {
            html.element(.li) { html in
              let sentence = words.sentence(problem, fields: fields)
              let found = words.place(problem.path.description, in: fields)
              if let found, !found.labels.isEmpty {
                html.element(
                  .a, .href(anchor(found.control).link), text: found.labels.joined(separator: " › "))
                html.text(": \(sentence)")
              } else {
                html.text(sentence)
              }
            }
          }
        }
      })
  }

  /// The sentences of what is wrong with a control, and with what is inside of it; nil when nothing is.
  func error(at path: String, isWhole: Bool = true) -> String? {
    if problems.isEmpty { return nil }
    var sentences: [String] = []
    for problem in shownProblems {
      let place = problem.path.description
      if place == path {
        sentences.append(words.sentence(problem, fields: fields))
      } else if isWhole, let rest = Self.rest(of: place, after: path) {
        let sentence = words.sentence(problem, fields: fields)
        if let number = Int(rest.dropFirst().prefix { $0 != "]" }), number < .max {
          sentences.append(
            words.page("settingsForm.entry", ["number": String(number + 1), "problem": sentence]))
        } else {
          sentences.append(sentence)
        }
      }
    }
    return sentences.isEmpty ? nil : sentences.prefix(5).joined(separator: " ")
  }

  /// Whether something inside is wrong, so that it must be open.
  func hasProblem(within path: String) -> Bool {
    shownProblems.contains {
      $0.path.description == path || Self.rest(of: $0.path.description, after: path) != nil
    }
  }

  private static func rest(of place: String, after path: String) -> Substring? {
    guard place.hasPrefix(path) else { return nil }
    let rest = place.dropFirst(path.count)
    return rest.first == "[" || rest.first == "." ? rest : nil
  }

  /// What is wrong with a group or list itself.
  func ownProblems(of place: SettingsPlace, _ html: inout HTMLWriter) {
    guard let error = error(at: place.path, isWhole: false) else { return }
    html.element(.p, .class("field-error"), .id(anchor(place.path).part("error"))) { html in
      html.add(Icon.error)
      html.element(.span, text: error)
    }
  }
}
