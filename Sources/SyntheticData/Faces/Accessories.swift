/// The hair as a shell over the head.
///
/// Polar angles are measured from the crown.
package struct HairStyle {
  /// Distance from the scalp at the crown, the sides and the back.
  var top: Float
  var sides: Float
  var back: Float
  /// Extra height above the forehead.
  var quiff: Float
  /// Polar angle of the hairline in the middle of the forehead.
  var frontLine: Float
  /// How far the hairline recedes at the temples.
  var recession: Float
  /// Polar angle to which a fringe hangs, or the hairline's own.
  var fringe: Float
  /// Slope of the fringe or of the combed front from left to right.
  var sweep: Float
  /// Azimuth of the parting, and how far the front opens there.
  var part: Float
  var partOpening: Float
  /// Whether hair covers the sides beyond the ears, and the polar angle at which it ends there.
  var coversEars: Bool
  var sideEnd: Float
  var backEnd: Float
  /// Azimuth on either side of which long hair leaves the face free.
  var opening: Float
  /// Widening of the hanging hair.
  var flare: Float
  /// How much the hair hangs straight down rather than following the head.
  var hang: Float
  var waveAmplitude: Float
  var waveFrequency: Float
  /// Strength of curls, 0 for strands and 1 for tight curls.
  package var curl: Float
  /// Polar angle of a bald crown, 0 for none.
  package var bald: Float
  package var opacity: Float
  package var colour: Vector3
  var tips: Vector3
  package var gloss: Float
  var jaggedness: Float
  /// Whether a hat presses the hair down.
  var isPressed = false
  var noise: LatticeNoise
  /// A bun or a ponytail; nil for none.
  var knot: Knot?

  /// Gathered hair as an ellipsoid.
  struct Knot {
    var centre: Vector3
    var radii: Vector3
  }
}

/// Something worn on the head.
package struct Headwear {
  /// The kinds of headwear.
  enum Kind {
    case beanie
    case cap
    case brimmed
    case scarf
  }

  var kind: Kind
  var colour: Vector3
  var accent: Vector3
  var height: Float
  var brim: Float
  var tilt: Float
}

/// Spectacles in front of the eyes.
package struct Glasses {
  var halfWidth: Float
  var halfHeight: Float
  /// 0 for rectangular, 1 for round lenses.
  var roundness: Float
  var thickness: Float
  var colour: Vector3
  /// How dark the lenses are: 0 clear, 1 sunglasses.
  var tint: Float
  var tintColour: Vector3
  var slope: Float
  var reflection: Float
  var drop: Float
}

/// The clothes below the neck.
struct Clothes {
  /// The shapes of the neckline.
  enum Neckline {
    case crew
    case vee
    case collar
    case suit
    case turtleneck
    case wide
  }

  /// The patterns of the cloth.
  enum Pattern {
    case plain
    case stripes
    case checks
    case dots
  }

  var neckline: Neckline
  var pattern: Pattern
  var colour: Vector3
  var accent: Vector3
  var inner: Vector3
  var scale: Float
  var shoulderWidth: Float
  var shoulderHeight: Float
  var depth: Float
  var noise: LatticeNoise
}

/// The scene behind the person, out of focus.
struct Background {
  /// The kinds of background.
  enum Kind {
    case plain
    case gradient
    case spot
    case lights
    case horizon
    case window
    case foliage
    case panels
  }

  /// A blurred disc of light.
  struct Disc {
    var centre: SIMD2<Float>
    var radius: Float
    var colour: Vector3
    var softness: Float
  }

  var kind: Kind
  var colours: (Vector3, Vector3, Vector3)
  var angle: Float
  var position: SIMD2<Float>
  var size: SIMD2<Float>
  var softness: Float
  var discs: [Disc]
  var noise: LatticeNoise
}

/// The camera's exposure and imperfections.
struct Film {
  var exposure: Float
  var whiteBalance: Vector3
  var contrast: Float
  var saturation: Float
  var vignette: Float
  /// Blur radius in frame widths.
  var blur: Float
  var grain: Float
  var haze: Float
  var noise: LatticeNoise
}
