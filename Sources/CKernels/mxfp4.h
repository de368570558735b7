// The sixteen E2M1 values under an E8M0 scale: weight = 2^(e − 127) · value.

#pragma once

#include "ckernels.h"

/// Twice each value, so that half the scale serves; ggml gives minus zero as zero.
#define LK_DOUBLED_VALUES {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12}

/// 2^(e − 128) for every e: float32 reaches neither the lowest scale as a normal number nor the highest at all.
extern const float lk_half_scales[256];

/// Half of every unsigned E4M3 scale, as NVFP4 reads them; 0x7f stands for zero.
extern const float lk_half_e4m3[256];
