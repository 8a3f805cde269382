import Fitting
import Foundation
import Notebook
import Reporting
import Signals
import SyntheticData
import TestSupport
import Testing

@Suite struct ReproductionTests {
  @Test func allOfTheNotebookIsOnThePage() throws {
    let settings = ReproductionSettings(picture: nil, sound: nil, effort: .trial)
    var told: [String] = []
    var lastPart = 0
    let chapters = try Reproduction.run(settings) { part, fraction, _ in
      #expect(part >= lastPart && (0...1).contains(fraction))
      lastPart = part
    } each: {
      told.append($0.section.title)
    }
    #expect(told == chapters.map(\.section.title))
    #expect(lastPart == Reproduction.parts.count - 1)
    #expect(chapters.count == 11)
    for chapter in chapters {
      #expect(!chapter.measures.isEmpty && chapter.seconds > 0, "\(chapter.section.title)")
      #expect(chapter.measures.allSatisfy { $0.value.isFinite })
      #expect(!chapter.section.blocks.isEmpty && !chapter.section.settings.isEmpty)
    }
    let keys = chapters.flatMap(\.measures).map(\.key)
    #expect(Set(keys).count == keys.count)
    for key in [
      "clip_psnr", "shape_iou", "shape_distance", "image_psnr", "sound_mse",
      "poisson_gradient_psnr", "poisson_laplacian_psnr", "helmholtz_error", "wave_error",
    ] {
      #expect(keys.contains(key))
    }
    let page = Reproduction.page(of: chapters, facts: [], seconds: 61)
    let html = try page.html()
    #expect(html.contains("1 min 01 s"))
    #expect(html.components(separatedBy: "<audio").count == 4)
    #expect(html.components(separatedBy: "<section").count == 13)
    for reference in ["36.4 dB", "1.1e-5", "32.9 dB", "14.95 dB"] {
      #expect(html.contains(reference), "\(reference)")
    }
  }

  @Test func picturesAndSoundsAreBroughtToSize() {
    let settings = ReproductionSettings(
      picture: (.pattern(width: 600, height: 300, channels: 4), "<b>"),
      sound: (
        AudioSignal(sampleRate: 100, channels: 2, samples: [Float](repeating: 0.5, count: 4_000)),
        "s"
      ))
    #expect((settings.picture.width, settings.picture.height) == (256, 128))
    #expect(settings.picture.channels == 3)
    #expect(settings.sound.channels == 1 && settings.sound.frameCount == 700)
    #expect(settings.sound.samples.allSatisfy { $0 == 0.5 })
  }

  @Test func theSignalsAreTheSameEveryTimeAndNotTrivial() {
    let picture = TestPicture.draw(size: 32)
    #expect(picture == TestPicture.draw(size: 32))
    #expect(picture != TestPicture.draw(size: 32, seed: 2))
    #expect(picture.values.allSatisfy { (0...1).contains($0) })
    #expect(Set(picture.values).count > 300)
    let melody = TestMelody.play(seconds: 0.5)
    #expect(melody == TestMelody.play(seconds: 0.5))
    #expect(melody.frameCount == 11_025 && abs(melody.peak - 0.9) < 1e-5)
  }

  @Test func numbersArePrintedInTheirUnit() {
    let text = { (value: Double, unit: String) in
      Chapter.Measure("k", "n", value, unit: unit, reference: "").text
    }
    #expect(text(36.44, "dB") == "36.4 dB")
    #expect(text(1.14e-5, "") == "1.1e-5")
    #expect(text(40.04, "s") == "40.0 s")
    #expect(text(0, "") == "0.000")
  }
}
