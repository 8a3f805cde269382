import Fitting
import Foundation
import HyperNetworks
import ImagePriors
import PriorPipelines
import PriorTestSupport
import Signals
import TestSupport
import Testing

/// The features of both kinds of prior.
@Suite("Trained priors") struct ImagePriorTests {
  private static let networks: [(EncoderKind, HeadKind)] = [
    (.attention, .modulated), (.set, .full),
  ]

  private func task(
    _ folder: TemporaryFolder, _ index: Int, keeping count: Int
  ) throws -> InpaintingTask {
    let path = folder.file("\(index)-\(count).png")
    let pictures = SmoothPictures(count: 8, seed: 3)
    try ImageFile.writePNG(
      Image(width: 8, height: 8, channels: 3, values: pictures.values(at: index)), to: path,
      overwrite: true)
    return try InpaintingTask(
      input: path, observed: .keep(.count(count)), truth: nil, size: nil, channels: 3, seed: 1)
  }

  private func field(_ prior: any ImagePrior, _ task: InpaintingTask) throws -> [Float] {
    try prior.field(explaining: task.observations, width: task.width, height: task.height)
      .parameters.values
  }

  @Test("An interpolation's ends are the pictures' own networks")
  func ends() throws {
    let folder = try TemporaryFolder()
    let (first, second) = (try task(folder, 0, keeping: 9), try task(folder, 1, keeping: 20))
    var priors: [any ImagePrior] = [try LearnedPrior.prior.get()]
    for (encoder, head) in Self.networks {
      priors.append(HyperNetworkPrior(SmallPrior.configuration(encoder, head), seed: 2))
    }
    for prior in priors {
      let fields = try prior.interpolation(from: first, to: second, steps: 5)
      #expect(fields.count == 5)
      #expect(fields[0].parameters.values == (try field(prior, first)))
      #expect(fields[4].parameters.values == (try field(prior, second)))
      #expect(fields[2] != fields[0] && fields[2] != fields[4])
    }
  }

  @Test("Halfway between two pictures of a subspace prior is their mean")
  func middle() throws {
    let folder = try TemporaryFolder()
    let (first, second) = (try task(folder, 2, keeping: 9), try task(folder, 3, keeping: 64))
    let prior = try LearnedPrior.prior.get()
    let fields = try prior.interpolation(from: first, to: second, steps: 3)
    let values = fields.map { $0.evaluate(at: CoordinateGrid.points(height: 8, width: 8)).value }
    for place in values[0].indices {
      #expect(abs(values[1][place] - (values[0][place] + values[2][place]) / 2) < 1e-4)
    }
  }

  @Test("A file is described")
  func described() throws {
    let folder = try TemporaryFolder()
    let prior = try LearnedPrior.prior.get()
    let path = folder.file("c.safetensors")
    try prior.write(to: path, provenance: ["training": "a test"], overwrite: false)
    let own = try ImagePriorFile.description(of: path)
    #expect(
      own.kind
        == .subspace(
          components: prior.codeLength, functions: 64, codes: prior.codeCount, mirrors: false,
          residual: nil))
    #expect(own.imageSize == 8 && own.channels == 3)
    #expect(own.provenance == ["training": "a test"])
    #expect(own.parameterCount == (try prior.archive().arrays.reduce(0) { $0 + $1.values.count }))

    let network = HyperNetworkPrior(SmallPrior.configuration(.set, .full), seed: 2)
    try network.write(to: folder.file("n.safetensors"), overwrite: false)
    let other = try ImagePriorFile.description(of: folder.file("n.safetensors"))
    #expect(
      other.kind
        == .hypernetwork(encoder: "set", head: "full", fieldWidth: 20, fieldLayers: 2))
    #expect(other.parameterCount == network.parameterCount)
    let text = try folder.write("no model at all", to: "t")
    #expect(throws: (any Error).self) { try ImagePriorFile.description(of: text) }
  }
}
