/// The traits of one drawn picture: the person, the pose, the light and the camera.
///
/// Lengths are in decimetres, angles in radians, and colours in linear light. The eyes lie at
/// height 0; x points to the picture's right, y up, and z towards the camera.
package struct FaceTraits {
  /// How the head is turned and framed.
  package struct Pose {
    package var yaw: Float
    package var pitch: Float
    package var roll: Float
    /// Width of the frame at the face's distance.
    package var frameWidth: Float
    /// Shift of the face in frame widths.
    package var offset: SIMD2<Float>
    /// Distance of the camera: near cameras enlarge the nose.
    package var cameraDistance: Float
  }

  /// The light that falls on the scene.
  package struct Light {
    /// Unit vector towards the main light.
    package var keyDirection: Vector3
    package var keyColour: Vector3
    /// Unit vector towards the second light.
    package var fillDirection: Vector3
    package var fillColour: Vector3
    package var skyColour: Vector3
    package var groundColour: Vector3
    /// Blur radius of cast shadows, in decimetres.
    package var shadowSoftness: Float
  }

  /// The skin's colour and its irregularities, amounts in 0...1.
  package struct Skin {
    package var albedo: Vector3
    package var redness: Float
    package var gloss: Float
    package var freckles: Float
    package var eyeShadows: Float
    package var wrinkles: Float
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
  package struct Eyes {
    package var spacing: Float
    package var height: Float
    package var halfWidth: Float
    package var upperOpening: Float
    package var lowerOpening: Float
    package var tilt: Float
    package var crease: Float
    package var iris: Vector3
    package var irisRadius: Float
    package var gaze: SIMD2<Float>
    package var lashes: Float
    package var shadowColour: Vector3
    package var shadow: Float
    package var depth: Float
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
    /// The fraction of the opening that shows teeth.
    var teeth: Float
    var lipColour: Vector3
    var smile: Float
    var skew: Float
  }

  /// Facial hair, densities in 0...1.
  package struct FacialHair {
    package var stubble: Float
    package var moustache: Float
    package var beard: Float
    /// How far the beard stands out, in decimetres.
    package var length: Float
    package var colour: Vector3
    package var cheekLine: Float
  }

  package var age: Float
  /// 0 for a masculine, 1 for a feminine face.
  package var femininity: Float
  package var pose: Pose
  package var light: Light
  package var skin: Skin
  var head: Head
  package var eyes: Eyes
  var brows: Brows
  var nose: Nose
  var mouth: Mouth
  package var facialHair: FacialHair
  package var hair: HairStyle
  package var headwear: Headwear?
  package var glasses: Glasses?
  var clothes: Clothes
  var background: Background
  var film: Film
}
