import CSndFile
import Foundation

/// Decodes bytes in memory with libsndfile.
struct AudioDecoder {
  /// Frames a second, as the header says.
  let sampleRate: Int
  /// Channels, as the header says.
  let channels: Int
  /// Frames, as the header says.
  let frameCount: Int
  private let stream: ByteStream
  private let handle: Handle

  /// Opens bytes.
  ///
  /// - Throws: a text from the library.
  init(_ bytes: [UInt8]) throws(AudioDecoderFailure) {
    stream = ByteStream(bytes)
    var information = SF_INFO()
    var access = ByteStream.access
    // The stream is kept by this value for as long as the handle is open.
    guard
      let opened = sf_open_virtual(
        &access, Int32(SFM_READ), &information, Unmanaged.passUnretained(stream).toOpaque())
    else {
      throw AudioDecoderFailure(text: String(cString: sf_strerror(nil)))
    }
    handle = Handle(opened)
    sampleRate = Int(information.samplerate)
    channels = Int(information.channels)
    frameCount = Int(information.frames)
  }

  /// The next frames, interleaved; empty at the end.
  ///
  /// - Parameter count: at most so many frames.
  func read(frames count: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: count * channels) { buffer, filled in
      let frames = buffer.baseAddress.map {
        sf_readf_float(handle.pointer, $0, sf_count_t(count))
      }
      filled = max(0, Int(frames ?? 0)) * channels
    }
  }

  /// What went wrong while reading, if anything did.
  var failure: String? {
    sf_error(handle.pointer) == 0 ? nil : String(cString: sf_strerror(handle.pointer))
  }

  /// Closes the library's file when it is released.
  private final class Handle {
    let pointer: OpaquePointer
    init(_ pointer: OpaquePointer) { self.pointer = pointer }
    deinit { sf_close(pointer) }
  }
}

/// What libsndfile said.
struct AudioDecoderFailure: Error {
  let text: String
}

/// Bytes that libsndfile reads as if they were a file.
private final class ByteStream {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  private static func stream(_ pointer: UnsafeMutableRawPointer?) -> ByteStream? {
    pointer.map { Unmanaged<ByteStream>.fromOpaque($0).takeUnretainedValue() }
  }

  private func read(into target: UnsafeMutableRawPointer, _ count: Int) -> Int {
    let length = max(0, min(count, bytes.count - position))
    bytes.withUnsafeBytes { source in
      guard length > 0, let base = source.baseAddress else { return }
      target.copyMemory(from: base + position, byteCount: length)
    }
    position += length
    return length
  }

  private func seek(_ offset: Int, from origin: Int32) -> Int {
    let start = origin == SEEK_CUR ? position : origin == SEEK_END ? bytes.count : 0
    let (target, overflow) = start.addingReportingOverflow(offset)
    guard !overflow, target >= 0, target <= bytes.count else { return -1 }
    position = target
    return position
  }

  static let access = SF_VIRTUAL_IO(
    get_filelen: { ByteStream.stream($0).map { sf_count_t($0.bytes.count) } ?? 0 },
    seek: { offset, origin, pointer in
      ByteStream.stream(pointer).map { sf_count_t($0.seek(Int(offset), from: origin)) } ?? -1
    },
    read: { target, count, pointer in
      guard let target, let stream = ByteStream.stream(pointer) else { return 0 }
      return sf_count_t(stream.read(into: target, Int(count)))
    },
    write: { _, _, _ in 0 },
    tell: { ByteStream.stream($0).map { sf_count_t($0.position) } ?? 0 })
}
