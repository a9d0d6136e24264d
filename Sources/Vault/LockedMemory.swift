// Where secrets live: memory that is locked, guarded, left out of core dumps, and zeroed before reuse.

internal import CSodium
internal import Synchronization

/// Hands out memory for secrets.
///
/// `sodium_malloc` gives an allocation two guard pages and locks it, which costs four pages each: too much for
/// thousands of data keys (`RLIMIT_MEMLOCK` is often 8 MiB). So small secrets share slabs that are allocated
/// that way, in slots of `slotSize`, and only large ones get an allocation of their own. Slabs are kept for
/// reuse. When the limit on locked memory is reached, libsodium goes on with unlocked memory, which may be
/// swapped out but is otherwise the same.
enum LockedMemory {
  /// Enough for every key and for a bot token.
  static let slotSize = 128
  private static let slotsPerSlab = 128

  /// Addresses of free slots, all zeroed. Addresses rather than pointers, because a pointer is not `Sendable`.
  private static let freeSlots = Mutex<[UInt]>([])

  /// Zeroed memory for `count` bytes.
  static func allocate(_ count: Int) -> UnsafeMutableRawBufferPointer {
    _ = Sodium.ready
    let address =
      count <= slotSize ? UnsafeMutableRawPointer(bitPattern: takeSlot()) : ownAllocation(count)
    guard let address else { preconditionFailure("no memory for a secret") }
    return UnsafeMutableRawBufferPointer(start: address, count: count)
  }

  /// Zeroes and takes back what `allocate` gave.
  static func free(_ buffer: UnsafeMutableRawBufferPointer) {
    guard let address = buffer.baseAddress else { return }
    guard buffer.count <= slotSize else {
      sodium_free(address)  // zeroes first
      return
    }
    sodium_memzero(address, slotSize)
    let slot = UInt(bitPattern: address)
    freeSlots.withLock { $0.append(slot) }
  }

  private static func takeSlot() -> UInt {
    freeSlots.withLock { free in
      if free.isEmpty, let slab = ownAllocation(slotSize * slotsPerSlab) {
        free = (0..<slotsPerSlab).map { UInt(bitPattern: slab + $0 * slotSize) }
      }
      return free.popLast() ?? 0
    }
  }

  private static func ownAllocation(_ count: Int) -> UnsafeMutableRawPointer? {
    guard let address = sodium_malloc(count) else { return nil }
    sodium_memzero(address, count)
    return address
  }
}
