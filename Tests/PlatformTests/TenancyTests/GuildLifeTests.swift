// The life of a guild: when its data goes, and what keeps it.

import EventLoop
import PlatformTenancy
import Testing

private let start = Timestamp(milliseconds: 1_767_225_600_000)
private func day(_ number: Int) -> Timestamp { start + .seconds(number * 86_400) }

@Suite struct GuildLifeTests {
  @Test func `data goes thirty days after the last bot left`() {
    var life = GuildLife(joinedAt: day(0))
    #expect(life.erasure == nil)
    life.wasSetUp(at: day(1))
    life.left(at: day(10))
    #expect(life.phase == .left)
    #expect(life.erasure == GuildLife.Erasure(due: day(40), cause: .left))
    let begins1 = life.beginErasing(at: day(39))
    #expect(!begins1)
    let begins2 = life.beginErasing(at: day(40))
    #expect(begins2)
    life.finishErasing(at: day(40))
    #expect(life.phase == .erased)
    #expect(life.erasure?.cause == .left)
  }

  @Test func `a lapsed subscription gives ninety days, and alone erases nothing`() {
    var life = GuildLife(joinedAt: day(0))
    life.lapsed(at: day(5))
    #expect(life.erasure == nil)
    life.left(at: day(10))
    #expect(life.erasure == GuildLife.Erasure(due: day(95), cause: .lapsed))
    life.renewed()
    #expect(life.erasure == GuildLife.Erasure(due: day(40), cause: .left))
    // A lapse of long ago shortens nothing.
    var old = GuildLife(joinedAt: day(0))
    old.lapsed(at: day(1))
    old.left(at: day(400))
    #expect(old.erasure == GuildLife.Erasure(due: day(430), cause: .left))
  }

  @Test func `data of a guild without a bot goes at once when somebody asks for it, of another it does not`()
  {
    var life = GuildLife(joinedAt: day(0))
    let beginsWithBot = life.beginErasing(at: day(1), isAskedFor: true)
    #expect(!beginsWithBot)
    life.left(at: day(2))
    let beginsWithout = life.beginErasing(at: day(2), isAskedFor: true)
    #expect(beginsWithout)
    life.finishErasing(at: day(2))
    #expect(life.phase == .erased)
  }

  @Test func `coming back before the erasure leads to where the guild was`() {
    var life = GuildLife(joinedAt: day(0))
    life.wasSetUp(at: day(1))
    life.left(at: day(2))
    life.joined(at: day(31))
    #expect(life.phase == .setUp)
    #expect(life.erasure == nil)
    let begins3 = life.beginErasing(at: day(500))
    #expect(!begins3)
    life.left(at: day(40))
    #expect(life.erasure?.due == day(70))
  }

  @Test func `coming back during the erasure begins anew when it is complete`() {
    var life = GuildLife(joinedAt: day(0))
    life.wasSetUp(at: day(1))
    life.left(at: day(2))
    let begins4 = life.beginErasing(at: day(50))
    #expect(begins4)
    life.joined(at: day(51))
    #expect(life.hasBot)
    // Interrupted, it is gone on with: half of the data is no data.
    let begins5 = life.beginErasing(at: day(51))
    #expect(begins5)
    life.finishErasing(at: day(52))
    #expect(life == GuildLife(joinedAt: day(51)))
  }

  @Test func `coming back after the erasure begins anew`() {
    var life = GuildLife(joinedAt: day(0))
    life.lapsed(at: day(1))
    life.left(at: day(2))
    let begins6 = life.beginErasing(at: day(91))
    #expect(begins6)
    life.finishErasing(at: day(91))
    life.joined(at: day(100))
    #expect(life == GuildLife(joinedAt: day(100)))
  }

  @Test(arguments: 0..<200)
  func `whatever happens, nothing is erased while a bot is there or before its time`(_ seed: Int) {
    var random = Lottery(seed)
    var life = GuildLife(joinedAt: day(0))
    var isIn = true
    var leftAt: Timestamp?
    for number in 1...60 {
      let now = day(number * 3)
      switch random.next(7) {
      case 0:
        life.joined(at: now)
        (isIn, leftAt) = (true, nil)
      case 1:
        life.left(at: now)
        leftAt = isIn ? now : leftAt
        isIn = false
      case 2: life.wasSetUp(at: now)
      case 3: life.lapsed(at: now)
      case 4: life.renewed()
      case 5:
        let wasErasing = life.phase == .erasing
        guard life.beginErasing(at: now), !wasErasing else { break }
        #expect(!isIn)
        #expect(leftAt.map { now - $0 >= GuildLife.graceAfterLeaving } == true)
      default: life.finishErasing(at: now)
      }
      #expect(life.hasBot == isIn)
      #expect((life.phase == .joined || life.phase == .setUp) == (life.erasure == nil))
    }
  }
}

/// Random numbers that a seed decides.
private struct Lottery {
  private var state: UInt64

  init(_ seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(bound))
  }
}
