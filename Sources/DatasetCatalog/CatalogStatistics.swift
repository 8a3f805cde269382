import GRDB

/// The numbers of a catalog's pictures by state and split.
public struct CatalogStatistics: Sendable, Equatable {
  /// Pictures in the folder: `usable + broken`.
  public var pictures: Int { usable + broken }
  /// Pictures that decode.
  public var usable = 0
  /// Pictures that do not decode.
  public var broken = 0
  /// Pictures that are no longer in the folder.
  public var missing = 0
  /// Pictures that the user removed from the catalog.
  public var excluded = 0
  /// Usable pictures to train on.
  public var train = 0
  /// Usable pictures to validate on.
  public var validation = 0
  /// Usable pictures to test on.
  public var test = 0
  /// Bytes of the usable files.
  public var bytes = 0
  /// Usable pictures that have the same content as another usable picture.
  public var duplicates = 0
  /// The number of usable pictures of each size and number of channels, largest first.
  public var shapes: [ShapeCount] = []

  /// The number of pictures of one size.
  public struct ShapeCount: Sendable, Equatable {
    /// Columns.
    public var width: Int
    /// Rows.
    public var height: Int
    /// Channels.
    public var channels: Int
    /// Number of pictures.
    public var count: Int
  }

  /// Statistics of an empty catalog.
  public init() {}
}

extension Catalog {
  /// Counts the pictures by state, split and size.
  public func statistics() throws -> CatalogStatistics {
    try read { database in
      var statistics = CatalogStatistics()
      for row in try Row.fetchAll(
        database, sql: "SELECT state, split, COUNT(*), SUM(bytes) FROM pictures GROUP BY 1, 2")
      {
        let count = try row.decode(Int.self, atIndex: 2)
        switch PictureState(rawValue: try row.decode(String.self, atIndex: 0)) {
        case .usable:
          statistics.usable += count
          statistics.bytes += try row.decode(Int.self, atIndex: 3)
          switch try row.decode(String?.self, atIndex: 1).map(validSplit) {
          case .train: statistics.train += count
          case .validation: statistics.validation += count
          case .test: statistics.test += count
          case nil: break
          }
        case .broken: statistics.broken += count
        case .missing: statistics.missing += count
        case .excluded: statistics.excluded += count
        case nil: break
        }
      }
      statistics.duplicates =
        try Int.fetchOne(
          database,
          sql: """
            SELECT COUNT(*) - COUNT(DISTINCT content_hash) FROM pictures WHERE state = 'usable'
            """) ?? 0
      for row in try Row.fetchAll(
        database,
        sql: """
          SELECT width, height, channels, COUNT(*) FROM pictures WHERE state = 'usable'
          GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3
          """)
      {
        statistics.shapes.append(
          CatalogStatistics.ShapeCount(
            width: try row.decode(Int.self, atIndex: 0),
            height: try row.decode(Int.self, atIndex: 1),
            channels: try row.decode(Int.self, atIndex: 2),
            count: try row.decode(Int.self, atIndex: 3)))
      }
      return statistics
    }
  }
}
