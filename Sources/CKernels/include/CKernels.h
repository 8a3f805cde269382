// SIMD kernels behind one header. Every function works on caller-owned float32 memory and allocates
// nothing, unless it says otherwise. The instruction set is chosen at run time by CPU feature: AVX-512, AVX2
// with FMA, or a portable one. Inputs and outputs may be the same array. No other overlap is allowed.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>

// ---- One input, element by element: y[i] = f(x[i]) -------------------------------------------

typedef enum {
  CK_SINE,        // correct to 2 ulp up to |x| = 98,304, then through double precision
  CK_COSINE,
  CK_EXPONENTIAL,
  CK_LOGARITHM,
  CK_SQUARE_ROOT,
  CK_RECIPROCAL,
  CK_RECTIFY,     // max(x, 0); NaN stays NaN
  CK_STEP,        // 1 where x > 0, else 0
  CK_TANH,
  CK_GELU         // x Phi(x), Phi the standard normal distribution function
} ck_unary_operation;

void ck_unary(ck_unary_operation operation, const float *x, float *y, size_t count);

// y[i] = g[i] (Phi(x[i]) + x[i] phi(x[i])), the pullback of x Phi(x).
void ck_gelu_pullback(const float *x, const float *g, float *y, size_t count);

// y[i] = scale * x[i] + shift
void ck_scale_shift(const float *x, float *y, size_t count, float scale, float shift);

// ---- Two inputs with broadcasting ------------------------------------------------------------

typedef enum { CK_ADD, CK_SUBTRACT, CK_MULTIPLY, CK_DIVIDE, CK_MAXIMUM } ck_binary_operation;

// y is dense with the given extents (slowest first, rank 1 to 8). a and b advance by their strides in elements,
// which are 0 along an axis over which they are repeated. Strides of the last axis are 0 or 1.
void ck_binary(ck_binary_operation operation, const float *a, const ptrdiff_t *a_strides,
               const float *b, const ptrdiff_t *b_strides, float *y, const size_t *extents,
               int rank);

// y[i] += x[i]
void ck_add_to(const float *x, float *y, size_t count);

// ---- Reductions and layout -------------------------------------------------------------------

// y[o][i] = sum over r of x[o][r][i]. The order of additions depends on the extents alone.
void ck_sum_axis(const float *x, float *y, size_t outer, size_t reduced, size_t inner);

// y[o][i] = max over r of x[o][r][i]
void ck_max_axis(const float *x, float *y, size_t outer, size_t reduced, size_t inner);

// Copies x, read by strides in elements (a permuted or repeated view), to a dense y of the given extents.
void ck_copy_strided(const float *x, const ptrdiff_t *x_strides, float *y, const size_t *extents,
                     int rank);

// y[row] = softmax(x[row]) along rows of the given length.
void ck_softmax(const float *x, float *y, size_t rows, size_t length);
// y[row] = weights[row] * (slopes[row] - sum of weights[row] * slopes[row]), the pullback of the softmax that
// gave the weights. y may be the slopes.
void ck_softmax_pullback(const float *weights, const float *slopes, float *y, size_t rows,
                         size_t length);

// The same along the columns of a matrix of `length` rows and `width` columns. No sums across a vector are needed.
void ck_softmax_columns(const float *x, float *y, size_t length, size_t width);
void ck_softmax_columns_pullback(const float *weights, const float *slopes, float *y, size_t length,
                                 size_t width);

// ---- Normalization ---------------------------------------------------------------------------

// Layer normalization of rows: y = scale * (x - mean) / sqrt(variance + epsilon) + shift. The rows' means
// and reciprocal deviations are kept.
void ck_layer_normalize(const float *x, const float *scale, const float *shift, float epsilon,
                        float *y, float *means, float *reciprocals, size_t rows, size_t width);

// Its derivatives for the cotangent g of y. Those of scale and shift are summed over the rows in an
// order that depends on the extents alone.
void ck_layer_normalize_gradient(const float *x, const float *scale, const float *means,
                                 const float *reciprocals, const float *g, float *gx,
                                 float *gscale, float *gshift, size_t rows, size_t width);

// ---- Scaled rows -----------------------------------------------------------------------------

// y[r] = (1 + change[r]) x[r], row by row.
void ck_scale_rows(const float *x, const float *change, float *y, size_t rows, size_t width);

// Its derivatives for the cotangent g of y. The derivative with respect to x is added to gx.
void ck_scale_rows_gradient(const float *x, const float *change, const float *g, float *gx,
                            float *gchange, size_t rows, size_t width);

// ---- Sine networks, fused ---------------------------------------------------------------------

#define CK_FIELD_MOST_LAYERS 64
#define CK_FIELD_MOST_COORDINATES 64

