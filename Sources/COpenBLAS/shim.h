// OpenBLAS as Debian packages it: the C interface to BLAS, and the Fortran symbols of the LAPACK
// inside it (column-major, every argument by address; info is 0 for success).
#ifndef COPENBLAS_SHIM_H
#define COPENBLAS_SHIM_H

// Also declares openblas_set_num_threads and openblas_get_corename.
#include <cblas.h>

// Cholesky factor of a symmetric positive definite matrix, and solving with it.
// info > 0: the leading minor of that order is not positive definite.
void dpotrf_(const char *triangle, const int *order, double *matrix, const int *leading, int *info);
void dpotrs_(const char *triangle, const int *order, const int *columns, const double *factor,
             const int *leading, double *right, const int *leading_right, int *info);
// The inverse in the place of such a factor; info > 0: a number on its diagonal is zero.
void dpotri_(const char *triangle, const int *order, double *factor, const int *leading, int *info);

// Solution of a general square system by LU with partial pivoting; the matrix becomes its factors.
// info > 0: that pivot is exactly zero.
void dgesv_(const int *order, const int *columns, double *matrix, const int *leading, int *pivots,
            double *right, const int *leading_right, int *info);
void dgetrf_(const int *rows, const int *columns, double *matrix, const int *leading, int *pivots,
             int *info);
void dgetrs_(const char *transpose, const int *order, const int *columns, const double *factor,
             const int *leading, const int *pivots, double *right, const int *leading_right,
             int *info);

// The factors L Q of a general matrix. A call with work size -1 stores the size that is needed in work[0].
void dgelqf_(const int *rows, const int *columns, double *matrix, const int *leading, double *scalars,
             double *work, const int *work_size, int *info);
// The product of a matrix with such a Q or its transpose, Q as `count` reflectors in the rows of `factor`.
void dormlq_(const char *side, const char *transpose, const int *rows, const int *columns,
             const int *count, const double *factor, const int *leading, const double *scalars,
             double *matrix, const int *leading_matrix, double *work, const int *work_size,
             int *info);

// Solution of a band system in complex numbers by LU with partial pivoting. Each complex number is two doubles. The
// matrix has 2 lower + upper + 1 rows, of which the first `lower` are work space. info > 0: that pivot is exactly zero.
void zgbsv_(const int *order, const int *lower, const int *upper, const int *columns, void *matrix,
            const int *leading, int *pivots, void *right, const int *leading_right, int *info);

// Eigenvalues, ascending, and eigenvectors of a symmetric matrix by divide and conquer.
// A call with both work sizes -1 stores the sizes that are needed in work[0] and integer_work[0].
void dsyevd_(const char *job, const char *triangle, const int *order, double *matrix,
             const int *leading, double *values, double *work, const int *work_size,
             int *integer_work, const int *integer_work_size, int *info);

#endif
