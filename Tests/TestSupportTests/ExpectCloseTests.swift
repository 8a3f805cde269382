import Signals
import TestSupport
import Testing

/// A helper that cannot fail proves nothing: each case here must record exactly one issue.
@Suite struct ExpectCloseTests {
  @Test func passesWithinTolerance() {
    expectClose(actual: 1.0, expected: 1.0)
    expectClose(actual: 1.05, expected: 1.0, absolute: 0.051)
    expectClose(actual: Float(102), expected: 100, relative: 0.021)
    expectClose(actual: [1.0, 2.0], expected: [1.01, 1.99], absolute: 0.011)
    expectClose(actual: Double.infinity, expected: .infinity)
    let image = Image(width: 2, height: 1, channels: 1, values: [0.1, 0.2])
    expectClose(actual: image, expected: image)
  }

  @Test func failsOutsideTolerance() {
    expectIssue(containing: "expected 1.0 within 0.05") {
      expectClose(actual: 1.06, expected: 1.0, absolute: 0.05)
    }
    expectIssue(containing: "0.01 relative") {
      expectClose(actual: 102.0, expected: 100, relative: 0.01)
    }
    expectIssue(containing: "1 of 1") { expectClose(actual: 0.0, expected: -1e-9) }
  }

  @Test func namesTheWorstElement() {
    expectIssue(containing: "2 of 4 numbers differ; the worst, at index 2, is 9.0") {
      expectClose(actual: [1, 2, 9, 4.5], expected: [1.0, 2, 3, 4], absolute: 0.1)
    }
  }

  @Test func failsOnDifferentCounts() {
    expectIssue(containing: "2 numbers, expected 3") {
      expectClose(actual: [1.0, 2.0], expected: [1.0, 2.0, 3.0], absolute: 10)
    }
    expectIssue(containing: "0 numbers, expected 1") {
      expectClose(actual: [Float](), expected: [1], absolute: 10)
    }
    expectIssue(containing: "no numbers") { expectClose(actual: [Float](), expected: []) }
  }

  @Test func failsOnDifferentShapesOfEqualCount() {
    expectIssue(containing: "shape [2, 3], expected [3, 2]") {
      expectClose(
        actual: [1.0, 2, 3, 4, 5, 6], expected: [1.0, 2, 3, 4, 5, 6], actualShape: [2, 3],
        expectedShape: [3, 2])
    }
    expectIssue(containing: "shape [1, 2, 1], expected [2, 1, 1]") {
      expectClose(
        actual: Image(width: 2, height: 1, channels: 1),
        expected: Image(width: 1, height: 2, channels: 1))
    }
  }

  @Test func failsOnWhatIsNotANumber() {
    expectIssue(containing: "nan") {
      expectClose(actual: Double.nan, expected: 1, absolute: 1e30)
    }
    expectIssue(containing: "nan") {
      expectClose(actual: Double.nan, expected: .nan, absolute: 1e30)
    }
    expectIssue(containing: "inf") {
      expectClose(actual: Double.infinity, expected: 1, relative: 1e30)
    }
    expectIssue(containing: "inf") {
      expectClose(actual: 1.0, expected: .infinity, relative: 1)
    }
  }

  @Test func failsOnUselessTolerances() {
    expectIssue(containing: "tolerances") {
      expectClose(actual: 1.0, expected: 1, absolute: -1e-3)
    }
    expectIssue(containing: "tolerances") {
      expectClose(actual: 1.0, expected: 1, relative: .infinity)
    }
    expectIssue(containing: "tolerances") {
      expectClose(actual: 1.0, expected: 1, absolute: .nan)
    }
  }

  @Test func forwardsTheSourceLocation() {
    let line = #line
    withKnownIssue {
      expectClose(actual: 1.0, expected: 2)
      expectClose(
        actual: Image(width: 1, height: 1, channels: 1),
        expected: Image.pattern(width: 2, height: 1, channels: 1))
    } matching: { issue in
      [line + 2, line + 3].contains(issue.sourceLocation?.line)
    }
  }
}
