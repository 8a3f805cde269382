import Foundation

/// The trained model that comes with the programs, used where none is named.
public enum BundledModel {
  /// Its file, in whichever folder it lies.
  public static let fileName = "faces.safetensors"
  /// The environment variable that names a folder to take it from, and no other.
  public static let folderVariable = "SIREN_MODELS"

  /// Where the model is.
  ///
  /// In this order: the folder that the environment names; `../share/siren-hyper` as seen from the
  /// program, where an installation has it; `Models` in a folder above the program, for programs
  /// that are run where they were built.
  ///
  /// - Parameters:
  ///   - program: the program's path; links are followed.
  ///   - environment: of the process.
  /// - Throws: ``BundledModelError`` if there is none.
  public static func path(
    program: String, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> String {
    if let folder = environment[folderVariable], !folder.isEmpty {
      guard let path = file(in: folder) else { throw BundledModelError.notInNamedFolder(folder) }
      return path
    }
    var folder = (resolved(program) as NSString).deletingLastPathComponent
    let prefix = (folder as NSString).deletingLastPathComponent
    if let path = file(in: prefix + "/share/siren-hyper") { return path }
    while true {
      if let path = file(in: folder + "/Models") { return path }
      let above = (folder as NSString).deletingLastPathComponent
      guard above != folder, !above.isEmpty else { throw BundledModelError.missing }
      folder = above
    }
  }

  private static func file(in folder: String) -> String? {
    let path = (folder as NSString).appendingPathComponent(fileName)
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    return exists && !isFolder.boolValue ? path : nil
  }

  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }
}

/// Why there is no model to use where none was named; one line for the user.
public enum BundledModelError: Error, CustomStringConvertible, Equatable {
  /// The folder that the environment names lacks it.
  case notInNamedFolder(String)
  /// It is neither installed nor in the repository.
  case missing

  /// The message.
  public var description: String {
    switch self {
    case .notInNamedFolder(let folder):
      "\(BundledModel.folderVariable) names '\(folder)', which has no \(BundledModel.fileName); "
        + "pass --model FILE, name another folder, or unset the variable"
    case .missing:
      "no model was named and \(BundledModel.fileName) did not come with the program; pass --model FILE, "
        + "learn one with 'siren-hyper train', or set \(BundledModel.folderVariable) to its folder"
    }
  }
}
