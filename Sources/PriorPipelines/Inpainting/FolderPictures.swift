import Files
import Foundation
import Signals

/// The pictures of a folder and of its subfolders, told apart from other files by their content.
struct FolderPictures {
  /// Paths relative to the folder, in the order of their bytes.
  private(set) var names: [String] = []
  /// Files that are not pictures of a known format, by the extension of their names, in lower case.
  private(set) var others: [String: Int] = [:]
  /// Folders that could not be listed and files that cannot be named, each with the reason.
  private(set) var problems: [String] = []

  /// The largest depth of nested folders.
  private static let deepest = 64

  /// Lists a folder; hidden files and links to folders are passed over.
  ///
  /// - Parameters:
  ///   - folder: the folder.
  ///   - excluded: folders whose files do not count, such as the one to write to.
  /// - Throws: ``FolderInpaintingError`` if the folder itself cannot be listed.
  init(of folder: String, excluding excluded: [String] = []) throws {
    let excluded = Set(excluded.map(Self.resolved))
    visit(folder, "", depth: 0, excluded)
    if names.isEmpty, others.isEmpty, let problem = problems.first {
      throw FolderInpaintingError.unreadable(problem)
    }
    names.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private mutating func visit(
    _ root: String, _ folder: String, depth: Int, _ excluded: Set<String>
  ) {
    let path = folder.isEmpty ? root : root + "/" + folder
    guard depth <= Self.deepest else {
      return problems.append("\(path): folders lie more than \(Self.deepest) deep")
    }
    let items: [String]
    do {
      items = try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      return problems.append(
        "\(path): the folder cannot be listed; check that it exists and its permissions")
    }
    for (name, mayBePicture) in Self.namesThatAreNotText(in: path) {
      if mayBePicture {
        problems.append("\(path)/\(name): the name is not UTF-8, so this was left out; rename it")
      } else {
        others[(name as NSString).pathExtension.lowercased(), default: 0] += 1
      }
    }
    for item in items where !item.hasPrefix(".") {
      let name = folder.isEmpty ? item : folder + "/" + item
      let file = root + "/" + name
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: file, isDirectory: &isFolder) else { continue }
      if isFolder.boolValue {
        let isLink = (try? FileManager.default.destinationOfSymbolicLink(atPath: file)) != nil
        if !isLink, !excluded.contains(Self.resolved(file)) {
          visit(root, name, depth: depth + 1, excluded)
        }
      } else if Self.isPicture(file) {
        names.append(name)
      } else {
        others[(item as NSString).pathExtension.lowercased(), default: 0] += 1
      }
    }
  }

  /// The names in a folder that are not UTF-8, which `FileManager` does not list, repaired for messages and in order;
  /// of each, whether it may be that of a picture or of a folder.
  private static func namesThatAreNotText(
    in folder: String
  ) -> [(name: String, mayBePicture: Bool)] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [(name: String, mayBePicture: Bool)] = []
    while let item = readdir(stream) {
      let found = withUnsafePointer(to: &item.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) {
          (start: UnsafePointer<CChar>) -> (name: String, mayBePicture: Bool)? in
          let name = UnsafeRawBufferPointer(start: start, count: strlen(start))
          guard name.first != UInt8(ascii: "."), String(validating: name, as: UTF8.self) == nil
          else { return nil }
          return (
            String(decoding: name, as: UTF8.self),
            mayBePicture(openat(dirfd(stream), start, O_RDONLY | O_NONBLOCK | O_CLOEXEC))
          )
        }
      }
      if let found { names.append(found) }
    }
    return names.sorted { $0.name < $1.name }
  }

  /// Whether an open file, which is closed, is a folder or begins as a picture does; true if it could not be opened.
  private static func mayBePicture(_ file: Int32) -> Bool {
    guard file >= 0 else { return true }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { return true }
    guard status.st_mode & S_IFMT == S_IFREG else { return status.st_mode & S_IFMT == S_IFDIR }
    var start = [UInt8](repeating: 0, count: ImageFormat.signatureLength)
    let count = read(file, &start, start.count)
    return count < 0 || ImageFormat(signatureOf: Array(start.prefix(count))) != nil
  }

  /// Whether a file is a picture; a damaged one is, so that its message is printed.
  private static func isPicture(_ path: String) -> Bool {
    do {
      _ = try ImageFile.header(at: path)
      return true
    } catch let error as FileError {
      return error.kind != .unknownFormat && error.kind != .notAFile
    } catch {
      return false
    }
  }

  /// Whether two paths lead to one folder.
  static func isSame(_ first: String, _ second: String) -> Bool {
    resolved(first) == resolved(second)
  }

  private static func resolved(_ path: String) -> String {
    URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
  }
}
