/// The paths of a collection's pictures and of its catalog.
public struct CollectionLocation: Sendable, Equatable {
  /// The folder of the pictures.
  public var directory: String
  /// The catalog file; nil for the one in the folder.
  public var catalogPath: String?

  /// A collection with its catalog in its own folder, or elsewhere.
  public init(directory: String, catalogPath: String? = nil) {
    self.directory = directory
    self.catalogPath = catalogPath
  }
}
