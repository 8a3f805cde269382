import ArgumentParser
import CommandSupport

/// A size on the command line: `512x384` or `512` for a square.
struct PictureSize: ExpressibleByArgument {
  let width: Int
  let height: Int

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  init?(argument: String) {
    guard let size = parseSize(argument) else { return nil }
    self.init(width: size.width, height: size.height)
  }

  var defaultValueDescription: String { "\(width)x\(height)" }
}
