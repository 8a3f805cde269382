import Foundation

/// The folders in which other programs are looked for.
package struct ProgramFolders: Sendable {
  /// Absolute paths, the first one that has the program wins.
  package var folders: [String]

  /// The folders, in the order of search.
  package init(_ folders: [String]) { self.folders = folders }

  /// The folders of the variable PATH; relative ones are left out, so that no program is taken from the
  /// folder of a clip.
  package static var environment: ProgramFolders {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return ProgramFolders(path.split(separator: ":").map(String.init).filter { $0.hasPrefix("/") })
  }

  /// The path of a program, or nil.
  package func path(of program: String) -> String? {
    folders.map { $0 + "/" + program }.first {
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: $0, isDirectory: &isFolder)
        && !isFolder.boolValue && FileManager.default.isExecutableFile(atPath: $0)
    }
  }
}
