import Files
import Foundation
import Signals

/// Examines one file: whether it is a picture, its size and hash, and whether it decodes.
struct PictureExaminer: Sendable {
  var reader: FolderReader
  /// The form in which the pixels of usable pictures are kept; nil keeps none.
  var format: PixelFormat?

  /// The result of examining a file.
  enum Finding: Sendable {
    /// Neither a picture nor named like one.
    case notAPicture
    /// A picture, usable or broken.
    case picture(Found)
  }

  /// The finding about a picture.
  struct Found: Sendable {
    /// Its split is left nil.
    var record: PictureRecord
    /// SHA-256 of its bytes; nil if they could not be read.
    var digest: [UInt8]?
    /// Its pixels in the examiner's format; nil without one, and for a broken picture.
    var pixels: [UInt8]?
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
    guard entry.problem == nil else { return false }
    return (try? reader.firstBytes(entry.path)).map(Self.isPicture) ?? false
  }

  /// Whether these are the first bytes of a picture; its whole signature must be there.
  private static func isPicture(_ firstBytes: [UInt8]) -> Bool {
    firstBytes.count >= FolderReader.firstCount && Kind(firstBytes: firstBytes) != nil
  }

  /// Reads, hashes and decodes a file, each once; every failure becomes the record's reason.
  ///
  /// - Parameter isKnown: the catalog holds it as a picture, so that it is one as long as its
  ///   bytes cannot be read.
  func examine(_ entry: FolderScan.Entry, isKnown: Bool) -> Finding {
    var found = Found(
      record: PictureRecord(
        path: entry.path, width: 0, height: 0, channels: 0, bytes: entry.status.bytes,
        modified: entry.status.modified, contentHash: "", state: .broken, reason: "", split: nil))
    var isPicture = Self.isNamedLikePicture(entry.path)
    if let problem = entry.problem {
      found.record.reason = problem
      return isPicture ? .picture(found) : .notAPicture
    }
    do throws(FileProblem) {
      let contents = try reader.contents(entry.path) { first in
        isPicture = isPicture || Self.isPicture(first)
        return isPicture
      }
      guard let (bytes, status) = contents else { return .notAPicture }
      found.record.bytes = status.bytes
      found.record.modified = status.modified
      let digest = ContentHash.digest(of: bytes)
      found.digest = digest
      found.record.contentHash = ContentHash.hexadecimal(digest)
      decode(bytes, into: &found)
      return .picture(found)
    } catch {
      guard isPicture || isKnown else { return .notAPicture }
      found.record.reason = "cannot be read: \(error)"
      return .picture(found)
    }
  }

  private func decode(_ bytes: [UInt8], into found: inout Found) {
    guard !bytes.isEmpty else {
      found.record.reason = "the file is empty"
      return
    }
    guard Kind(firstBytes: bytes) != nil else {
      found.record.reason = "is neither PNG nor JPEG by its content, though it is named like one"
      return
    }
    let data = Data(bytes)
    do {
      let image = try ImageFile.decode(data, path: found.record.path)
      (found.record.width, found.record.height) = (image.width, image.height)
      found.record.channels = image.channels
      found.record.state = .usable
      found.pixels = format?.pixels(of: image)
    } catch {
      if let header = try? ImageFile.header(ofBytes: data, path: found.record.path) {
        (found.record.width, found.record.height) = (header.width, header.height)
        found.record.channels = header.channels
      }
      found.record.reason = (error as? FileError)?.reason ?? "\(error)"
    }
  }
}
