import CKernels
import Foundation
import Locks

/// Aligned memory of a tensor, shared by its copies.
///
/// Memory is written only while its owner holds the only reference, so sharing between threads is
/// safe. Large blocks are kept and handed out again: fresh pages from the system cost more than the
/// arithmetic done on them.
final class TensorBuffer: @unchecked Sendable {
  let count: Int
  let pointer: UnsafeMutablePointer<Float>
  private let sizeClass: Int

  /// Uninitialized memory for `count` numbers.
  init(count: Int) {
    self.count = count
    (pointer, sizeClass) = BufferPool.shared.take(count)
  }

  deinit { BufferPool.shared.give(pointer, sizeClass) }
}

/// Blocks that are free, by size class: four classes an octave, so at most a fifth is wasted.
final class BufferPool: Sendable {
  static let shared = BufferPool()

  private static let alignment = 64
  private static let hugePage = Int(CK_HUGE_PAGE)
  /// Blocks below this many bytes go to the allocator, which keeps small ones itself.
  private static let smallest = 1 << 15
  /// At most this many bytes are kept free: what a step of the largest networks takes, which would
  /// otherwise go back to the system and be cleared again every step.
  private static let capacity = max(1 << 30, Int(ProcessInfo.processInfo.physicalMemory / 8))

  private struct State {
    var free: [Int: [UInt]] = [:]
    var bytes = 0
  }
  private let state = Guarded(State())

  /// The bytes of the class that holds `bytes`.
  private static func roundedUp(_ bytes: Int) -> Int {
    if bytes <= smallest { return (bytes + alignment - 1) / alignment * alignment }
    let octave = Int.bitWidth - 1 - bytes.leadingZeroBitCount
    let step = 1 << (octave - 2)
    return (bytes + step - 1) / step * step
  }

  func take(_ count: Int) -> (UnsafeMutablePointer<Float>, Int) {
    let bytes = Self.roundedUp(max(1, count) * MemoryLayout<Float>.stride)
    if bytes > Self.smallest {
      let reused: UInt? = state.withLock { state in
        guard let block = state.free[bytes]?.popLast() else { return nil }
        state.bytes -= bytes
        return block
      }
      if let reused, let raw = UnsafeMutableRawPointer(bitPattern: reused) {
        return (raw.assumingMemoryBound(to: Float.self), bytes)
      }
    }
    let isHuge = bytes >= 2 * Self.hugePage
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: bytes, alignment: isHuge ? Self.hugePage : Self.alignment)
    if isHuge { ck_prefer_huge_pages(raw, bytes) }
    return (raw.bindMemory(to: Float.self, capacity: bytes / MemoryLayout<Float>.stride), bytes)
  }

  func give(_ pointer: UnsafeMutablePointer<Float>, _ bytes: Int) {
    if bytes > Self.smallest {
      let kept = state.withLock { state in
        guard state.bytes + bytes <= Self.capacity else { return false }
        state.free[bytes, default: []].append(UInt(bitPattern: pointer))
        state.bytes += bytes
        return true
      }
      if kept { return }
    }
    UnsafeMutableRawPointer(pointer).deallocate()
  }
}
