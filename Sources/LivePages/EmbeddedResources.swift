/// The modules in `Resources` by file name.
///
/// A file added there is added here too; a test compares the two.
let embeddedModules: [String: [UInt8]] = [
  "axis.js": PackageResources.axis_js,
  "bytes.js": PackageResources.bytes_js,
  "chart.js": PackageResources.chart_js,
  "colour.js": PackageResources.colour_js,
  "convolution.js": PackageResources.convolution_js,
  "cpu.js": PackageResources.cpu_js,
  "display-shader.js": PackageResources.display_shader_js,
  "elements.js": PackageResources.elements_js,
  "engine.js": PackageResources.engine_js,
  "field-page.js": PackageResources.field_page_js,
  "field.js": PackageResources.field_js,
  "network-model.js": PackageResources.network_model_js,
  "picture-entry.js": PackageResources.picture_entry_js,
  "picture-page.js": PackageResources.picture_page_js,
  "prior-model.js": PackageResources.prior_model_js,
  "prior-network.js": PackageResources.prior_network_js,
  "prior-page.js": PackageResources.prior_page_js,
  "progressive.js": PackageResources.progressive_js,
  "shader-language.js": PackageResources.shader_language_js,
  "shader.js": PackageResources.shader_js,
  "shape-entry.js": PackageResources.shape_entry_js,
  "shape-page.js": PackageResources.shape_page_js,
  "shape-tracing.js": PackageResources.shape_tracing_js,
  "shell.js": PackageResources.shell_js,
  "sound-entry.js": PackageResources.sound_entry_js,
  "sound-page.js": PackageResources.sound_page_js,
  "spectrum.js": PackageResources.spectrum_js,
  "triangulation.js": PackageResources.triangulation_js,
  "viewport.js": PackageResources.viewport_js,
  "webassembly.js": PackageResources.webassembly_js,
  "webgl.js": PackageResources.webgl_js,
  "webgpu.js": PackageResources.webgpu_js,
]

/// The style sheets in `Resources` by file name.
let embeddedSheets: [String: [UInt8]] = [
  "page.css": PackageResources.page_css,
  "picture.css": PackageResources.picture_css,
  "prior.css": PackageResources.prior_css,
  "sound.css": PackageResources.sound_css,
]
