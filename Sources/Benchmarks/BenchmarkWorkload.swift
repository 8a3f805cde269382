/// A workload to measure, such as one step of a fit or one rendering.
public struct BenchmarkWorkload: Sendable {
  /// A short and stable name, for the command line and for JSON.
  public let name: String
  /// Earlier names, which the command line accepts too.
  public let formerNames: [String]
  /// A readable description.
  public let summary: String
  /// Points (pixels or samples) per repetition.
  public let points: Int
  /// Floating-point operations of one repetition; a multiply-add is two.
  ///
  /// The count includes matrix products and convolutions by their definitions, in the cheapest known order
  /// of evaluation, whatever the code does. Convolutions in tiles need fewer operations and can exceed the
  /// processor's peak.
  public let operations: Double
  /// Prepares the workload and returns the function to measure.
  public let prepare: @Sendable () throws -> () throws -> Void

  /// A workload from its parts.
  public init(
    name: String, formerNames: [String] = [], summary: String, points: Int, operations: Double,
    prepare: @escaping @Sendable () throws -> () throws -> Void
  ) {
    self.name = name
    self.formerNames = formerNames
    self.summary = summary
    self.points = points
    self.operations = operations
    self.prepare = prepare
  }

  /// Whether the workload has or once had this name.
  public func isNamed(_ name: String) -> Bool { name == self.name || formerNames.contains(name) }
}
