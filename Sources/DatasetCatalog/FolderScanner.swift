import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// The regular files under a folder, in a fixed order, without following symbolic links.
struct FolderScan: Sendable {
  /// A file that may be a picture.
  struct Entry: Sendable {
    var path: String
    var status: FileStatus
    /// Why it cannot be looked at; nil if it can.
    var problem: String?
  }

  /// Candidates, sorted by the bytes of their paths.
  var entries: [Entry] = []
  /// Files that hide (a name with a leading dot), and hidden folders, each counted once; the
  /// catalog's own folder does not count.
  var hidden = 0
  /// Symbolic links, which are not followed.
  var links = 0
  /// Folders that could not be listed, each with the reason.
  var problems: [String] = []

  /// How deep folders may lie within each other.
  static let deepest = 64

  /// Lists everything under a folder.
  ///
  /// - Throws: `CatalogError.folderUnreadable` if the folder itself cannot be listed; a folder
  ///   inside it that cannot is noted in `problems`.
  static func of(root: String) throws -> FolderScan {
    var scan = FolderScan()
    if let problem = scan.visit(root: root, folder: "", depth: 0) {
      throw CatalogError.folderUnreadable(path: root, reason: problem)
    }
    scan.entries.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    return scan
  }

  private mutating func visit(root: String, folder: String, depth: Int) -> String? {
    guard depth <= Self.deepest else { return "folders lie more than \(Self.deepest) deep" }
    guard let stream = opendir(folder.isEmpty ? root : "\(root)/\(folder)") else {
      return FileProblem(code: errno).description
    }
    defer { closedir(stream) }
    let descriptor = dirfd(stream)
    var folders: [String] = []
    while let item = readdir(stream) {
      let name = withUnsafePointer(to: &item.pointee.d_name) {
        $0.withMemoryRebound(to: UInt8.self, capacity: Int(NAME_MAX) + 1) { nameBytes in
          Array(UnsafeBufferPointer(start: nameBytes, count: strlen(nameBytes)))
        }
      }
      guard name != [0x2e], name != [0x2e, 0x2e] else { continue }
      if name.first == 0x2e {
        if name != Array(".siren".utf8) { hidden += 1 }
        continue
      }
      guard let status = Self.status(of: name, in: descriptor) else { continue }
      let text = String(validating: name, as: UTF8.self)
      let repaired = text ?? String(decoding: name, as: UTF8.self)
      let path = folder.isEmpty ? repaired : "\(folder)/\(repaired)"
      if status.isLink {
        links += 1
      } else if status.isFolder {
        if text == nil {
          problems.append("\(path): the folder's name is not UTF-8; rename it")
        } else {
          folders.append(path)
        }
      } else {
        var problem: String?
        if text == nil { problem = "the file's name is not UTF-8; rename it" }
        if !status.isRegular { problem = "is not a regular file" }
        entries.append(Entry(path: path, status: status, problem: problem))
      }
    }
    for folder in folders.sorted() {
      if let problem = visit(root: root, folder: folder, depth: depth + 1) {
        problems.append("\(folder): cannot be listed (\(problem))")
      }
    }
    return nil
  }

  private static func status(of name: [UInt8], in descriptor: Int32) -> FileStatus? {
    var status = stat()
    let terminated = name.map { CChar(bitPattern: $0) } + [0]
    let result = terminated.withUnsafeBufferPointer { buffer -> Int32 in
      guard let base = buffer.baseAddress else { return -1 }
      return fstatat(descriptor, base, &status, AT_SYMLINK_NOFOLLOW)
    }
    // A file that vanished since it was listed is simply not there.
    return result == 0 ? FileStatus(status) : nil
  }
}
