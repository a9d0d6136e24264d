// Where names lead, without the network.

import EventLoop

@testable import SandboxNetwork

extension HostLookup {
  /// Names that lead to private addresses, to none, to nowhere in time; all others are public.
  static func made(_ time: ManualTime) -> HostLookup {
    HostLookup { name in
      let open: [UInt8] = [93, 184, 216, 34]
      switch name {
      case "inside.example.org": return [[10, 0, 0, 1]]
      case "metadata.example.org": return [[169, 254, 169, 254]]
      case "mixed.example.org": return [open, [127, 0, 0, 1]]
      case "mapped.example.org":
        return [[UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 10, 0, 0, 1]]
      case "nowhere.example.org": return []
      case "slow.example.org":
        try await time.sleep(for: .seconds(3_600))
        return []
      default: return [open]
      }
    }
  }
}
