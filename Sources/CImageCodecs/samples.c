// Samples of every type to values of 0...1 and back, and their range.

#include <math.h>
#include <string.h>

#include "image_codecs.h"

size_t image_codecs_sample_bytes(ImageCodecSample sample) {
  switch (sample) {
    case ImageCodecUnsigned8:
    case ImageCodecSigned8:
      return 1;
    case ImageCodecUnsigned16:
    case ImageCodecSigned16:
    case ImageCodecFloat16:
      return 2;
    case ImageCodecUnsigned32:
    case ImageCodecSigned32:
    case ImageCodecFloat32:
      return 4;
    default:
      return 8;
  }
}

// IEEE 754 binary16, in portable arithmetic: not every compiler has the type.
static double half_to_double(uint16_t bits) {
  int exponent = bits >> 10 & 31;
  int fraction = bits & 1023;
  double magnitude = exponent == 31   ? (fraction != 0 ? NAN : INFINITY)
                     : exponent == 0 ? ldexp(fraction, -24)
                                     : ldexp(fraction + 1024, exponent - 25);
  return bits & 0x8000 ? -magnitude : magnitude;
}

static uint16_t double_to_half(double value) {
  uint16_t sign = signbit(value) ? 0x8000 : 0;
  double magnitude = fabs(value);
  if (isnan(value)) return 0x7e00;
  if (magnitude >= 65520) return sign | 0x7c00;
  int exponent;
  frexp(magnitude, &exponent);
  if (magnitude == 0) return sign;
  // In units of the last of 11 bits, or of the smallest number.
  int shift = exponent - 11 < -24 ? -24 : exponent - 11;
  double units = nearbyint(ldexp(magnitude, -shift));
  if (shift == -24 && units < 1024) return sign | (uint16_t)units;
  if (units >= 2048) {
    units /= 2;
    shift += 1;
  }
  return sign | (uint16_t)((shift + 25) << 10) | ((uint16_t)units & 1023);
}

#define FOR_EACH_TYPE(DO)                              \
  switch (sample) {                                    \
    case ImageCodecUnsigned8: DO(uint8_t, ) break;     \
    case ImageCodecUnsigned16: DO(uint16_t, ) break;   \
    case ImageCodecUnsigned32: DO(uint32_t, ) break;   \
    case ImageCodecUnsigned64: DO(uint64_t, ) break;   \
    case ImageCodecSigned8: DO(int8_t, ) break;        \
    case ImageCodecSigned16: DO(int16_t, ) break;      \
    case ImageCodecSigned32: DO(int32_t, ) break;      \
    case ImageCodecSigned64: DO(int64_t, ) break;      \
    case ImageCodecFloat16: DO(uint16_t, half_to_double) break; \
    case ImageCodecFloat32: DO(float, ) break;         \
    case ImageCodecFloat64: DO(double, ) break;        \
  }

void image_codecs_samples_to_values(const void *samples, ImageCodecSample sample, size_t count,
                                    size_t stride, double black, double white, float *values) {
  // Whole numbers of the full range: one division, which vectorizes.
  if (black == 0 && white > 0 && white <= 65535 && white == floor(white)) {
    const float largest = (float)white;
    if (sample == ImageCodecUnsigned8) {
      const uint8_t *source = samples;
      for (size_t i = 0; i < count; i += stride) values[i] = (float)source[i] / largest;
      return;
    }
    if (sample == ImageCodecUnsigned16) {
      const uint16_t *source = samples;
      for (size_t i = 0; i < count; i += stride) values[i] = (float)source[i] / largest;
      return;
    }
  }
  const double span = white - black;
#define CONVERT(type, decode)                                   \
  {                                                             \
    const type *source = samples;                               \
    for (size_t i = 0; i < count; i += stride) {                \
      values[i] = (float)((decode(source[i]) - black) / span);  \
    }                                                           \
  }
  FOR_EACH_TYPE(CONVERT)
#undef CONVERT
}

// Half way cases go up, as in the 8-bit pictures of earlier versions.
static inline double rounded(double value, double lowest, double highest) {
  double shifted = value + 0.5;
  if (shifted <= lowest) return lowest;
  if (shifted >= highest) return highest;
  if (fabs(shifted) > 4503599627370496.0) return value;  // 2^52: already whole
  double whole = (double)(int64_t)shifted;               // floor() is a slow call on old processors
  return whole > shifted ? whole - 1 : whole;
}

