// The sixteen unevenly spaced values of IQ4_NL and IQ4_XS.

#pragma once

#define LK_UNEVEN_VALUES {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113}
