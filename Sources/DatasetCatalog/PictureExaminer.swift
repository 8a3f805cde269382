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

  /// Whether a name claims to be a picture that is read here, such as `.png` or `.tif`, in any case.
  static func isNamedLikePicture(_ path: String) -> Bool {
    let name = path.lowercased()
    return [".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".npy", ".npz"]
      .contains { name.hasSuffix($0) }
  }

  /// Whether a file is a picture by its first bytes, or claims to be one by its name.
  func isCandidate(_ entry: FolderScan.Entry) -> Bool {
    if Self.isNamedLikePicture(entry.path) { return true }
    guard entry.problem == nil else { return false }
    return (try? reader.firstBytes(entry.path)).map(Self.isPicture) ?? false
  }

  /// Whether these are the first bytes of a picture; its whole signature must be there.
  private static func isPicture(_ firstBytes: [UInt8]) -> Bool {
    firstBytes.count >= 8 && ImageFormat(signatureOf: firstBytes) != nil
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
    guard ImageFormat(signatureOf: bytes) != nil else {
      found.record.reason =
        "is not a picture that is read here (\(ImageFormat.names)) by its content, though it is named "
        + "like one"
      return
    }
    do {
      let stored = try PictureFile.decode(
        bytes, keepsMetadata: false, path: found.record.path)
      var details = PictureDetails(
        samples: stored.statistics, stack: PictureFile.stack(of: bytes))
      for page in details.pages.dropFirst() {
        details.samples.include(
          try PictureFile.decode(bytes, page: page, keepsMetadata: false, path: found.record.path)
            .statistics)
      }
      (found.record.width, found.record.height) = (stored.width, stored.height)
      found.record.channels = stored.channels
      guard details.samples.notFinite == 0 else {
        found.record.reason =
          "has \(details.samples.notFinite) samples that are not finite numbers; fill them in with "
          + "'siren-hyper inpaint'"
        return
      }
      found.record.details = details
      found.record.state = .usable
      // The range of other samples is known when all pictures are.
      if stored.format.type == .unsigned8 && details.pages.count == 1 {
        found.pixels = format?.pixels(of: stored)
      }
    } catch {
      if let header = try? ImageFile.header(ofBytes: bytes, path: found.record.path) {
        (found.record.width, found.record.height) = (header.width, header.height)
        found.record.channels = header.channels
      }
      found.record.reason = (error as? FileError)?.reason ?? "\(error)"
    }
  }
}