void image_codecs_values_to_samples(const float *values, ImageCodecSample sample, size_t count,
                                    size_t stride, double black, double white, double lowest,
                                    double highest, void *samples) {
  if (black == 0 && white == highest && white <= 65535) {
    const float largest = (float)white;
#define CONVERT(type)                                             \
  {                                                               \
    type *target = samples;                                       \
    for (size_t i = 0; i < count; i += stride) {                  \
      float value = values[i] > 0 ? values[i] : 0;                \
      target[i] = (type)((value < 1 ? value : 1) * largest + 0.5f); \
    }                                                             \
    return;                                                       \
  }
    if (sample == ImageCodecUnsigned8) CONVERT(uint8_t)
    if (sample == ImageCodecUnsigned16) CONVERT(uint16_t)
#undef CONVERT
  }
  const double span = white - black;
#define NUMBER(i) (isnan(values[i]) ? black : black + (double)values[i] * span)
#define CONVERT(type)                                                   \
  {                                                                     \
    type *target = samples;                                             \
    for (size_t i = 0; i < count; i += stride) {                        \
      target[i] = (type)rounded(NUMBER(i), lowest, highest);            \
    }                                                                   \
  }
  switch (sample) {
    case ImageCodecUnsigned8: CONVERT(uint8_t) break;
    case ImageCodecUnsigned16: CONVERT(uint16_t) break;
    case ImageCodecUnsigned32: CONVERT(uint32_t) break;
    case ImageCodecSigned8: CONVERT(int8_t) break;
    case ImageCodecSigned16: CONVERT(int16_t) break;
    case ImageCodecSigned32: CONVERT(int32_t) break;
    case ImageCodecUnsigned64: {
      uint64_t *target = samples;
      for (size_t i = 0; i < count; i += stride) {
        double whole = rounded(NUMBER(i), lowest, highest);
        // The nearest double of the largest number lies beyond it.
        target[i] = whole >= 18446744073709551616.0 ? UINT64_MAX : (uint64_t)whole;
      }
    } break;
    case ImageCodecSigned64: {
      int64_t *target = samples;
      for (size_t i = 0; i < count; i += stride) {
        double whole = rounded(NUMBER(i), lowest, highest);
        target[i] = whole >= 9223372036854775808.0 ? INT64_MAX : (int64_t)whole;
      }
    } break;
    case ImageCodecFloat16: {
      uint16_t *target = samples;
      for (size_t i = 0; i < count; i += stride) target[i] = double_to_half(NUMBER(i));
    } break;
    case ImageCodecFloat32: {
      float *target = samples;
      for (size_t i = 0; i < count; i += stride) target[i] = (float)NUMBER(i);
    } break;
    case ImageCodecFloat64: {
      double *target = samples;
      for (size_t i = 0; i < count; i += stride) target[i] = NUMBER(i);
    } break;
  }
#undef CONVERT
#undef NUMBER
}

ImageCodecRange image_codecs_sample_range(const void *samples, ImageCodecSample sample,
                                          size_t count, size_t stride) {
  double smallest = INFINITY;
  double largest = -INFINITY;
  size_t finite = 0;
#define MEASURE(type, decode)                       \
  {                                                 \
    const type *source = samples;                   \
    for (size_t i = 0; i < count; i += stride) {    \
      double value = (double)decode(source[i]);     \
      if (!isfinite(value)) continue;               \
      finite += 1;                                  \
      smallest = value < smallest ? value : smallest; \
      largest = value > largest ? value : largest;  \
    }                                               \
  }
  FOR_EACH_TYPE(MEASURE)
#undef MEASURE
  if (finite == 0) return (ImageCodecRange){0, 0, 0};
  return (ImageCodecRange){smallest, largest, finite};
}

void image_codecs_count_bytes(const uint8_t *samples, size_t count, size_t stride,
                              uint64_t counts[256]) {
  // Four tables: equal neighbours would wait for each other in one.
  uint64_t tables[4][256] = {{0}};
  size_t i = 0;
  for (; i + 3 * stride < count; i += 4 * stride) {
    tables[0][samples[i]] += 1;
    tables[1][samples[i + stride]] += 1;
    tables[2][samples[i + 2 * stride]] += 1;
    tables[3][samples[i + 3 * stride]] += 1;
  }
  for (; i < count; i += stride) tables[0][samples[i]] += 1;
  for (size_t value = 0; value < 256; value++) {
    counts[value] +=
        tables[0][value] + tables[1][value] + tables[2][value] + tables[3][value];
  }
}

void image_codecs_count_samples(const void *samples, ImageCodecSample sample, size_t count,
                                size_t stride, double low, double high, uint64_t *counts,
                                size_t bins) {
  const double scale = high > low ? (double)bins / (high - low) : 0;
  const double last = (double)(bins - 1);
#define COUNT(type, decode)                                           \
  {                                                                   \
    const type *source = samples;                                     \
    for (size_t i = 0; i < count; i += stride) {                      \
      double value = (double)decode(source[i]);                       \
      if (!isfinite(value)) continue;                                 \
      double place = (value - low) * scale;                           \
      counts[(size_t)(place > 0 ? (place < last ? place : last) : 0)] += 1; \
    }                                                                 \
  }
  FOR_EACH_TYPE(COUNT)
#undef COUNT
}
