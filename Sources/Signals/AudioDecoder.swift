import CSndFile
import Foundation

/// Decodes bytes in memory with libsndfile.
struct AudioDecoder {
  /// Frames per second, from the header.
  let sampleRate: Int
  /// Number of channels, from the header.
  let channels: Int
  /// Number of frames, from the header.
  let frameCount: Int
  private let handle: Handle

  /// Opens bytes.
  ///
  /// - Throws: a text from the library.
  init(_ bytes: [UInt8]) throws(AudioDecoderFailure) {
    var information = SF_INFO()
    handle = try Handle(ByteStream(bytes), &information)
    sampleRate = Int(information.samplerate)
    channels = Int(information.channels)
    frameCount = Int(information.frames)
  }

  /// The next frames, interleaved; empty at the end.
  ///
  /// - Parameter count: the most frames to read.
  func read(frames count: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: count * channels) { buffer, filled in
      let frames = buffer.baseAddress.map { target in
        handle.withPointer { sf_readf_float($0, target, sf_count_t(count)) }
      }
      filled = max(0, Int(frames ?? 0)) * channels
    }
  }

  /// The error of reading, if there was one.
  var failure: String? {
    handle.withPointer { sf_error($0) == 0 ? nil : String(cString: sf_strerror($0)) }
  }

  /// The library's open file.
  ///
  /// It is closed when this is released, and its stream is released after that.
  private final class Handle {
    private let pointer: OpaquePointer
    private let stream: Unmanaged<ByteStream>

    /// - Throws: a text from the library.
    init(_ stream: ByteStream, _ information: inout SF_INFO) throws(AudioDecoderFailure) {
      let retained = Unmanaged.passRetained(stream)
      var access = ByteStream.access
      guard
        let opened = sf_open_virtual(
          &access, Int32(SFM_READ), &information, retained.toOpaque())
      else {
        retained.release()
        throw AudioDecoderFailure(text: String(cString: sf_strerror(nil)))
      }
      pointer = opened
      self.stream = retained
    }

    deinit {
      sf_close(pointer)
      stream.release()
    }

    /// Calls `body` with the file, which stays open meanwhile.
    func withPointer<Result>(_ body: (OpaquePointer) -> Result) -> Result {
      withExtendedLifetime(self) { body(pointer) }
    }
  }
}

/// The error message of libsndfile.
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