// The outputs of a field to compute, and the method.
typedef enum {
  CK_FIELD_VALUE,            // the value
  CK_FIELD_GRADIENT,         // the value and its gradient, by forward differentiation
  CK_FIELD_LAPLACIAN,        // the value, its gradient and its Laplacian
  CK_FIELD_GRADIENT_REVERSE, // value and gradient, by reverse differentiation: for few outputs
  CK_FIELD_VALUE_ALONE       // the value, without keeping what a reverse pass needs
} ck_field_mode;

// The shape of a network and where its packed parts lie.
typedef struct ck_field ck_field;

// Allocates a network of `layers` dense layers on `coordinates` inputs, each sin(omega (W x + b)). An omega of
// 0 makes the last layer linear. `level` is an instruction level up to the chosen one, or -1 for the chosen one.
// The result is NULL without memory or for an unsupported shape: fewer than two layers, or a linear layer before
// the last.
ck_field *ck_field_create(int level, int coordinates, int layers, const int *widths,
                          const float *omegas);
void ck_field_destroy(ck_field *field);

size_t ck_field_parameter_count(const ck_field *field);
size_t ck_field_packed_count(const ck_field *field);
size_t ck_field_gradient_count(const ck_field *field);
size_t ck_field_workspace_count(const ck_field *field, ck_field_mode mode, int points);
size_t ck_field_scratch_count(const ck_field *field, ck_field_mode mode, int points);

// The arrays are W [outputs, inputs] and b [outputs] of each layer in turn. They need not be adjacent. Arrays of a
// derivative may be NULL and are then left out.
void ck_field_pack(const ck_field *field, const float *const *arrays, float *packed);
void ck_field_unpack_gradient(const ck_field *field, const float *packed, float *const *arrays);
// The number of arrays: weights and biases of all layers.
int ck_field_array_count(const ck_field *field);
// Where an array begins in flat parameters, which hold the arrays one after the other.
size_t ck_field_array_start(const ck_field *field, int array);

// Evaluates one tile: coordinates [points, d], value [points, c], gradient [points, c, d], laplacian
// [points, c]. A network that ends in a sine layer has the modes VALUE and VALUE_ALONE only.
void ck_field_forward(const ck_field *field, const float *packed, ck_field_mode mode,
                      const float *coordinates, int points, float *workspace, float *value,
                      float *gradient, float *laplacian);

// The reverse pass, after the forward pass of the same tile in the same workspace. value, gradient and laplacian
// are the derivatives with respect to the outputs, and NULL stands for zeros. The result is added to
// packed_gradient, and coordinate_gradient [points, d] is written unless it is NULL. Mode VALUE_ALONE cannot be
// reversed, and only mode VALUE can be reversed twice. Nothing in scratch is kept, so successive tiles share it
// while it stays in the cache.
void ck_field_reverse(const ck_field *field, const float *packed, ck_field_mode mode, int points,
                      float *workspace, const float *value, const float *gradient,
                      const float *laplacian, float *scratch, float *packed_gradient,
                      float *coordinate_gradient);

// ---- Products of small matrices ---------------------------------------------------------------

// c [rows, columns] = a [rows, shared] b [shared, columns]. The lines of a, b and c lie a_line, b_line and c_line
// floats apart. A transposed operand is stored with its axes exchanged. adds: whether the product is added to c.
typedef struct {
  int rows, columns, shared;
  int is_left_transposed, is_right_transposed, adds;
  int64_t a_line, b_line, c_line;
} ck_product;

void ck_multiply(const ck_product *shape, const float *a, const float *b, float *c);

// ---- Convolutions -----------------------------------------------------------------------------

// The convolution of pictures [batch, height, width, inputs] with a kernel [kernel_height, kernel_width, inputs,
// outputs] of odd sides, with zeros beyond the border. The result is [batch, height, width, outputs].
typedef struct {
  int batch, height, width, inputs, outputs, kernel_height, kernel_width;
} ck_convolution;

// Numbers of floats of the picture with its border, and of the packed kernel.
size_t ck_convolution_padded_count(const ck_convolution *shape);
size_t ck_convolution_packed_count(const ck_convolution *shape);

void ck_convolution_pad(const ck_convolution *shape, const float *x, float *padded);
// Packs the kernel [kernel_height, kernel_width, inputs, outputs]. For the adjoint of a convolution from `outputs`
// to `inputs` channels, it packs that convolution's kernel [kernel_height, kernel_width, outputs, inputs].
void ck_convolution_pack(const ck_convolution *shape, const float *kernel, int is_adjoint,
                         float *packed);

