#ifndef LK_VARIANT
// Q4_0: weight = scale · (q − 8), 32 weights in 18 bytes.
//   0..1   scale, half precision
//   2..17  byte j: low half q of weight j, high half q of weight j + 16
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "q4_0.c"
#include "variants.h"
#else
#define LK_LAYOUT_NAME q4_0
#define LK_BYTES 18
#define LK_ENTRIES {-8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7}
#define LK_SCALE(block) LK(half_at)(block)
#define LK_SCALES(words) LK(low_halves)(words)
#include "entries.h"
#endif
