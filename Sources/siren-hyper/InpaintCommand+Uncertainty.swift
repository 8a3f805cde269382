import CommandSupport
import Files
import Foundation
import ImagePriors
import Signals

extension InpaintCommand {
  /// Where the variances go: beside the picture of them.
  func variancePath(_ picture: String) -> String {
    (picture as NSString).deletingPathExtension + ".npy"
  }

  /// Writes the standard deviations as a picture and the variances as an array.
  ///
  /// In the picture grey is the deviation's mean over the channels; white is 0.5, the largest that
  /// values of 0 to 1 can have. In the array `[height, width, c]` are variances of values 0 to 1.
  func writeUncertainty(
    _ variance: [Float], _ task: InpaintingTask, to path: String
  ) throws {
    let pixels = task.width * task.height
    let channels = variance.count / pixels
    let deviations = (0..<pixels).map { pixel -> Float in
      let sum = (0..<channels).reduce(Float(0)) {
        $0 + variance[pixel * channels + $1].squareRoot()
      }
      return min(1, 2 * sum / Float(channels))
    }
    try ImageFile.writePNG(
      Image(width: task.width, height: task.height, channels: 1, values: deviations), to: path,
      overwrite: overwrite.force)
    try AtomicFile.write(
      NumpyFile.encoded(variance, shape: [task.height, task.width, channels]),
      to: variancePath(path), overwrite: overwrite.force)
  }
}
