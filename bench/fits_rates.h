// Rates of this machine, measured in the same process as the fits.
#pragma once

// Operations per second of float32 multiply-adds in registers with the vectors of a table, on
// `threads` cores at once; 0 for an unknown table.
double fma_rate(const char *isa, int threads);

// Bytes per second that `threads` threads read from memory, 256 MB each.
double read_rate(int threads);
