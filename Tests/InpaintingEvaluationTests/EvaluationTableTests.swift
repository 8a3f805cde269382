import Foundation
import ImagePriors
import InpaintingEvaluation
import Interpolation
import Numerics
import Signals
import TestSupport
import Testing

/// Fills the picture with one value and records its calls.
private final class ConstantMethod: InpaintingMethod {
  let name: String
  let value: Float
  let variance: Float?
  let pastes: Bool
  let seen = Guarded<[PixelObservations]>([])

  init(_ name: String, value: Float, variance: Float? = nil, pastes: Bool = false) {
    self.pastes = pastes
    self.name = name
    self.value = value
    self.variance = variance
  }

  func inpaint(
    _ observations: PixelObservations, width: Int, height: Int
  ) throws -> InpaintingEstimate {
    seen.withLock { $0.append(observations) }
    let image = Image(
      width: width, height: height, channels: observations.channels, filledWith: value)
    return InpaintingEstimate(
      image: image,
      variance: variance.map { [Float](repeating: $0, count: image.values.count) },
      pasted: pastes ? image.pasting(observations) : nil)
  }
}

@Suite("Evaluation table")
struct EvaluationTableTests {
  /// Rows of grey from black to white; the second picture is half as bright.
  private let pictures = [Float(1), 0.5].map { brightness in
    Image(
      width: 8, height: 8, channels: 1,
      values: (0..<64).map { brightness * Float($0 / 8) / 7 })
  }

  @Test("Every method sees the same observations")
  func sameContexts() throws {
    let first = ConstantMethod("first", value: 0)
    let second = ConstantMethod("second", value: 1)
    _ = try EvaluationTable(
      methods: [first, second], pictures: pictures, contextSizes: [5, 20], seed: 9)
    func sorted(_ method: ConstantMethod) -> [[Float]] {
      method.seen.withLock { $0.map { $0.positions + $0.values } }
        .sorted { $0.lexicographicallyPrecedes($1) }
    }
    #expect(sorted(first) == sorted(second))
    #expect(first.seen.withLock { Set($0.map(\.count)) } == [5, 20])
    // Two pictures, two sizes: four different contexts.
    #expect(Set(first.seen.withLock { $0.map(\.positions) }).count == 4)
  }

  @Test("Contexts depend only on seed, picture and number")
  func contexts() {
    func mask(_ index: Int, _ count: Int, _ seed: UInt64) -> PixelMask {
      RandomContext.mask(for: pictures[0], imageIndex: index, count: count, seed: seed)
    }
    #expect(mask(3, 10, 1) == mask(3, 10, 1))
    #expect(mask(3, 10, 1) != mask(4, 10, 1))
    #expect(mask(3, 10, 1) != mask(3, 10, 2))
    #expect(mask(3, 10, 1).observedCount == 10)
    #expect(mask(3, 1_000, 1).observedCount == 64)
  }

  @Test("Errors, PSNR and coverage agree with a calculation by hand")
  func numbers() throws {
    // Within 1.645 standard deviations of 0: values up to 0.3.
    let deviation: Float = 0.3 / 1.6448536
    let method = ConstantMethod("zero", value: 0, variance: deviation * deviation)
    let table = try EvaluationTable(
      methods: [method], pictures: pictures, contextSizes: [16], seed: 2)
    let masks = pictures.indices.map {
      RandomContext.mask(for: pictures[$0], imageIndex: $0, count: 16, seed: 2).missing
    }
    var errors: [Double] = []
    var unobserved: [Double] = []
    var inside: [Double] = []
    for (picture, missing) in pairs(pictures, masks) {
      let hidden = picture.values.indices.filter { missing[$0] }.map { picture.values[$0] }
      errors.append(picture.values.reduce(0.0) { $0 + Double($1) * Double($1) } / 64)
      unobserved.append(hidden.reduce(0.0) { $0 + Double($1) * Double($1) } / 48)
      inside.append(Double(hidden.filter { $0 < 0.3 }.count) / 48)
    }
    let row = table.rows[0]
    #expect(row.method == "zero" && row.points == 16 && row.images == 2)
    #expect(abs(row.mse - (errors[0] + errors[1]) / 2) < 1e-9)
    #expect(abs((row.mseUnobserved ?? 0) - (unobserved[0] + unobserved[1]) / 2) < 1e-9)
    #expect(abs((row.psnr ?? 0) + 10 * log10(row.mse)) < 1e-9)
    #expect(abs((row.calibration?.coverage90 ?? 0) - (inside[0] + inside[1]) / 2) < 1e-9)
    #expect(table.perImage.map(\.image) == [0, 1])
    #expect(table.perImage.map(\.mse) == errors)
    #expect((row.ssim ?? 2) < 1)
  }

  @Test("Rows are sorted by context size and method, and a full context has no unobserved error")
  func order() throws {
    let table = try EvaluationTable(
      methods: [NearestNeighbour(), LinearInterpolation()], pictures: pictures,
      contextSizes: [4, 64], seed: 1)
    #expect(table.rows.map(\.method) == ["nearest", "linear", "nearest", "linear"])
    #expect(table.rows.map(\.points) == [4, 4, 64, 64])
    #expect(table.perImage.count == 8)
    let full = table.rows[2]
    #expect(full.mse == 0)
    #expect(full.mseUnobserved == nil)
    #expect(full.psnr == nil)
    #expect(full.calibration == nil)
  }

