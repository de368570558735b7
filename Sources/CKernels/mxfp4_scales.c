// Half of every E8M0 scale, a table because computing one costs more than looking it up.
#pragma STDC FP_CONTRACT OFF
#include "mxfp4.h"

#define LK_4(x) (x), (x) * 0x1p1f, (x) * 0x1p2f, (x) * 0x1p3f
#define LK_16(x) LK_4(x), LK_4((x) * 0x1p4f), LK_4((x) * 0x1p8f), LK_4((x) * 0x1p12f)
#define LK_64(x) LK_16(x), LK_16((x) * 0x1p16f), LK_16((x) * 0x1p32f), LK_16((x) * 0x1p48f)

const float lk_half_scales[256] = {LK_64(0x1p-128f), LK_64(0x1p-64f), LK_64(0x1p0f), LK_64(0x1p64f)};
