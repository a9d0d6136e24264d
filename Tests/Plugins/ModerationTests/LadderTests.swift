// Points that go with time, and the steps of the ladder that cases reach.

import EventLoop
@testable import ModerationPlugin
import Testing

@Suite struct LadderTests {
  private static let start = Timestamp(milliseconds: 1_767_225_600_000)

  private static func day(_ day: Double) -> Timestamp { start + .milliseconds(Int64(day * 86_400_000)) }

  private static func warning(_ day: Double, points: Double = 1) -> LadderEntry {
    LadderEntry(at: self.day(day), points: points, isWarning: true)
  }

  private static func step(
    _ threshold: Double, _ action: LadderStep.Action, _ measure: LadderStep.Measure = .points,
    within window: Duration? = nil, for duration: Duration? = .seconds(3600)
  ) -> LadderStep {
    var step = LadderStep()
    (step.threshold, step.action, step.measure) = (threshold, action, measure)
    (step.window, step.duration) = (window, duration)
    return step
  }

  @Test(arguments: [
    (PointSettings.Decay.never, 1_000.0, 2.0), (.expiry, 29.9, 2), (.expiry, 30, 0), (.halfLife, 0, 2),
    (.halfLife, 30, 1), (.halfLife, 60, 0.5), (.halfLife, -1, 2),
  ])
  func `two points of a case are worth after some days`(
    _ decay: PointSettings.Decay, _ days: Double, _ left: Double
  ) {
    var points = PointSettings()
    (points.decay, points.days) = (decay, 30)
    let entry = Self.warning(0, points: 2)
    #expect(points.total(of: [entry], at: Self.day(days)) == left)
  }

  @Test func `what is compared is what is shown: three warnings of one morning are three points`() {
    var points = PointSettings()
    (points.decay, points.days) = (.halfLife, 30)
    let earlier = [Self.warning(0), Self.warning(0.02)]
    let step = Self.step(3, .timeout)
    #expect(
      Ladder.step(reachedBy: Self.warning(0.05), after: earlier, of: [step], points: points)?.action
        == .timeout)
  }

  @Test func `the case that comes to the threshold takes the step, and none before or after`() {
    let points = PointSettings()
    let steps = [Self.step(3, .timeout), Self.step(5, .ban)]
    var earlier: [LadderEntry] = []
    var reached: [LadderStep.Action?] = []
    for day in 0..<6 {
      let new = Self.warning(Double(day))
      reached.append(Ladder.step(reachedBy: new, after: earlier, of: steps, points: points)?.action)
      earlier.append(new)
    }
    #expect(reached == [nil, nil, .timeout, nil, .ban, nil])
  }

  @Test func `of several steps reached at once the hardest is taken, of equals the longest`() {
    let steps = [
      Self.step(1, .role), Self.step(2, .timeout, for: .seconds(60)),
      Self.step(3, .timeout, for: .seconds(600)),
      Self.step(9, .ban),
    ]
    let taken = Ladder.step(
      reachedBy: Self.warning(0, points: 4), after: [], of: steps, points: PointSettings())
    #expect(taken == steps[2])
    let forGood = Self.step(3, .quarantine, for: nil)
    let hardest = Ladder.step(
      reachedBy: Self.warning(0, points: 4), after: [],
      of: [forGood, Self.step(3, .quarantine)], points: PointSettings())
    #expect(hardest == forGood)
  }

  @Test func `warnings within a window count, points and older ones do not`() {
    let step = Self.step(2, .kick, .warnings, within: .seconds(86_400))
    let points = PointSettings()
    let old = Self.warning(0)
    let kick = LadderEntry(at: Self.day(2), points: 50, isWarning: false)
    #expect(Ladder.step(reachedBy: kick, after: [old], of: [step], points: points) == nil)
    #expect(Ladder.step(reachedBy: Self.warning(2), after: [old], of: [step], points: points) == nil)
    let taken = Ladder.step(
      reachedBy: Self.warning(2.5), after: [old, Self.warning(2)], of: [step], points: points)
    #expect(taken == step)
  }

  @Test func `what decayed below the threshold may reach it again, and then takes the step again`() {
    var points = PointSettings()
    (points.decay, points.days) = (.expiry, 10)
    let step = Self.step(2, .timeout)
    let days: [Double] = [0, 1, 2, 20, 21]
    var earlier: [LadderEntry] = []
    var reached: [Double] = []
    for day in days {
      let new = Self.warning(day)
      if Ladder.step(reachedBy: new, after: earlier, of: [step], points: points) != nil {
        reached.append(day)
      }
      earlier.append(new)
    }
    #expect(reached == [1, 21])
  }

  @Test func `a case without weight takes no step, whatever was before`() {
    let step = Self.step(1, .ban)
    let note = LadderEntry(at: Self.day(1), points: 0, isWarning: false)
    #expect(
      Ladder.step(reachedBy: note, after: [Self.warning(0)], of: [step], points: PointSettings()) == nil)
  }
}
