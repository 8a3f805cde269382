import Fields
import Fitting
import ImagePriors
import Interpolation
import PriorPipelines
import Signals
import TestSupport
import Testing

/// Simple methods in the place of a prior.
@Suite("Simple methods as priors") struct InterpolationPriorTests {
  private let picture = Image.pattern(width: 21, height: 18, channels: 4)

  private func points(_ count: Int = 60) -> PixelObservations {
    PixelMask.random(width: 21, height: 18, keeping: count, seed: 1).observations(of: picture)
  }

  @Test("The picture is the method's", arguments: InterpolationPrior.Method.allCases)
  func picture(method: InterpolationPrior.Method) throws {
    let prior = InterpolationPrior(method)
    let own: any InpaintingMethod =
      switch method {
      case .linear: LinearInterpolation()
      case .biharmonic: BiharmonicInpainting()
      }
    let expected = try own.inpaint(points(), width: 21, height: 18).image
    let result = try prior.inpaint(points(), width: 21, height: 18)
    #expect(result.rendered == expected && result.field == nil)
    #expect(result.pasted == expected.pasting(points()))
    #expect(prior.kind == .interpolation(method.rawValue) && own.name == method.rawValue)
    #expect(prior.keepsChannels && prior.scope == .picture)
    let field = try prior.pictureField(explaining: points(), width: 21, height: 18)
    let rendered = FieldRenderer.image(of: field, width: 21, height: 18)
    for index in expected.values.indices {
      #expect(abs(rendered.values[index] - min(1, max(0, expected.values[index]))) < 1e-4)
    }
  }

  @Test("What a simple method cannot do is refused", arguments: InterpolationPrior.Method.allCases)
  func refusals(method: InterpolationPrior.Method) throws {
    let prior = InterpolationPrior(method)
    let none = PixelObservations(channels: 1, positions: [], values: [])
    #expect(throws: PriorError.needsObservations) { try prior.inpaint(none, width: 5, height: 5) }
    #expect(throws: PriorError.needsObservations) {
      try prior.pictureField(explaining: none, width: 5, height: 5)
    }
    #expect(throws: PriorError.gridOfNetworks) {
      try prior.field(explaining: points(), width: 21, height: 18)
    }
    let error = #expect(throws: NoPosterior.self) {
      try prior.posteriors(for: .uncertainty, model: method.rawValue)
    }
    #expect(
      error?.description
        == "'\(method.rawValue)' is a simple method, which does not estimate its uncertainty; "
        + "pass another --model, such as scenes")
  }
}
