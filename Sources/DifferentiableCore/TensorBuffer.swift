import CKernels
import Foundation
import Numerics

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
  /// Blocks up to this many bytes go to the allocator, which keeps small ones itself.
  private static let smallest = 1 << 15
  /// Blocks from this many bytes on are allocated alone, and lie on huge pages of their own.
  private static let largeBlock = 2 * hugePage
  /// Smaller ones are cut from pieces of so many bytes, so that they too lie on huge pages: a step of a prior
  /// walks through hundreds of megabytes of them, and took 4% longer on small pages (measured).
  private static let pieceBytes = 8 * hugePage
  /// At most this many bytes are kept free: what a step of the largest networks takes, which would
  /// otherwise go back to the system and be cleared again every step.
  private static let capacity = max(1 << 30, Int(ProcessInfo.processInfo.physicalMemory / 8))

  private struct State {
    var free: [Int: [UInt]] = [:]
    var bytes = 0
    /// The unused rest of the newest piece.
    var piece: UInt = 0
    var left = 0
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
      let kept: UInt? = state.withLock { state in
        if let block = state.free[bytes]?.popLast() {
          state.bytes -= bytes
          return block
        }
        return bytes < Self.largeBlock ? Self.cut(bytes, from: &state) : nil
      }
      if let kept, let raw = UnsafeMutableRawPointer(bitPattern: kept) {
        return (raw.assumingMemoryBound(to: Float.self), bytes)
      }
    }
    let raw =
      bytes >= Self.largeBlock
      ? Self.hugePages(bytes)
      : UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: Self.alignment)
    return (raw.bindMemory(to: Float.self, capacity: bytes / MemoryLayout<Float>.stride), bytes)
  }

  private static func hugePages(_ bytes: Int) -> UnsafeMutableRawPointer {
    let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: hugePage)
    ck_prefer_huge_pages(raw, bytes)
    return raw
  }

  /// A block from the newest piece, or from a new one; what an old piece had left is not used.
  private static func cut(_ bytes: Int, from state: inout State) -> UInt {
    if state.left < bytes {
      let piece = hugePages(pieceBytes)
      piece.bindMemory(to: Float.self, capacity: pieceBytes / MemoryLayout<Float>.stride)
      (state.piece, state.left) = (UInt(bitPattern: piece), pieceBytes)
    }
    defer {
      state.piece += UInt(bytes)
      state.left -= bytes
    }
    return state.piece
  }

  func give(_ pointer: UnsafeMutablePointer<Float>, _ bytes: Int) {
    if bytes > Self.smallest {
      let kept = state.withLock { state in
        // What was cut from a piece cannot go back alone.
        guard bytes < Self.largeBlock || state.bytes + bytes <= Self.capacity else { return false }
        state.free[bytes, default: []].append(UInt(bitPattern: pointer))
        state.bytes += bytes
        return true
      }
      if kept { return }
    }
    UnsafeMutableRawPointer(pointer).deallocate()
  }
}
