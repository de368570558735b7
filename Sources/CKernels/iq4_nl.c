#ifndef LK_VARIANT
// IQ4_NL: weight = scale · values[q], 32 weights in 18 bytes.
//   0..1   scale, half precision
//   2..17  byte j: low half q of weight j, high half q of weight j + 16
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "iq4_nl.c"
#include "variants.h"
#else
#include "uneven.h"

#define LK_LAYOUT_NAME iq4_nl
#define LK_BYTES 18
#define LK_ENTRIES LK_UNEVEN_VALUES
#define LK_SCALE(block) LK(half_at)(block)
#define LK_SCALES(words) LK(low_halves)(words)
#include "entries.h"
#endif