// Computes the outputs begin..<end with all their channels. Outputs are counted through batch, rows and columns,
// and y starts with output 0. bias is [outputs], or NULL for none.
void ck_convolve(const ck_convolution *shape, const float *padded, const float *packed,
                 const float *bias, int64_t begin, int64_t end, float *y);

// The derivative with respect to the kernel. g is the derivative with respect to y, and `packed` is scratch.
void ck_convolution_gradient(const ck_convolution *shape, const float *padded, const float *g,
                             float *packed, float *gradient);

// The same with a quarter of the products, for kernels of 3x3 and pictures without a border: see
// winograd_template.h.

// Whether the shape has enough channels and tiles for this to be faster.
int ck_winograd_is_faster(const ck_convolution *shape);
// Tiles of 4x4 outputs, counted through batch, rows and columns.
int64_t ck_winograd_tiles(const ck_convolution *shape);
// Numbers of floats of the transformed kernel, and of the scratch memory of one call.
size_t ck_winograd_kernel_count(const ck_convolution *shape);
size_t ck_winograd_scratch_count(const ck_convolution *shape);

// Transforms the kernel or the adjoint's, as in ck_convolution_pack. The adjoint needs scratch of the kernel's size.
void ck_winograd_transform_kernel(const ck_convolution *shape, const float *kernel, int is_adjoint,
                                  float *scratch, float *transformed);
// Computes the outputs of the tiles begin..<end with all their channels. y starts with output 0.
void ck_winograd_convolve(const ck_convolution *shape, const float *x, const float *transformed,
                          const float *bias, int64_t begin, int64_t end, float *scratch, float *y);
// The derivative with respect to the kernel. `sums` is scratch of the transformed kernel's size.
void ck_winograd_gradient(const ck_convolution *shape, const float *x, const float *g, float *sums,
                          float *scratch, float *gradient);

// ---- Half precision ----------------------------------------------------------------------------

// Converts the bits of IEEE 754 half precision numbers to single precision, and back with rounding to nearest.
void ck_half_to_float(const uint16_t *x, float *y, size_t count);
void ck_float_to_half(const float *x, uint16_t *y, size_t count);

// ---- Optimizers: one pass over the flat parameters -------------------------------------------

// Settings are doubles, as in PyTorch. They are rounded to float once.
typedef struct {
  double learning_rate, gradient_scale, beta1, beta2, epsilon, weight_decay;
  // 1 - beta1^t and sqrt(1 - beta2^t).
  double bias_correction1, root_bias_correction2;
} ck_adam_settings;

// Adam with decoupled weight decay (AdamW), on gradient_scale times the gradient. weight_decay 0 is Adam:
// p = p (1 - lr decay) - lr / c1 m / (sqrt(v) / c2 + epsilon).
void ck_adam(float *parameters, const float *gradient, float *first_moment, float *second_moment,
             size_t count, ck_adam_settings settings);

typedef struct {
  double learning_rate, momentum, weight_decay;
  int nesterov;
} ck_descent_settings;

// Stochastic gradient descent. With g the gradient + weight_decay p, v = momentum v + g, and p moves against v
// or, with nesterov, against g + momentum v. Without momentum `velocity` is unused.
void ck_gradient_descent(float *parameters, const float *gradient, float *velocity, size_t count,
                         ck_descent_settings settings);

// average += (1 - decay)(x - average), then ahead = x + decay (average - x). `ahead` is a third array.
void ck_average(float *average, const float *x, float *ahead, size_t count, double decay);

// p = keep p + step direction
void ck_decay_and_move(float *parameters, const float *direction, size_t count, double keep,
                       double step);

// The sum of x[i]^2 in double. The order of additions depends on the count alone.
double ck_squared_length(const float *x, size_t count);

// ---- Many small sine networks ------------------------------------------------------------------

// The samples that one of many networks learns from: coordinates [points, dimensions] and targets [points, outputs].
// They are divided into `pieces` runs of about the same length and at least one point. The order is such that each run
// is a fair sample of all points.
typedef struct {
  const float *coordinates, *targets;
  int points, pieces, dimensions, outputs;
} ck_cell_samples;

// The floats of working memory that one call needs.
size_t ck_cell_workspace_count(const ck_field *field, int outputs);

// Makes `count` updates of Adam on the mean squared error of one piece after the other, beginning with piece
// first_update modulo pieces. Parameters and moments are flat. The field ends in a linear layer. The result is the mean
// loss over the last round of pieces, or over all updates if these are fewer.
double ck_cell_descend(const ck_field *field, float *parameters, float *first_moment, float *second_moment,
                       const ck_cell_samples *samples, int64_t first_update, const ck_adam_settings *updates,
                       int count, float *workspace);

