import Signals
import TestSupport
import Testing

/// Comparisons must fail where there is nothing to compare, not pass.
@Suite struct ComparisonTests {
  @Test func pairsLieSideBySide() {
    #expect(pairs([1, 2], ["a", "b"]).map { "\($0)\($1)" } == ["1a", "2b"])
    #expect(pairs(0..<2, Set([5, 5, 6]).sorted()).map { $0 + $1 } == [5, 7])
  }

  @Test func pairsOfDifferentCountsAreAnIssue() {
    expectIssue(containing: "3 elements beside 2") {
      #expect(pairs([1, 2, 3], [1, 2]).count == 2)
    }
    expectIssue(containing: "0 elements beside 1") { #expect(pairs([Int](), [1]).isEmpty) }
    expectIssue(containing: "no elements") { #expect(pairs([Int](), [Int]()).isEmpty) }
  }

  @Test func theLargestDifferenceIsFound() {
    #expect(maximumDifference([1.0, 2, 3], [1, 4, 2]) == 2)
    #expect(maximumDifference([0.5, -0.25] as [Float], [0.25, 0.5] as [Float]) == 0.75)
    #expect(maximumDifference([0.5] as [Float], [0.125] as [Double]) == 0.375)
    #expect(maximumDifference([Double.infinity, 1], [.infinity, 1]) == 0)
    let picture = Image(width: 2, height: 1, channels: 1, values: [0.5, 0])
    #expect(maximumDifference(picture, Image(width: 2, height: 1, channels: 1)) == 0.5)
  }

  @Test func notANumberIsInfinitelyFar() {
    for (actual, expected) in [
      ([0.0, .nan, 0], [0.0, 0, 0]), ([0, 0, .nan], [0, 0, .nan]), ([.infinity], [1]),
      ([.infinity], [-.infinity]),
    ] {
      #expect(maximumDifference(actual, expected) == .infinity)
    }
  }

  @Test func differencesOfDifferentShapesAreAnIssueAndInfinite() {
    expectIssue(containing: "1 elements beside 2") {
      #expect(maximumDifference([1.0], [1.0, 1]) == .infinity)
    }
    expectIssue(containing: "no elements") {
      #expect(maximumDifference([Float](), [Float]()) == .infinity)
    }
    expectIssue(containing: "shape [1, 2, 1], expected [2, 1, 1]") {
      #expect(
        maximumDifference(
          Image(width: 2, height: 1, channels: 1), Image(width: 1, height: 2, channels: 1))
          == .infinity)
    }
  }

  @Test func issuesNameTheLineOfTheTest() {
    let line = #line
    withKnownIssue {
      _ = pairs([1], [1, 2])
      _ = maximumDifference([1.0], [1, 2])
    } matching: { issue in
      [line + 2, line + 3].contains(issue.sourceLocation?.line)
    }
  }

  @Test func theWorstErrorIsNeverForgotten() {
    #expect(larger(1, 2) == 2 && larger(2, 1) == 2)
    #expect([0.1, .nan, 0.2].reduce(0, larger) == .infinity)
    #expect(larger(.nan, 1) == .infinity)
  }
}
