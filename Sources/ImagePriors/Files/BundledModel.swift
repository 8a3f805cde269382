import Foundation

/// The bundled models, which are used if no model is named.
public enum BundledModel: String, Sendable, CaseIterable {
  /// Drawn faces: pictures of one aligned subject.
  case faces
  /// Drawn scenes: pictures of any kind and size.
  case scenes

  /// The name of the model's file.
  public var fileName: String { rawValue + ".safetensors" }
  /// The environment variable that names the only folder to search.
  public static let folderVariable = "SIREN_MODELS"

  /// The path of a bundled model.
  ///
  /// If the environment variable names a folder, only that folder is searched. Otherwise the search
  /// order is `../share/siren-hyper` relative to the program, where it is installed, and then `Models`
  /// in the folders above the program, for programs that run in their build folder.
  ///
  /// - Parameters:
  ///   - program: the path of the program; symbolic links are followed.
  ///   - environment: the environment of the process.
  /// - Throws: ``BundledModelError`` if the model is not found.
  public func path(
    program: String, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> String {
    if let folder = environment[Self.folderVariable], !folder.isEmpty {
      guard let path = file(in: folder) else {
        throw BundledModelError.notInNamedFolder(folder, fileName: fileName)
      }
      return path
    }
    var folder = (Self.resolved(program) as NSString).deletingLastPathComponent
    let prefix = (folder as NSString).deletingLastPathComponent
    if let path = file(in: prefix + "/share/siren-hyper") { return path }
    while true {
      if let path = file(in: folder + "/Models") { return path }
      let above = (folder as NSString).deletingLastPathComponent
      guard above != folder, !above.isEmpty else {
        throw BundledModelError.missing(fileName: fileName)
      }
      folder = above
    }
  }

  private func file(in folder: String) -> String? {
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

/// An error in finding a bundled model; the description is one line.
public enum BundledModelError: Error, CustomStringConvertible, Equatable {
  /// The folder that the environment variable names does not contain the model.
  case notInNamedFolder(String, fileName: String)
  /// The model is neither installed nor in a folder above the program.
  case missing(fileName: String)

  /// The message.
  public var description: String {
    switch self {
    case .notInNamedFolder(let folder, let fileName):
      "\(BundledModel.folderVariable) names '\(folder)', which has no \(fileName); "
        + "pass --model FILE, name another folder, or unset the variable"
    case .missing(let fileName):
      "no model was given and the bundled model \(fileName) was not found; pass --model "
        + "FILE, train a model with 'siren-hyper train', or set \(BundledModel.folderVariable) to the "
        + "model's folder"
    }
  }
}
