// Every pair of text and ground that the style sheets use, by the contrast formula of WCAG 2.2, in both themes.

import Dashboard
import Glibc
import Testing

@Suite struct `Colours` {
  enum Theme: String, CaseIterable {
    case light, dark
  }

  let tokens: [String: (light: String, dark: String)]

  init() throws {
    let sheet = try #require(try dashboard.get().contents["app.css"])
    tokens = parsed(String(decoding: sheet, as: UTF8.self))
  }

  @Test(arguments: textPairs, Theme.allCases) func `of text are read on their ground`(
    _ pair: Pair, _ theme: Theme
  ) throws {
    #expect(try contrast(pair, theme) >= 4.5)
  }

  @Test(arguments: shapePairs, Theme.allCases) func `of controls and focus are seen`(
    _ pair: Pair, _ theme: Theme
  ) throws {
    #expect(try contrast(pair, theme) >= 3)
  }

  @Test func `are computed as the standard does`() {
    #expect(ratio("#ffffff", "#000000") == 21)
    #expect(abs(ratio("#777777", "#ffffff") - 4.48) < 0.01)
    #expect(ratio("#123456", "#123456") == 1)
  }

  private func contrast(_ pair: Pair, _ theme: Theme) throws -> Double {
    let front = try #require(tokens[pair.front], "\(pair.front)")
    let ground = try #require(tokens[pair.ground], "\(pair.ground)")
    return theme == .light ? ratio(front.light, ground.light) : ratio(front.dark, ground.dark)
  }
}

struct Pair: Sendable, CustomTestStringConvertible {
  let front: String
  let ground: String
  var testDescription: String { "\(front) on \(ground)" }
}

private func pairs(_ fronts: [String], on grounds: [String]) -> [Pair] {
  fronts.flatMap { front in grounds.map { Pair(front: front, ground: $0) } }
}

private let textPairs =
  pairs(["chat-ink", "chat-muted", "chat-link"], on: ["chat", "chat-card"])
  + pairs(["chat-white"], on: ["chat-primary", "chat-success", "chat-danger"])
  + [
    Pair(front: "chat-mention-ink", ground: "chat-mention"),
    Pair(front: "chat-secondary-ink", ground: "chat-secondary"),
  ]
  + pairs(["ink", "ink-muted", "accent-ink"], on: ["canvas", "surface", "raised", "hover"])
  + pairs(["ink", "ink-muted"], on: ["sunken", "neutral-soft"])
  + pairs(["ink"], on: ["accent-soft", "info-soft", "success-soft", "warning-soft", "error-soft"])
  + pairs(["info-ink", "success-ink", "warning-ink", "error-ink"], on: ["canvas", "surface", "raised"])
  + ["info", "success", "warning", "error"].map { Pair(front: "\($0)-ink", ground: "\($0)-soft") }
  + [
    Pair(front: "accent-ink", ground: "accent-soft"), Pair(front: "on-accent", ground: "accent"),
    Pair(front: "on-accent", ground: "accent-strong"), Pair(front: "on-danger", ground: "danger"),
    Pair(front: "on-danger", ground: "danger-strong"), Pair(front: "canvas", ground: "ink"),
  ]

private let shapePairs =
  pairs(["edge", "focus", "accent"], on: ["canvas", "surface", "raised"])
  + pairs((1...6).map { "chart-\($0)" }, on: ["surface", "raised"])
  + pairs(["error-ink", "edge"], on: ["raised"]) + pairs(["accent"], on: ["accent-soft", "neutral-soft"])

/// The `light-dark()` tokens of the sheet.
private func parsed(_ css: String) -> [String: (light: String, dark: String)] {
  var tokens: [String: (light: String, dark: String)] = [:]
  for line in css.split(separator: "\n") {
    let parts = line.split(separator: ":", maxSplits: 1)
    guard parts.count == 2, let name = parts.first?.drop(while: { $0 == " " }), name.hasPrefix("--") else {
      continue
    }
    let colours = parts[1].split { " (),;".contains($0) }
    guard colours.count == 3, colours[0] == "light-dark", colours[1].count == 7, colours[2].count == 7 else {
      continue
    }
    tokens[String(name.dropFirst(2))] = (String(colours[1]), String(colours[2]))
  }
  return tokens
}

/// WCAG 2.2, "contrast ratio".
private func ratio(_ first: String, _ second: String) -> Double {
  let levels = [luminance(first), luminance(second)].sorted()
  return (levels[1] + 0.05) / (levels[0] + 0.05)
}

/// WCAG 2.2, "relative luminance".
private func luminance(_ colour: String) -> Double {
  let value = UInt32(colour.dropFirst(), radix: 16) ?? 0
  let channels = [16, 8, 0].map { shift -> Double in
    let level = Double((value >> UInt32(shift)) & 255) / 255
    return level <= 0.04045 ? level / 12.92 : pow((level + 0.055) / 1.055, 2.4)
  }
  return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
}
