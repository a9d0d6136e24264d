// How heavily cases weigh, and how that weight goes with time.

import EventLoop
import Glibc
import PlatformSettings

/// A case as the ladder sees it.
struct LadderEntry: Hashable, Sendable {
  let at: Timestamp
  let points: Double
  let isWarning: Bool

  init(at: Timestamp, points: Double, isWarning: Bool) {
    (self.at, self.points, self.isWarning) = (at, points, isWarning)
  }
}

extension PointSettings {
  /// What an action of that kind weighs.
  func weight(of kind: CaseKind) -> Double {
    switch kind {
    case .warn: warn
    case .timeout: timeout
    case .kick: kick
    case .ban: ban
    case .softban: softban
    case .quarantine: quarantine
    case .note, .untimeout, .unban, .release, .role: 0
    }
  }

  /// What is left of points after that time.
  func remaining(of points: Double, after age: Duration) -> Double {
    let days = max(0, Double(age.wholeSeconds) / 86_400)
    switch decay {
    case .never: return points
    case .expiry: return days < Double(self.days) ? points : 0
    case .halfLife: return points * exp2(-days / Double(self.days))
    }
  }

  /// What these cases weigh together at that instant, to a tenth: what is compared is what people are shown.
  func total(of entries: some Sequence<LadderEntry>, at now: Timestamp) -> Double {
    let sum = entries.reduce(0) { $0 + remaining(of: $1.points, after: now - $1.at) }
    return (sum * 10).rounded() / 10
  }
}

extension Duration {
  /// Rounded down.
  var wholeSeconds: Int64 { components.seconds }
}
