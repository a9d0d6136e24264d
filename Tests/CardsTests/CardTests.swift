// Tests of drawing: what is where on a card, probed pixel by pixel, so that fonts may change their versions.

import Testing

@testable import Cards

@Suite(.timeLimit(.minutes(1))) struct CardTests {
  private let back = Color(0x101218)

  private func card(_ elements: [Card.Element], width: Int = 400, height: Int = 120) -> Card {
    Card(width: width, height: height, cornerRadius: 0, background: .color(back), elements: elements)
  }

  @Test func `the same card is the same file, on any thread`() async throws {
    let card = WelcomeCard(headline: "Welcome", name: "Ada 🦊 桜", detail: "#7").card
    let renderer = CardRenderer(parallelism: 2)
    let files = try await withThrowingTaskGroup { group in
      for _ in 0..<6 { group.addTask { try await renderer.render(card) } }
      return try await group.reduce(into: [CardFile]()) { $0.append($1) }
    }
    #expect(files.count == 6)
    #expect(files.allSatisfy { $0 == files[0] })
  }

  @Test func `corners are transparent outside, the middle is the background`() async throws {
    let probe = try await Probe(
      Card(width: 200, height: 100, cornerRadius: 20, background: .color(back), elements: []))
    for (x, y) in [(0, 0), (199, 0), (0, 99), (199, 99)] { #expect(probe[x, y].alpha == 0) }
    for (x, y) in [(100, 50), (0, 50), (100, 0)] { #expect(probe[x, y].isClose(to: back, 1)) }
  }

  @Test func `a gradient runs from the first colour to the second`() async throws {
    let probe = try await Probe(
      Card(
        width: 200, height: 100, cornerRadius: 0, background: .gradient(.black, .white, degrees: 0),
        elements: []))
    #expect(probe[0, 50].isClose(to: .black, 3) && probe[199, 50].isClose(to: .white, 3))
    #expect(probe[100, 10].isClose(to: Color(0x808080), 3))
  }

  @Test func `panels, glows and bars are where they belong`() async throws {
    let probe = try await Probe(
      card([
        .glow(Card.Glow(x: 40, y: 60, radius: 30, color: .fixtureRed)),
        .panel(
          Card.Panel(
            Card.Frame(x: 100, y: 20, width: 100, height: 80), radius: 10, fill: .fixtureBlue,
            outline: .white,
            outlineWidth: 4)),
        .progress(
          Card.ProgressBar(
            Card.Frame(x: 220, y: 50, width: 160, height: 20), fraction: 0.5, fill: .fixtureRed,
            track: .fixtureBlue)),
      ]))
    #expect(probe[40, 60].isClose(to: .fixtureRed) && probe[75, 60].isClose(to: back))
    #expect(probe[150, 60].isClose(to: .fixtureBlue) && probe[101, 60].isClose(to: .white))
    #expect(probe[100, 20].isClose(to: back))
    #expect(probe[240, 60].isClose(to: .fixtureRed) && probe[360, 60].isClose(to: .fixtureBlue))
  }

  @Test(arguments: [(-1, 0), (0, 0), (Double.nan, 0), (1, 160), (7, 160)] as [(Double, Int)])
  func `a bar beyond its ends stops there`(_ fraction: Double, _ filled: Int) async throws {
    let bar = Card.ProgressBar(
      Card.Frame(x: 20, y: 50, width: 160, height: 20), fraction: fraction, fill: .fixtureRed,
      track: .fixtureBlue)
    let probe = try await Probe(card([.progress(bar)]))
    let count = (20..<180).count { probe[$0, 60].isClose(to: .fixtureRed) }
    #expect(abs(count - filled) <= 1)
  }

  @Test func `a portrait is round, in its ring`() async throws {
    let picture = try fixture("halves.png")
    let probe = try await Probe(
      card([
        .portrait(
          Card.Portrait(
            x: 60, y: 60, diameter: 80, picture: picture, name: "Ada", ring: .white, ringWidth: 6, ringGap: 4)
        )
      ]))
    #expect(probe[30, 60].isClose(to: .fixtureRed) && probe[90, 60].isClose(to: .fixtureBlue))
    #expect(probe[21, 21].isClose(to: back) && probe[18, 60].isClose(to: back))
    #expect(probe[13, 60].isClose(to: .white))
    #expect(probe.file.problems.isEmpty)
  }

  @Test func `without a picture there are initials, with a broken one too, which is told`() async throws {
    func portrait(_ picture: [UInt8]?) -> Card {
      card([.portrait(Card.Portrait(x: 60, y: 60, diameter: 80, picture: picture, name: "Ada"))])
    }
    let none = try await Probe(portrait(nil))
    #expect(none[60, 25].isClose(to: Initials.color(of: "Ada")))
    #expect(none.contrast(x: 45..<75, y: 45..<75, against: Initials.color(of: "Ada")) > 4)
    let broken = try await Probe(portrait(Array("GIF89a?".utf8)))
    #expect(broken.difference(from: none) == nil)
    #expect(none.file.problems.isEmpty && broken.file.problems.map(\.reason) == [.damaged])
    let bomb = try await Probe(portrait(fixture("bomb.png")))
    #expect(bomb.file.problems.map(\.reason) == [.tooLarge])
  }

  static let names = [
    "Ada", String(repeating: "W", count: 300), "عبد الرحمن الخوارزمي عبد الرحمن الخوارزمي", "桜庭ひなた桜庭ひなた桜庭ひなた",
    "🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊", "Z̷̡̢̛̗̘̙̜̝̞̟̠͇a̸̧̛͎͏͓l̵̢̛͔͕͖͙͚g̴̛̹̺̻̼o̶̢̨̡", "﷽﷽﷽﷽", "𒐫𒐫𒐫", "gÅjq", "한국어 이름", "สวัสดี नमस्ते",
  ]

  @Test(arguments: names, [CardText.Alignment.left, .center, .right])
  func `no text leaves its place, and every script has its letters`(
    _ name: String, _ alignment: CardText.Alignment
  ) async throws {
    let text = CardText(
      name, x: 60, baseline: 70, width: 280, size: 40, smallestSize: 26, weight: .bold, color: .white,
      alignment: alignment)
    let empty = try await Probe(card([]))
    let probe = try await Probe(card([.text(text)]))
    let ink = try #require(probe.difference(from: empty), "nothing is drawn")
    #expect(ink.x.lowerBound >= 60 && ink.x.upperBound < 340)
    #expect(ink.y.lowerBound >= 23 && ink.y.upperBound <= 88)
    #expect(probe.file.missingGlyphs == 0)
  }

  @Test func `a line stands where its alignment says, in scripts of both directions`() async throws {
    let empty = try await Probe(card([]))
    for name in ["Ada", "عبد"] {
      func ink(_ alignment: CardText.Alignment) async throws -> ClosedRange<Int> {
        let text = CardText(
          name, x: 40, baseline: 70, width: 320, size: 40, color: .white, alignment: alignment)
        return try #require(try await Probe(card([.text(text)])).difference(from: empty)).x
      }
      #expect(try await ink(.left).lowerBound < 48)
      #expect(try await ink(.right).upperBound > 352)
      let middle = try await ink(.center)
      #expect(abs(middle.lowerBound + middle.upperBound - 400) < 16)
    }
  }

  @Test func `a long text shrinks before it is cut`() async throws {
    let empty = try await Probe(card([]))
    func height(_ smallest: Double?) async throws -> Int {
      let text = CardText(
        "HHHHHHHHHHHH", x: 20, baseline: 70, width: 300, size: 40, smallestSize: smallest, color: .white)
      return try #require(try await Probe(card([.text(text)])).difference(from: empty)).y.count
    }
    #expect(try await height(20) < height(nil))
  }

  @Test func `a text that is cut ends in an ellipsis`() async throws {
    let text = CardText(
      String(repeating: "H", count: 40), x: 20, baseline: 70, width: 300, size: 40, color: .white)
    let (empty, probe) = try await (Probe(card([])), Probe(card([.text(text)])))
    let end = try #require(probe.difference(from: empty)).x.upperBound
    // Dots on the baseline, and nothing where a letter would stand.
    #expect(probe.contrast(x: end - 12..<end + 1, y: 60..<70, against: back) > 4)
    #expect(probe.contrast(x: end - 12..<end + 1, y: 42..<56, against: back) < 1.1)
  }

  /// No one colour is read on black and white alike.
  @Test(arguments: [nil, Color.white, .black] as [Color?])
  func `a scrim makes text readable across a picture of black and white`(_ color: Color?) async throws {
    let picture = try encodePNG([0, 0, 0, 255, 255, 255, 255, 255], width: 2, height: 1)
    let text = CardText(
      "HIMHIMHIM", x: 20, baseline: 80, width: 300, size: 50, weight: .bold, color: color)
    let probe = try await Probe(
      Card(
        width: 340, height: 120, cornerRadius: 0, background: .picture(picture, behind: .black),
        elements: [.text(text)]))
    for (x, place) in [(24..<120, 4), (220..<290, 336)] {
      #expect(probe.contrast(x: x, y: 46..<78, against: probe[place, 60]) >= 4.2)
    }
  }

  @Test func `a plate is as wide as its text`() async throws {
    let empty = try await Probe(card([]))
    func plate(_ words: String) async throws -> ClosedRange<Int> {
      let text = CardText(
        words, x: 20, baseline: 70, width: 300, size: 24, color: .white,
        plate: CardText.Plate(fill: .fixtureBlue))
      return try #require(try await Probe(card([.text(text)])).difference(from: empty)).x
    }
    let (short, long) = try await (plate("#7"), plate(String(repeating: "#7 ", count: 60)))
    #expect(short.lowerBound == 20 && short.count < 90)
    #expect(long.lowerBound == 20 && (296...300).contains(long.count))
  }

  @Test(arguments: [0x000000, 0x777777, 0xFFFFFF, 0x5865F2, 0xFEE75C] as [UInt32])
  func `text is readable, whatever colours were chosen`(_ rgb: UInt32) async throws {
    let background = Color(rgb)
    for color in [nil, background, Color.white, .black, Color(0x808080)] as [Color?] {
      let text = CardText("HIM", x: 20, baseline: 80, width: 300, size: 60, weight: .bold, color: color)
      let probe = try await Probe(
        Card(
          width: 340, height: 120, cornerRadius: 0, background: .color(background), elements: [.text(text)]))
      #expect(probe.contrast(x: 20..<140, y: 40..<80, against: background) >= 4.4)
    }
  }
}
