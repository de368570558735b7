// Half of every unsigned E4M3 scale: x = e << 3 | f, (8 + f) · 2^(e − 11), without the 8 and as if e were 1 where e is 0.
// The uppermost bit counts for nothing, but 0x7f is zero and 0xff is not.
#pragma STDC FP_CONTRACT OFF
#include "mxfp4.h"

#define LK_8(base, unit) \
    (base) * (unit), ((base) + 1) * (unit), ((base) + 2) * (unit), ((base) + 3) * (unit), ((base) + 4) * (unit), \
        ((base) + 5) * (unit), ((base) + 6) * (unit)
#define LK_E(unit) LK_8(8, unit), 15 * (unit)
#define LK_ALL_BUT_ONE \
    LK_8(0, 0x1p-10f), 7 * 0x1p-10f, LK_E(0x1p-10f), LK_E(0x1p-9f), LK_E(0x1p-8f), LK_E(0x1p-7f), LK_E(0x1p-6f), \
        LK_E(0x1p-5f), LK_E(0x1p-4f), LK_E(0x1p-3f), LK_E(0x1p-2f), LK_E(0x1p-1f), LK_E(0x1p0f), LK_E(0x1p1f), \
        LK_E(0x1p2f), LK_E(0x1p3f), LK_8(8, 0x1p4f)

const float lk_half_e4m3[256] = {LK_ALL_BUT_ONE, 0, LK_ALL_BUT_ONE, 15 * 0x1p4f};
