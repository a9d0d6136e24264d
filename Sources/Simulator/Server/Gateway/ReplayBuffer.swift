// The events of a session, kept for a client that comes back.

/// Sequence numbers and the last events of one session. Bounded in events and bytes: what is older is gone, and a
/// client that needs it must start anew.
struct ReplayBuffer: Sendable {
  private var frames: [[UInt8]] = []
  /// Frames before this index are forgotten; the array is cut now and then, not each time.
  private var start = 0
  private var bytes = 0
  /// The number of the last event.
  private(set) var sequence: Int64 = 0
  let maximumEvents: Int
  let maximumBytes: Int

  init(maximumEvents: Int = 2_000, maximumBytes: Int = 8 << 20) {
    (self.maximumEvents, self.maximumBytes) = (maximumEvents, maximumBytes)
  }

  /// Numbers an event, keeps it, and returns it as it goes out.
  ///
  /// `data`: the rendered `d`.
  mutating func append(event: String, data: [UInt8]) -> [UInt8] {
    sequence += 1
    var frame = Array("{\"t\":\"\(event)\",\"s\":\(sequence),\"op\":0,\"d\":".utf8)
    frame.reserveCapacity(frame.count + data.count + 1)
    frame += data
    frame.append(UInt8(ascii: "}"))
    frames.append(frame)
    bytes += frame.count
    while frames.count - start > maximumEvents || (bytes > maximumBytes && frames.count - start > 1) {
      bytes -= frames[start].count
      frames[start] = []
      start += 1
    }
    if start > maximumEvents {
      frames.removeFirst(start)
      start = 0
    }
    return frame
  }

  /// Everything after an event that the client has seen; nil when some of it is gone, or the client claims to have
  /// seen what never was.
  func after(_ seen: Int64) -> ArraySlice<[UInt8]>? {
    let kept = frames.count - start
    let missing = sequence - seen
    guard missing >= 0, missing <= kept else { return nil }
    return frames[(frames.count - Int(missing))...]
  }
}
