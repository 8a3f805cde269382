// OpenBLAS as Debian packages it: the C interface to BLAS, and the Fortran symbols of the LAPACK
// inside it (column-major, every argument by address; info is 0 for success).
#ifndef COPENBLAS_SHIM_H
#define COPENBLAS_SHIM_H

#include <cblas.h>

// Cholesky factor of a symmetric positive definite matrix, and solving with it.
void dpotrf_(const char *triangle, const int *order, double *matrix, const int *leading, int *info);
void dpotrs_(const char *triangle, const int *order, const int *columns, const double *factor,
             const int *leading, double *right, const int *leading_right, int *info);

#endif
