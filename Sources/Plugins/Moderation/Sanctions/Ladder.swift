// The escalation ladder: which step a case reaches.

import EventLoop

/// Decides by what a member had before and with a case. A step is reached by the case that takes what is counted from
/// below its threshold to it or over it; what decays below may reach it again.
enum Ladder {
  /// The step that `new` reaches, after `earlier` cases of the same member; of several the hardest, of equals the longest.
  static func step(
    reachedBy new: LadderEntry, after earlier: [LadderEntry], of steps: [LadderStep],
    points: PointSettings
  ) -> LadderStep? {
    steps.filter { step in
      // What adds nothing crosses nothing.
      let adds = step.measure == .warnings ? new.isWarning : new.points > 0
      return adds && count(earlier, for: step, at: new.at, points) < step.threshold
        && count(earlier + [new], for: step, at: new.at, points) >= step.threshold
    }.max { left, right in
      (left.action.hardness, left.duration ?? .seconds(Int64.max), left.threshold)
        < (right.action.hardness, right.duration ?? .seconds(Int64.max), right.threshold)
    }
  }

  /// What a step counts at that instant.
  static func count(
    _ entries: [LadderEntry], for step: LadderStep, at now: Timestamp, _ points: PointSettings
  ) -> Double {
    let recent = entries.lazy.filter { entry in step.window.map { entry.at > now - $0 } ?? true }
    switch step.measure {
    case .points: return points.total(of: recent, at: now)
    case .warnings: return Double(recent.count { $0.isWarning })
    }
  }
}

extension LadderStep.Action {
  /// Harder is larger.
  fileprivate var hardness: Int {
    switch self {
    case .role: 0
    case .timeout: 1
    case .quarantine: 2
    case .kick: 3
    case .ban: 4
    }
  }
}
