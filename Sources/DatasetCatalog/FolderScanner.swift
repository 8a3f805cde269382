import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// The regular files under a folder, in a fixed order.
///
/// Symbolic links are passed over or followed. Where they are followed, each folder is visited once,
/// so that links in a circle have an end.
struct FolderScan: Sendable {
  /// A file that may be a picture.
  struct Entry: Sendable {
    var path: String
    var status: FileStatus
    /// The reason that it cannot be examined; nil if it can.
    var problem: String?
  }

  /// Candidates, sorted by the bytes of their paths.
  var entries: [Entry] = []
  /// Files that hide (a name with a leading dot), and hidden folders, each counted once; the
  /// catalog's own folder does not count.
  var hidden = 0
  /// Symbolic links that are not followed.
  var links = 0
  /// Folders that could not be listed, or not wholly; what they hold is not known.
  var unlisted: [Problem] = []
  /// Other skipped items, each with the reason.
  var problems: [String] = []

  /// A folder that could not be listed.
  struct Problem: Sendable, Equatable {
    /// Path relative to the root.
    var folder: String
    var reason: String
  }

  /// The largest depth of nested folders.
  static let deepest = 64

  /// Whether symbolic links are followed.
  private let followsLinks: Bool
  /// Folders that were visited, where links are followed.
  private var visited = Set<[UInt64]>()
  /// Links to folders that are still to be visited.
  private var linkedFolders: [String] = []

  private init(followsLinks: Bool) { self.followsLinks = followsLinks }

  /// The number of files by the extensions of their names, in lower case.
  var extensions: [String: Int] {
    entries.reduce(into: [:]) { counts, entry in
      let name = entry.path.split(separator: "/").last ?? ""
      let parts = name.split(separator: ".", omittingEmptySubsequences: false)
      counts[parts.count > 1 ? "." + (parts.last ?? "").lowercased() : "", default: 0] += 1
    }
  }

  /// Lists everything under a folder.
  ///
  /// - Throws: `CatalogError.folderUnreadable` if the folder itself cannot be listed; a folder
  ///   inside it that cannot is noted in `unlisted`.
  static func of(
    root: String, followsLinks: Bool = false, listing: FolderListing = .system
  ) throws -> FolderScan {
    var scan = FolderScan(followsLinks: followsLinks)
    if let problem = scan.visit(root: root, folder: "", depth: 0, listing) {
      throw CatalogError.folderUnreadable(path: root, reason: problem)
    }
    // After the folder itself, so that a picture's own path precedes those through links.
    while !scan.linkedFolders.isEmpty {
      let folder = scan.linkedFolders.removeFirst()
      let depth = folder.utf8.count { $0 == UInt8(ascii: "/") } + 1
      if let reason = scan.visit(root: root, folder: folder, depth: depth, listing) {
        scan.unlisted.append(Problem(folder: folder, reason: reason))
      }
    }
    scan.entries.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    return scan
  }

  /// Whether a path lies in a folder that could not be listed.
  func isUnknown(_ path: String) -> Bool {
    unlisted.contains { RelativePath.path(path, inside: $0.folder) != nil }
  }

  private mutating func visit(
    root: String, folder: String, depth: Int, _ listing: FolderListing
  ) -> String? {
    guard depth <= Self.deepest else { return "folders lie more than \(Self.deepest) deep" }
    guard let stream = listing.open(folder.isEmpty ? root : "\(root)/\(folder)") else {
      // A folder that vanished since it was listed is ignored.
      if depth > 0 && (errno == ENOENT || errno == ENOTDIR) { return nil }
      return FileProblem(code: errno).description
    }
    defer { closedir(stream) }
    let descriptor = dirfd(stream)
    if followsLinks {
      var status = stat()
      guard fstat(descriptor, &status) == 0 else { return FileProblem(code: errno).description }
      guard visited.insert(FileStatus(status).identity).inserted else { return nil }
    }
    var folders: [String] = []
    defer { linkedFolders.sort() }
    var problem: String?
    while true {
      // Only `errno` distinguishes the end from an error.
      errno = 0
      guard let item = listing.next(stream) else {
        if errno != 0 { problem = FileProblem(code: errno).description }
        break
      }
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
      do throws(FileProblem) {
        guard let status = try Self.status(of: name, in: descriptor) else { continue }
        if status.isLink, followsLinks {
          noteLink(name, in: descriptor, folder: folder)
        } else {
          note(name, status, in: folder, folders: &folders)
        }
      } catch {
        problem = error.description
      }
    }
    for folder in folders.sorted() {
      if let reason = visit(root: root, folder: folder, depth: depth + 1, listing) {
        unlisted.append(Problem(folder: folder, reason: reason))
      }
    }
    return problem
  }

  /// Takes up what a link leads to.
  private mutating func noteLink(_ name: [UInt8], in descriptor: Int32, folder: String) {
    let target: FileStatus?
    do throws(FileProblem) {
      target = try Self.status(of: name, in: descriptor, followingLink: true)
    } catch {
      target = nil
    }
    guard let target else {
      links += 1
      let text = String(decoding: name, as: UTF8.self)
      problems.append(
        "\(folder.isEmpty ? "" : folder + "/")\(text): the link leads nowhere")
      return
    }
    var folders: [String] = []
    note(name, target, in: folder, folders: &folders)
    linkedFolders += folders
  }

  /// Takes up one item of a folder; `folders` are those to visit.
  private mutating func note(
    _ name: [UInt8], _ status: FileStatus, in folder: String, folders: inout [String]
  ) {
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

  /// What the system says about an item; nil if it vanished since it was listed.
  private static func status(
    of name: [UInt8], in descriptor: Int32, followingLink: Bool = false
  ) throws(FileProblem) -> FileStatus? {
    var status = stat()
    let terminated = name.map { CChar(bitPattern: $0) } + [0]
    let result = terminated.withUnsafeBufferPointer { buffer -> Int32 in
      guard let base = buffer.baseAddress else { return -1 }
      return fstatat(descriptor, base, &status, followingLink ? 0 : AT_SYMLINK_NOFOLLOW)
    }
    guard result == 0 else {
      let code = errno
      if code == ENOENT { return nil }
      throw FileProblem(code: code)
    }
    return FileStatus(status)
  }
}

/// How folders are listed; tests inject a failing disk.
package struct FolderListing: Sendable {
  #if canImport(Darwin)
    package typealias Stream = UnsafeMutablePointer<DIR>
  #else
    package typealias Stream = OpaquePointer
  #endif

  /// Opens a folder; nil, and `errno`, if it cannot be.
  let open: @Sendable (String) -> Stream?
  /// The next item; nil at the end, and with `errno` on an error.
  let next: @Sendable (Stream) -> UnsafeMutablePointer<dirent>?

  /// A way to list folders.
  package init(
    open: @escaping @Sendable (String) -> Stream? = { opendir($0) },
    next: @escaping @Sendable (Stream) -> UnsafeMutablePointer<dirent>? = { readdir($0) }
  ) {
    self.open = open
    self.next = next
  }

  /// The file system's listing.
  package static let system = FolderListing()
}
