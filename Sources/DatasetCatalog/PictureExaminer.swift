import Foundation
import Signals

/// Looks at one file: whether it is a picture, its size and hash, and whether it decodes.
struct PictureExaminer: Sendable {
  var reader: FolderReader

  /// What looking at a file gave.
  enum Finding: Sendable {
    /// Neither a picture nor named like one.
    case notAPicture
    /// A picture, usable or broken; its split is left nil.
    case picture(PictureRecord, digest: [UInt8]?)
  }

  /// Kinds of picture, told apart by their first bytes.
  enum Kind {
    case png
    case jpeg

    init?(firstBytes: [UInt8]) {
      if firstBytes.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) {
        self = .png
      } else if firstBytes.starts(with: [0xff, 0xd8, 0xff]) {
        self = .jpeg
      } else {
        return nil
      }
    }
  }

  /// Whether a name claims to be a picture: `.png`, `.jpg` or `.jpeg`, in any case.
  static func isNamedLikePicture(_ path: String) -> Bool {
    let name = path.lowercased()
    return [".png", ".jpg", ".jpeg"].contains { name.hasSuffix($0) }
  }

  /// Whether a file is a picture by its first bytes, or claims to be one by its name.
  func isCandidate(_ entry: FolderScan.Entry) -> Bool {
    if Self.isNamedLikePicture(entry.path) { return true }
    guard entry.problem == nil, entry.status.bytes >= 8 else { return false }
    let first = try? reader.firstBytes(entry.path, count: 8)
    return first.flatMap { Kind(firstBytes: $0) } != nil
  }

  /// Reads, hashes and decodes a file; every failure becomes the record's reason.
  func examine(_ entry: FolderScan.Entry) -> Finding {
    guard isCandidate(entry) else { return .notAPicture }
    var record = PictureRecord(
      path: entry.path, width: 0, height: 0, channels: 0, bytes: entry.status.bytes,
      modified: entry.status.modified, contentHash: "", state: .broken, reason: "", split: nil)
    if let problem = entry.problem {
      record.reason = problem
      return .picture(record, digest: nil)
    }
    do {
      let (bytes, status) = try reader.contents(entry.path)
      record.bytes = status.bytes
      record.modified = status.modified
      let digest = ContentHash.digest(of: bytes)
      record.contentHash = ContentHash.hexadecimal(digest)
      decode(bytes, into: &record)
      return .picture(record, digest: digest)
    } catch {
      record.reason = "cannot be read: \(error)"
      return .picture(record, digest: nil)
    }
  }

  private func decode(_ bytes: [UInt8], into record: inout PictureRecord) {
    guard !bytes.isEmpty else {
      record.reason = "the file is empty"
      return
    }
    guard Kind(firstBytes: bytes) != nil else {
      record.reason = "is neither PNG nor JPEG by its content, though it is named like one"
      return
    }
    let data = Data(bytes)
    do {
      let image = try ImageFile.decode(data, path: record.path)
      (record.width, record.height) = (image.width, image.height)
      record.channels = image.channels
      record.state = .usable
    } catch {
      if let header = try? ImageFile.header(ofBytes: data, path: record.path) {
        (record.width, record.height) = (header.width, header.height)
        record.channels = header.channels
      }
      record.reason = (error as? ImageFileError)?.reason ?? "\(error)"
    }
  }
}