// A rectangle of samples, rows by columns, that begins at point `start`. Differences are compared at the rows
// top..<bottom and the columns left..<right; beyond the rectangle its outermost values are repeated.
typedef struct {
  int start, rows, columns, top, bottom, left, right;
} ck_cell_window;

// What one of many networks learns from: differences of its values at neighbouring points, [points, outputs], and
// values, [points, outputs], which count value_weight times. The differences are
// - the Sobel responses along the rows' axis (down) and along the columns' axis (right), of which one eighth is compared,
// - the differences to the next point, below and on the right, or
// - the five-point Laplacian (down; right is not used), of which one quarter is compared.
// At least one window, with at least one point inside.
typedef enum { CK_SOBEL = 0, CK_NEIGHBOURS = 1, CK_FIVE_POINTS = 2 } ck_difference_kind;

typedef struct {
  const float *coordinates, *down, *right, *values;
  float value_weight;
  ck_difference_kind kind;
  const ck_cell_window *windows;
  int window_count, dimensions, outputs;
} ck_cell_differences;

size_t ck_cell_differences_workspace_count(const ck_field *field, const ck_cell_differences *samples);

// As ck_cell_descend, on one window after the other. The loss is the mean over points and channels of the squared errors
// of the differences, and value_weight times that of the values.
double ck_cell_descend_differences(const ck_field *field, float *parameters, float *first_moment,
                                   float *second_moment, const ck_cell_differences *samples, int64_t first_update,
                                   const ck_adam_settings *updates, int count, float *workspace);

// ---- Jets in double precision ------------------------------------------------------------------

// A jet has the planes value, first derivatives along `dimensions` coordinates (or none), and `operators` sums of second
// derivatives. second is [operators][dimensions][dimensions]: the factors of the second derivatives in each sum. A plane
// is [points, units]. At most 64 planes.
typedef enum { CK_JET_SINE = 0, CK_JET_TANH = 1 } ck_jet_activation;

typedef struct {
  int dimensions, operators;
  const double *second;
  ck_jet_activation activation;
} ck_jet_shape;

// Planes of a jet, and planes of what ck_jet_activate keeps for ck_jet_reverse.
size_t ck_jet_planes(const ck_jet_shape *shape);
size_t ck_jet_slopes(const ck_jet_shape *shape);

// Passes jets u through the activation; `count` is the length of a plane. u and h are [planes][count].
void ck_jet_activate(const ck_jet_shape *shape, const double *u, double *h, double *slopes, size_t count);
// The derivative with respect to h, [planes][count], becomes the one with respect to u.
void ck_jet_reverse(const ck_jet_shape *shape, const double *u, const double *slopes, double *g, size_t count);
// The derivatives of each point's number with respect to a dense layer: row n holds [outputs][inputs] and then
// [outputs], and begins at derivative + n line. g is [planes][points][outputs], h is [planes][points][inputs].
void ck_jet_derivative(const double *g, const double *h, size_t planes, size_t points, size_t outputs,
                       size_t inputs, double scale, double *derivative, size_t line);

// ---- The process ------------------------------------------------------------------------------

// Keeps freed memory in the process instead of returning it to the system. The setting affects the whole
// process, so programs call it and libraries do not.
void ck_keep_freed_memory(void);

// Asks for huge pages behind a block that was not written yet. Otherwise a pass over hundreds of megabytes waits
// for page tables (measured: a tenth of a hypernetwork's step).
#define CK_HUGE_PAGE (2u << 20)
void ck_prefer_huge_pages(void *start, size_t bytes);

// Returns freed memory to the system once, on systems that can be asked to.
void ck_release_freed_memory(void);

// ---- The processor ---------------------------------------------------------------------------

// The instruction set of the kernels. It is the best one that the processor has, or a lower one that the
// environment variable names ("avx512", "avx2", "portable"). The variable is read once. Other names, and
// instruction sets that the processor lacks, change nothing.
enum { CK_PORTABLE = 0, CK_AVX2 = 1, CK_AVX512 = 2 };
#define CK_LEVEL_VARIABLE "SIREN_CPU"
int ck_instruction_level(void);

// The name of that instruction set: "avx512", "avx2" or "portable".
const char *ck_instruction_set(void);

// Multiplies and adds in registers as fast as that instruction set can, and returns the number of floating-point
// operations (a multiply-add is two). `result` holds a finite start value, and keeps the compiler from leaving
// the work out. The caller measures the time.
int64_t ck_peak_work(int64_t rounds, float *result);

// The name of the kernel set that OpenBLAS uses, after this library may have replaced its choice
// (blas_setup.c), or "unknown".
const char *ck_blas_core_name(void);

#endif
