// Rates of this machine, measured in the same process as the fits.
#pragma once

// Operations per second of multiply-adds in registers with the vectors of a table, float32 or
// float64, on `threads` cores at once; 0 for an unknown table. Measured anew by every call.
double fma_rate(const char *isa, bool is_double, int threads);
inline double fma_rate(const char *isa, int threads) { return fma_rate(isa, false, threads); }

// Bytes per second that `threads` threads read from memory, 256 MB each. Measured once.
double read_rate(int threads);

// Clock cycles per second, by a chain of dependent additions. Measured anew by every call.
double clock_rate();
