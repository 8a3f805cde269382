import Foundation
import HyperPrior
import Signals
import Synchronization
import Testing

/// Fills the picture with one value and remembers what it was asked.
private final class ConstantMethod: Reconstructor {
  let name: String
  let value: Float
  let variance: Float?
  let pastes: Bool
  let seen = Mutex<[PixelObservations]>([])

  init(_ name: String, value: Float, variance: Float? = nil, pastes: Bool = false) {
    self.pastes = pastes
    self.name = name
    self.value = value
    self.variance = variance
  }

  func reconstruct(
    _ observations: PixelObservations, width: Int, height: Int
  ) throws -> Reconstruction {
    seen.withLock { $0.append(observations) }
    let image = Image(
      width: width, height: height, channels: observations.channels, filledWith: value)
    return Reconstruction(
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

  @Test("Contexts follow from seed, picture and count alone")
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

  @Test("Errors, PSNR of the mean error, and coverage by hand")
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
    for (picture, missing) in zip(pictures, masks) {
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
    #expect(abs((row.coverage90 ?? 0) - (inside[0] + inside[1]) / 2) < 1e-9)
    #expect(table.perImage.map(\.image) == [0, 1])
    #expect(table.perImage.map(\.mse) == errors)
    #expect((row.ssim ?? 2) < 1)
  }

  @Test("Rows go by context size, then method; a full context leaves nothing unobserved")
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
    #expect(full.coverage90 == nil)
  }

  @Test("A method that pastes too has a second row, from one reconstruction")
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
    #expect(table.rows[1].coverage90 == table.rows[0].coverage90)
  }

  @Test("A method's error is thrown")
  func error() throws {
    let mean = try MeanPicture(
      shape: PictureShape(width: 2, height: 2, channels: 1), pictureCount: 1
    ) { _ in [0, 0, 0, 0] }
    #expect(throws: ReconstructionError.self) {
      try EvaluationTable(methods: [mean], pictures: pictures, contextSizes: [4], seed: 1)
    }
  }

  @Test("The keys in JSON")
  func json() throws {
    let row = EvaluationRow(
      method: "model", points: 10, images: 2, mse: 0.25, mseUnobserved: 0.5, psnr: 6, ssim: 0.5,
      coverage90: 0.75, seconds: 2)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = String(decoding: try encoder.encode(row), as: UTF8.self)
    #expect(
      text == #"{"coverage90":0.75,"images":2,"method":"model","mse":0.25,"mse_unobserved":0.5,"#
        + #""points":10,"psnr":6,"seconds":2,"ssim":0.5}"#)
    #expect(try JSONDecoder().decode(EvaluationRow.self, from: Data(text.utf8)) == row)
  }
}
