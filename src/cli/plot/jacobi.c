#include "jacobi.h"

#include <math.h>

enum { MOST_SWEEPS = 60 };

/* Rotate rows and columns p and q so that their common entry becomes 0 (Golub and Van Loan, 8.5).
 */
static void rotate_pair(double *a, int m, int p, int q, double *vectors)
{
    const double apq = a[p * m + q];
    if (apq == 0) {
        return;
    }
    const double tau = (a[q * m + q] - a[p * m + p]) / (2 * apq);
    const double t = (tau >= 0 ? 1 : -1) / (fabs(tau) + sqrt(1 + tau * tau));
    const double c = 1 / sqrt(1 + t * t);
    const double s = t * c;
    for (int i = 0; i < m; i++) {
        const double x = a[i * m + p];
        const double y = a[i * m + q];
        a[i * m + p] = c * x - s * y;
        a[i * m + q] = s * x + c * y;
    }
    for (int i = 0; i < m; i++) {
        const double x = a[p * m + i];
        const double y = a[q * m + i];
        const double u = vectors[p * m + i];
        const double v = vectors[q * m + i];
        a[p * m + i] = c * x - s * y;
        a[q * m + i] = s * x + c * y;
        vectors[p * m + i] = c * u - s * v;
        vectors[q * m + i] = s * u + c * v;
    }
    a[p * m + q] = a[q * m + p] = 0;
}

static double sum_off_diagonal(const double *a, int m)
{
    double sum = 0;
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < i; j++) {
            sum += a[i * m + j] * a[i * m + j];
        }
    }
    return sum;
}

static void sort_falling(int m, double *values, double *vectors)
{
    for (int i = 0; i < m; i++) {
        int best = i;
        for (int j = i + 1; j < m; j++) {
            best = values[j] > values[best] ? j : best;
        }
        for (int p = 0; p < m; p++) {
            const double v = vectors[i * m + p];
            vectors[i * m + p] = vectors[best * m + p];
            vectors[best * m + p] = v;
        }
        const double value = values[i];
        values[i] = values[best];
        values[best] = value;
    }
}

void find_eigenvectors(double *matrix, int m, double *values, double *vectors)
{
    for (int i = 0; i < m * m; i++) {
        vectors[i] = i % (m + 1) == 0;
    }
    for (int sweep = 0; sweep < MOST_SWEEPS && sum_off_diagonal(matrix, m) > 0; sweep++) {
        for (int p = 0; p < m; p++) {
            for (int q = p + 1; q < m; q++) {
                rotate_pair(matrix, m, p, q, vectors);
            }
        }
    }
    for (int i = 0; i < m; i++) {
        values[i] = matrix[i * m + i];
    }
    sort_falling(m, values, vectors);
}