  @Test("A method with pasted pictures has a second row from one inpainting")
  func pasted() throws {
    let method = ConstantMethod("zero", value: 0, variance: 1, pastes: true)
    let table = try EvaluationTable(
      methods: [method, NearestNeighbour()], pictures: pictures, contextSizes: [16], seed: 2)
    #expect(table.rows.map(\.method) == ["zero", "zero+pasted", "nearest"])
    #expect(
      table.perImage.map(\.method) == ["zero", "zero", "zero+pasted", "zero+pasted"]
        + ["nearest", "nearest"])
    #expect(method.seen.withLock { $0.count } == 2)
    #expect(table.rows[1].mse < table.rows[0].mse)
    #expect(table.rows[1].mseUnobserved == table.rows[0].mseUnobserved)
    #expect(table.rows[1].calibration != nil)
    #expect(table.rows[1].calibration == table.rows[0].calibration)
  }

  @Test("A method's error is thrown")
  func error() throws {
    let mean = try MeanPicture(
      shape: PictureShape(width: 2, height: 2, channels: 1), pictureCount: 1
    ) { _ in [0, 0, 0, 0] }
    #expect(throws: InpaintingMethodError.self) {
      try EvaluationTable(methods: [mean], pictures: pictures, contextSizes: [4], seed: 1)
    }
  }

  @Test("Every method sees the same holes of the requested kind", arguments: MaskKind.allCases)
  func kinds(kind: MaskKind) throws {
    let method = ConstantMethod("zero", value: 0)
    _ = try EvaluationTable(
      methods: [method, NearestNeighbour()], pictures: [pictures[0]], contextSizes: [32], seed: 3,
      kind: kind)
    let seen = try #require(method.seen.withLock { $0.first })
    let expected = RandomContext.observations(
      of: pictures[0], imageIndex: 0, count: 32, seed: 3, kind: kind)
    #expect(seen == expected)
    #expect(abs(seen.count - 32) <= (kind == .block ? 8 : 0))
  }

  @Test("Whole rows are counted as they are observed")
  func observed() throws {
    // A row of 8 pixels is the least that lines observe.
    let table = try EvaluationTable(
      methods: [ConstantMethod("zero", value: 0)],
      pictures: [Image(width: 8, height: 8, channels: 1)], contextSizes: [2, 4, 16], seed: 1,
      kind: .lines)
    #expect(table.rows.map(\.points) == [2, 4, 16])
    #expect(table.rows.map(\.observed) == [8, 8, 16])
    #expect(table.perImage.map(\.observed) == [8, 8, 16])
  }

  @Test("The comma-separated values have a header and one line per picture and method")
  func commaSeparated() throws {
    let table = try EvaluationTable(
      methods: [
        ConstantMethod("zero", value: 0, variance: 1), ConstantMethod("one, at most", value: 1),
      ], pictures: pictures, contextSizes: [64, 16], seed: 2)
    let text = table.commaSeparated(names: [#"a "grey", path.png"#])
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(
      lines[0] == "image,method,points,observed,mse,mse_unobserved,psnr,ssim,coverage50,"
        + "coverage90,coverage95,nll,seconds")
    #expect(lines.count == 1 + 2 * 2 * 2 + 1 && lines.last == "")
    // With all pixels observed nothing is left to be unsure about.
    #expect(lines[1].hasPrefix(#""a ""grey"", path.png",zero,64,"#))
    #expect(lines[1].contains(",,,,,"))
    // The second picture has no name; nil is empty.
    #expect(lines[4].hasPrefix(#"1,"one, at most",64,"#))
    let result = table.perImage[5]
    let fields = lines[6].split(separator: ",", omittingEmptySubsequences: false)
    #expect(fields.count == 13)
    #expect(fields[0] == "1" && fields[1] == "zero" && fields[2] == "16" && fields[3] == "16")
    #expect(Double(fields[4]) == result.mse)
    #expect(Double(fields[5]) == result.mseUnobserved)
    #expect(Double(fields[9]) == result.calibration?.coverage90)
    #expect(Double(fields[11]) == result.calibration?.negativeLogLikelihood)
  }

  @Test("The best, the median and the worst picture of a method are chosen")
  func extremes() throws {
    let ramps = [Float(0.5), 0.1, 0.9, 0.3].map {
      Image(width: 8, height: 8, channels: 1, filledWith: $0)
    }
    let chosen = { (count: Int) in
      try EvaluationTable(
        methods: [ConstantMethod("zero", value: 0)], pictures: Array(ramps.prefix(count)),
        contextSizes: [4], seed: 1
      ).bestMedianWorst(method: "zero", points: 4).map(\.image)
    }
    #expect(try chosen(4) == [1, 3, 2])
    #expect(try chosen(3) == [1, 0, 2])
    #expect(try chosen(2) == [1, 0])
    #expect(try chosen(1) == [0])
    let table = try EvaluationTable(
      methods: [NearestNeighbour()], pictures: ramps, contextSizes: [4], seed: 1)
    #expect(table.bestMedianWorst(method: "zero", points: 4).isEmpty)
    #expect(table.bestMedianWorst(method: "nearest", points: 5).isEmpty)
  }
}
