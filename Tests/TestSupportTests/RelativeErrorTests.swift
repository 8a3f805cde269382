import TestSupport
import Testing

@Suite struct RelativeErrorTests {
  @Test func differencesAreTakenRelativeToTheLargest() {
    #expect(errorRelativeToLargest([1, 2, 4], [1, 2, 4.0]) == 0)
    #expect(errorRelativeToLargest([1, 2.5, 4], [1, 2, -4.0]) == 2)
    #expect(errorRelativeToLargest([0.5, 4], [0.25, 4.0]) == 0.0625)
  }

  @Test func differencesAreTakenRelativeToEachElement() {
    #expect(largestRelativeError([1, 2], [1, 2]) == 0)
    #expect(largestRelativeError([0.5, 4], [0.25, 4]) == 1)
  }

  @Test("Values that cannot be compared have an infinite error")
  func failures() {
    for error in [errorRelativeToLargest, largestRelativeError] as [([Float], [Double]) -> Double] {
      #expect(error([], []) == .infinity)
      #expect(error([1], [1, 2]) == .infinity)
      #expect(error([.nan, 1], [1, 1]) == .infinity)
      #expect(error([1, 1], [.nan, 1]) == .infinity)
      #expect(error([.infinity], [1]) == .infinity)
      #expect(error([1], [0]) == .infinity)
    }
  }
}

@Suite struct BoxAverageTests {
  @Test func pixelsAreAveragedInBoxes() {
    let values: [Float] = [0, 1, 1, 1, 0, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0]
    #expect(
      ReferenceFolder.boxAveraged(values, width: 4, height: 4, channels: 1, size: 2)
        == [0, 0, 1, -1])
    #expect(
      ReferenceFolder.boxAveraged(
        [0, 1, 1, 1, 1, 0, 0, 0], width: 2, height: 2, channels: 2, size: 1) == [0, 0])
  }
}
