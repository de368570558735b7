// ln x of one double by operations that round alike everywhere, for log-sum-exp.
#pragma STDC FP_CONTRACT OFF
#include "ckernels.h"

/// x = 2ⁿ · m with m between √½ and √2, and ln m = 2 artanh(s) with s = (m − 1) / (m + 1), |s| < 0.172.
double lk_logarithm(double x) {
    uint64_t bits;
    __builtin_memcpy(&bits, &x, sizeof bits);
    if (!(x > 0) || bits >= UINT64_C(0x7ff0000000000000)) return x > 0 ? x : x == 0 ? -__builtin_inf() : __builtin_nan("");
    int n = 0;
    if (bits < UINT64_C(0x0010000000000000)) {
        x *= 0x1p54;
        n = -54;
        __builtin_memcpy(&bits, &x, sizeof bits);
    }
    n += (int)(bits >> 52) - 1023;
    bits = (bits & UINT64_C(0x000fffffffffffff)) | UINT64_C(0x3ff0000000000000);
    double m;
    __builtin_memcpy(&m, &bits, sizeof m);
    if (m > 0x1.6a09e667f3bcdp0) {
        m *= 0.5;
        n += 1;
    }
    const double s = (m - 1) / (m + 1), square = s * s;
    // The series of artanh: 1 + s²/3 + s⁴/5 + …; the eleventh term is below the last bit.
    double sum = 0;
    for (int k = 21; k >= 1; k -= 2) sum = sum * square + 1.0 / k;
    return 2 * s * sum + n * 0x1.62e42fefa39efp-1;
}
