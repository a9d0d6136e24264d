// Tests of the door: what is refused, how many wait, what a file is.

import Testing

@testable import Cards

@Suite(.timeLimit(.minutes(1))) struct CardRendererTests {
  private func code(_ card: Card) async -> CardError.Code? {
    do {
      _ = try await CardRenderer().render(card)
      return nil
    } catch {
      return (error as? CardError)?.code
    }
  }

  private func text(size: Double = 20, width: Double = 100, x: Double = 0) -> Card.Element {
    .text(CardText("x", x: x, baseline: 20, width: width, size: size))
  }

  @Test func `a card that is too large, or measured in no numbers, is refused`() async {
    let background = Card.Background.color(.black)
    #expect(await code(Card(width: 2_001, height: 10, background: background, elements: [])) == .invalid)
    #expect(await code(Card(width: 10, height: 0, background: background, elements: [])) == .invalid)
    let crowd = [Card.Element](repeating: text(), count: Card.mostElements + 1)
    #expect(await code(Card(background: background, elements: crowd)) == .invalid)
    for element in [
      text(size: .nan), text(size: 1), text(size: 4_000), text(width: 0), text(x: .infinity), text(x: 1e9),
    ] {
      #expect(await code(Card(background: background, elements: [element])) == .invalid)
    }
    #expect(
      await code(Card(background: .gradient(.black, .white, degrees: .nan), elements: [])) == .invalid)
    #expect(await code(Card(cornerRadius: .nan, background: background, elements: [])) == .invalid)
  }

  @Test func `lengths below zero draw nothing and break nothing`() async {
    let frame = Card.Frame(x: 10, y: 10, width: -50, height: -5)
    let elements: [Card.Element] = [
      .panel(Card.Panel(frame, radius: -3, fill: .white, outline: .white, outlineWidth: -2)),
      .progress(Card.ProgressBar(frame, fraction: 0.5, fill: .white, track: .black)),
      .glow(Card.Glow(x: 0, y: 0, radius: -10, color: .white)),
      .portrait(Card.Portrait(x: 0, y: 0, diameter: -10, picture: nil, name: "x", ring: .white)),
      .portrait(Card.Portrait(x: 5_000, y: 0, diameter: 0, picture: nil, name: "x")),
    ]
    #expect(await code(Card(cornerRadius: -5, background: .color(.black), elements: elements)) == nil)
  }

  @Test func `beyond the bound callers are refused, and those within it are served`() async {
    let renderer = CardRenderer(parallelism: 1, maximumWaiting: 3)
    let card = WelcomeCard(headline: "Welcome", name: "Ada").card
    let outcomes = await withTaskGroup { group in
      for _ in 0..<24 {
        group.addTask { () -> CardError.Code? in
          do {
            _ = try await renderer.render(card)
            return nil
          } catch {
            return (error as? CardError)?.code ?? .failed
          }
        }
      }
      return await group.reduce(into: [CardError.Code?]()) { $0.append($1) }
    }
    #expect(outcomes.filter { $0 == nil }.count >= 4)
    #expect(outcomes.contains(.overloaded) && outcomes.allSatisfy { $0 == nil || $0 == .overloaded })
    #expect(renderer.waitingCount == 0)
  }

  @Test func `a drawing is a PNG, a card on a picture a WebP, and neither is large`() async throws {
    let drawing = try await CardRenderer().render(WelcomeCard(headline: "Welcome", name: "Ada").card)
    #expect(drawing.format == .png && PictureFormat(sniffing: drawing.bytes) == .png)
    #expect(drawing.bytes.count < 300_000)
    // Noise is the most a picture can ask for.
    let style = CardStyle(background: .picture(try fixture("noise.png"), behind: .black), accent: .white)
    let picture = try await CardRenderer().render(
      WelcomeCard(headline: "Welcome", name: "Ada", style: style).card)
    #expect(picture.format == .webp && PictureFormat(sniffing: picture.bytes) == .webp)
    #expect(picture.bytes.count < 300_000)
  }
}
