// Tests of the ready-made greeting.

import Testing

@testable import Cards

@Suite(.timeLimit(.minutes(1))) struct WelcomeCardTests {
  /// White, black and grey pictures of one pixel: written by our own encoder.
  private func picture(_ color: Color) throws -> [UInt8] {
    try encodePNG([color.red, color.green, color.blue, 255], width: 1, height: 1)
  }

  @Test(arguments: [CardStyle.midnight, .daylight, .forest, .ember])
  func `every style shows picture, headline, name and detail`(_ style: CardStyle) async throws {
    let avatar = try fixture("halves.png")
    let whole = WelcomeCard(
      headline: "Welcome to Aurora", name: "Ada Lovelace", detail: "Member #12", avatar: avatar, style: style)
    let probe = try await Probe(whole.card)
    #expect(probe.file.width == 1_000 && probe.file.height == 360)
    #expect(probe[120, 180].isClose(to: .fixtureRed) && probe[250, 180].isClose(to: .fixtureBlue))
    // Each line is missed where it is left out.
    for (change, rows) in [
      ({ $0.headline = "" }, 100..<134), ({ $0.name = "" }, 144..<214), ({ $0.detail = "" }, 228..<272),
    ] as [((inout WelcomeCard) -> Void, Range<Int>)] {
      var part = whole
      change(&part)
      let difference = try #require(try await Probe(part.card).difference(from: probe))
      #expect(rows.contains(difference.y.lowerBound) && rows.contains(difference.y.upperBound))
      #expect(difference.x.lowerBound >= 345 && difference.x.upperBound < 945)
    }
  }

  @Test func `without a detail the lines move to the middle`() {
    func baselines(_ card: WelcomeCard) -> [Double] {
      card.card.elements.compactMap { if case .text(let text) = $0 { text.baseline } else { nil } }
    }
    let with = baselines(WelcomeCard(headline: "a", name: "b", detail: "c"))
    let without = baselines(WelcomeCard(headline: "a", name: "b"))
    #expect(with.count == 3 && without.count == 2)
    #expect(zip(with, without).allSatisfy { $0 < $1 })
  }

  @Test(arguments: [Color.white, .black, Color(0x808080), Color(0xFFD166)])
  func `name and headline are readable on a picture, in any colour of text`(_ background: Color) async throws
  {
    for text in [nil, Color.white, .black] as [Color?] {
      let style = CardStyle(
        background: .picture(try picture(background), behind: .black), accent: background, text: text)
      let probe = try await Probe(WelcomeCard(headline: "HHHHH", name: "HHHHH", style: style).card)
      // Between the picture and the lines, where nothing is written.
      let beside = probe[330, 180]
      for rows in [136..<156, 186..<228] {
        #expect(probe.contrast(x: 352..<420, y: rows, against: beside) >= 4.2)
      }
    }
  }

  @Test func `a background that is no picture gives way to the colour behind it, and is told`() async throws {
    let style = CardStyle(background: .picture([1, 2, 3], behind: Color(0x204060)), accent: .white)
    let probe = try await Probe(WelcomeCard(headline: "Welcome", name: "Ada", style: style).card)
    #expect(probe[960, 300].isClose(to: Color(0x204060)))
    #expect(probe.file.problems.map(\.reason) == [.unknownFormat])
  }
}
