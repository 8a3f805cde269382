/// Everything that makes one synthesized picture: the person, the pose, the light and the camera.
///
/// Lengths are in decimetres around a head whose eyes lie at height 0, x to the picture's right,
/// y up, z towards the camera; angles are in radians and colours in linear light.
struct FaceTraits {
  /// How the head is turned and framed.
  struct Pose {
    var yaw: Float
    var pitch: Float
    var roll: Float
    /// Width of the frame at the face's distance.
    var frameWidth: Float
    /// Shift of the face in frame widths.
    var offset: SIMD2<Float>
    /// Distance of the camera: near cameras enlarge the nose.
    var cameraDistance: Float
  }

  /// The light that falls on the scene.
  struct Light {
    /// Unit vector towards the main light.
    var keyDirection: Vector3
    var keyColour: Vector3
    /// Unit vector towards the second light.
    var fillDirection: Vector3
    var fillColour: Vector3
    var skyColour: Vector3
    var groundColour: Vector3
    /// Blur radius of cast shadows, in decimetres.
    var shadowSoftness: Float
  }

  /// The skin's colour and its irregularities, amounts in 0...1.
  struct Skin {
    var albedo: Vector3
    var redness: Float
    var gloss: Float
    var freckles: Float
    var eyeShadows: Float
    var wrinkles: Float
    var mottling: LatticeNoise
  }

  /// The head's proportions as factors around 1 and bumps in decimetres.
  struct Head {
    var width: Float
    var cheekWidth: Float
    var jawWidth: Float
    var chinWidth: Float
    var chinLength: Float
    var crownHeight: Float
    var squareness: Float
    var browRidge: Float
    var cheekbones: Float
    var cheekFullness: Float
    var chinBump: Float
    var neckWidth: Float
    var earSize: Float
    var earAngle: Float
  }

  /// Eyes and lids.
  struct Eyes {
    var spacing: Float
    var height: Float
    var halfWidth: Float
    var upperOpening: Float
    var lowerOpening: Float
    var tilt: Float
    var crease: Float
    var iris: Vector3
    var irisRadius: Float
    var gaze: SIMD2<Float>
    var lashes: Float
    var shadowColour: Vector3
    var shadow: Float
    var depth: Float
  }

  /// Eyebrows.
  struct Brows {
    var height: Float
    var thickness: Float
    var arch: Float
    var slant: Float
    var colour: Vector3
    var density: Float
  }

  /// The nose.
  struct Nose {
    var length: Float
    var width: Float
    var bridge: Float
    var tip: Float
    var hook: Float
    var tilt: Float
  }

  /// The mouth and its expression.
  struct Mouth {
    var height: Float
    var halfWidth: Float
    var upperLip: Float
    var lowerLip: Float
    /// Height by which the corners are raised (smile) or lowered (frown).
    var curve: Float
    /// Height of the opening between the lips.
    var opening: Float
    /// How much of the opening shows teeth.
    var teeth: Float
    var lipColour: Vector3
    var smile: Float
    var skew: Float
  }

  /// Facial hair, densities in 0...1.
  struct FacialHair {
    var stubble: Float
    var moustache: Float
    var beard: Float
    /// How far the beard stands out, in decimetres.
    var length: Float
    var colour: Vector3
    var cheekLine: Float
  }

  var age: Float
  /// 0 for a masculine, 1 for a feminine face.
  var femininity: Float
  var pose: Pose
  var light: Light
  var skin: Skin
  var head: Head
  var eyes: Eyes
  var brows: Brows
  var nose: Nose
  var mouth: Mouth
  var facialHair: FacialHair
  var hair: HairStyle
  var headwear: Headwear?
  var glasses: Glasses?
  var clothes: Clothes
  var background: Background
  var film: Film
}
