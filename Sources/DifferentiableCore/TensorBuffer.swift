import CKernels
import Foundation
import Numerics

/// Aligned memory of a tensor, shared by its copies.
///
/// Memory is written only while its owner holds the only reference, so threads can share it safely. Large
/// blocks are kept for reuse, because fresh pages from the system cost more than the arithmetic on them.
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

/// Free blocks by size class.
///
/// There are four classes per octave, so at most a fifth of a block is wasted.
final class BufferPool: Sendable {
  static let shared = BufferPool()

  private static let alignment = 64
  private static let hugePage = Int(CK_HUGE_PAGE)
  /// Blocks of at most this many bytes come from the allocator, which reuses small blocks itself.
  private static let smallest = 1 << 15
  /// Blocks of at least this many bytes are allocated individually and lie on huge pages of their own.
  private static let largeBlock = 2 * hugePage
  /// The size in bytes of the pieces that smaller blocks are cut from.
  ///
  /// Pieces place smaller blocks on huge pages too. A training step of a prior uses hundreds of megabytes of
  /// them, and took 4% longer on small pages (measured).
  private static let pieceBytes = 8 * hugePage
  /// The maximum number of free bytes kept.
  ///
  /// It covers a training step of the largest networks. Otherwise that memory would return to the system and be
  /// cleared again in every step.
  private static let capacity = max(1 << 30, Int(ProcessInfo.processInfo.physicalMemory / 8))

  private struct State {
    var free: [Int: [UInt]] = [:]
    var bytes = 0
    /// The unused rest of the newest piece.
    var piece: UInt = 0
    var left = 0
  }
  private let state = Guarded(State())

  /// The size in bytes of the class that holds `bytes`.
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

  /// Cuts a block from the newest piece, or from a new piece if it does not fit.
  ///
  /// The rest of the old piece stays unused.
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
        // A block that was cut from a piece cannot be freed individually.
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
