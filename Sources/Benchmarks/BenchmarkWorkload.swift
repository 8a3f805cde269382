/// A piece of work whose time is measured: one step of a fit, or one rendering.
public struct BenchmarkWorkload: Sendable {
  /// Short and stable, for the command line and for machines.
  public let name: String
  /// What it is, for people.
  public let summary: String
  /// Points (pixels, samples) that one repetition goes through.
  public let points: Int
  /// Floating-point operations of one repetition; a multiply-add is two.
  ///
  /// Those of the matrix products and convolutions alone, by the cheapest known order of work, each by
  /// its definition, whatever the code really does: convolutions in tiles take fewer, and can seem to
  /// exceed the processor's peak.
  public let operations: Double
  /// Makes what the work needs, and returns the work.
  public let prepare: @Sendable () throws -> () throws -> Void

  /// A workload from its parts.
  public init(
    name: String, summary: String, points: Int, operations: Double,
    prepare: @escaping @Sendable () throws -> () throws -> Void
  ) {
    self.name = name
    self.summary = summary
    self.points = points
    self.operations = operations
    self.prepare = prepare
  }
}
