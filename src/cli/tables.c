/* The subcommands and their own flags. Flags of the library's options come from its table. */
#include "tables.h"

#include "load.h"
#include "narrow.h"

static const cli_flag common_flags[] = {
    {"quiet", 'q', NULL, "", "Print errors only.", NULL},
    {"help", 'h', NULL, "", "Print this help.", NULL},
    {"version", 'V', NULL, "", "Print the version.", NULL},
    {0},
};

static const cli_flag verbose_flags[] = {
    {"verbose", 'v', NULL, "", "Also print what was chosen, to stderr.", NULL},
    {0},
};

static const cli_flag reading_flags[] = {
    {"columns", 0, "LIST", "all", "Use these columns: numbers from 1, ranges, names (1-4,age).",
     NULL},
    {"exclude", 0, "LIST", "none", "Leave these columns out.", NULL},
    {"separator", 0, "CHAR", "found", "Text: , ; tab or space.", NULL},
    {"header", 0, "auto|yes|no", "auto", "Text: is the first line a header.", NULL},
    {"dtype", 0, "TYPE", "f64",
     "Type of the numbers. Raw: " NUMBER_TYPES ". Text: f32 f64. Raw pairs of bytes in .npy: bf16.",
     NULL},
    {"format", 0, "NAME", "auto",
     "Format of DATA: " FORMATS ". Auto goes by the content, of fvecs bvecs ivecs by the name.",
     NULL},
    {"cols", 0, "N", "", "Raw: numbers in a row (implies --format raw).", NULL},
    {"offset", 0, "BYTES", "0", "Raw: bytes to skip at the start (4096, 64K).", NULL},
    {"source", 0, "auto|mmap|read|stream", "auto",
     "Numbers of a file: mapped, read into memory, or read in blocks on every visit.", NULL},
    {"block-size", 0, "BYTES", "4M", "Size of the blocks of --source stream.", NULL},
    {"weights", 0, "FILE", "", "One weight per row; weight w counts like w equal rows.", NULL},
    {0},
};

static const cli_flag start_flags[] = {
    {"init", 0, "METHOD|FILE", "k-means++",
     "First centroids: k-means++, random (rows), box (random in the data's box), k-means-parallel "
     "(few visits of the data), or a file of them.",
     NULL},
    {"init-labels", 0, "FILE", "", "Start from the means of these labels, one per row.", NULL},
    {"seed", 0, "N|random", "0", "Key of the random numbers; random draws one and prints it.",
     NULL},
    {0},
};

static const cli_flag fit_flags[] = {
    {"labels", 0, "FILE", "", "Write the label of each row.", NULL},
    {"centroids", 0, "FILE", "", "Write the centroids, one a row.", NULL},
    {"distances", 0, "FILE", "",
     "Write per row the distance to the nearest and to the second nearest centroid.", NULL},
    {"trace", 0, "FILE", "", "Write one row per pass: inertia, changed rows, shifts, seconds.",
     NULL},
    {"per-row", 0, NULL, "", "Divide the inertias of trace and plot by the number of rows.", NULL},
    {"json", 0, "FILE", "", "Write everything about the result as JSON.", NULL},
    {"profile", 0, NULL, "", "Print where the time went, phase by phase.", NULL},
    {"perf-json", 0, "FILE", "", "Write that as JSON.", NULL},
    {"plot", 0, "FILE", "",
     "Draw clusters, inertia by pass and sizes: .svg, .png (by gnuplot), .gp, .txt; - is stdout.",
     NULL},
    {0},
};

static const cli_flag given_flags[] = {
    {"centroids", 0, "FILE", "", "The centroids, one a row (required).", NULL},
    {0},
};

static const cli_flag predict_flags[] = {
    {"labels", 0, "FILE", "stdout", "Write the label of each row.", NULL},
    {"distances", 0, "FILE", "",
     "Write per row the distance to the nearest and to the second nearest centroid.", NULL},
    {"transform", 0, "FILE", "", "Write per row the distances to all centroids.", NULL},
    {"json", 0, "FILE", "", "Write inertia, sizes and checksum as JSON.", NULL},
    {0},
};

static const cli_flag verify_flags[] = {
    {"centroids", 0, "FILE", "", "The centroids, one a row (required).", NULL},
    {"labels", 0, "FILE", "", "The labels to check, one per row (required).", NULL},
    {"json", 0, "RESULT", "", "Also check inertia, sizes and checksum of this result.", NULL},
    {"fixpoint", 0, NULL, "", "Fail unless every centroid is the mean of its rows.", NULL},
    {"nan", 0, "error|skip", "error", "What to do with rows that hold a NaN.", NULL},
    {0},
};

static const cli_flag sweep_method_flags[] = {
    {"clusters", 'k', "LIST", "", "Numbers of clusters: 2:20, 2:100:10, 2,4,8 (required).", NULL},
    {"seed", 0, "N|random", "0", "Key of the random numbers; random draws one and prints it.",
     NULL},
    {0},
};

static const cli_flag measure_flags[] = {
    {"measures", 0, "LIST", "all",
     "What is measured: silhouette silhouette-simplified calinski-harabasz davies-bouldin, with "
     "commas; all; none.",
     NULL},
    {"silhouette-sample", 0, "M", "10000",
     "The silhouette of more rows is that of M of them, drawn by the seed.", NULL},
    {"gap", 0, "B", "0", "Gap statistic against B sets of uniform rows; 0: none.", NULL},
    {"criterion", 0, "NAME", "silhouette",
     "What suggests k: silhouette silhouette-simplified calinski-harabasz davies-bouldin gap "
     "elbow; by default the first of them that is measured.",
     NULL},
    {0},
};

static const cli_flag sweep_flags[] = {
    {"json", 0, "FILE", "", "Write the table and the suggestion as JSON.", NULL},
    {"csv", 0, "FILE", "", "Write the table as .csv, .tsv or .txt.", NULL},
    {0},
};

static const cli_flag info_flags[] = {
    {"json", 0, "FILE", "", "Write the facts as JSON (- is stdout).", NULL},
    {0},
};

static const cli_flag generate_flags[] = {
    {"rows", 0, "N", "1000", "Number of rows (four-gaussians: 4000).", NULL},
    {"cols", 0, "N", "2", "Numbers in a row (four-gaussians: always 3).", NULL},
    {"clusters", 0, "N", "3", "Blobs: number of clusters.", NULL},
    {"spread", 0, "X", "1", "Blobs: standard deviation; the centres lie in [-10, 10).", NULL},
    {"seed", 0, "N", "0", "Same seed, same file, on every machine.", NULL},
    {"dtype", 0, "TYPE", "f64",
     "Type of the numbers: " NUMBER_TYPES ". Rounded to it; what lies beyond is its largest or "
     "smallest.",
     NULL},
    {"density", 0, "X", "1", "Share of the numbers that are kept; the others become 0.", NULL},
    {"output", 'o', "FILE", "",
     "Write the rows: .npy, .csv, .tsv, .txt or, sparse, .npz (required).", NULL},
    {"labels", 0, "FILE", "", "Write the cluster each row was drawn from.", NULL},
    {0},
};

static const cli_flag bench_flags[] = {
    {"workload", 0, "NAME", "",
     "Instead of DATA: four-gaussians (4,000 x 3, k=4, 50 passes), grid (uniform pairs, N x k x "
     "threads, until fewer than 1 % of the rows change), memory (200,000 x 20: dense and sparse, "
     "f32 and f64, resident memory over time).",
     NULL},
    {"clusters", 'k', "LIST", "100", "Numbers of clusters.", NULL},
    {"isas", 0, "LIST", "all usable", "Instruction sets; auto: the best one.", NULL},
    {"threads", 'T', "LIST", "1,all", "Numbers of threads; all: as many as a fit takes.", NULL},
    {"algorithms", 0, "LIST", "lloyd", "Algorithms.", NULL},
    {"dtypes", 0, "LIST", "that of DATA, or f32", "Types of the numbers: " NUMBER_TYPES ".", NULL},
    {"rows", 0, "LIST", "100000",
     "Without DATA: numbers of rows, drawn from 100 blobs, with --cols numbers each [32].", NULL},
    {"runs", 0, "N", "5", "Runs of each cell, after one to warm up.", NULL},
    {"iterations", 0, "N", "by the time", "Exactly that many passes in a run.", NULL},
    {"init", 0, "METHOD", "random", "First centroids, the same for all cells.", NULL},
    {"seed", 0, "N", "0", "Key of the random numbers.", NULL},
    {"against", 0, "PATHS", "",
     "Other builds of this command, which are run in turn with this one, each run a process.",
     NULL},
    {0},
};

static const cli_flag bench_outputs[] = {
    {"json", 0, "FILE", "", "Write the table as JSON.", NULL},
    {"csv", 0, "FILE", "", "Write the table as .csv, .tsv or .txt.", NULL},
    {0},
};

static const cli_flag plot_flags[] = {
    {"kind", 0, "KIND", "",
     "clusters (with DATA the default), inertia (by pass), sizes, sweep, bench, memory; "
     "with --json alone what it holds.",
     NULL},
    {"labels", 0, "FILE", "", "The label of each row.", NULL},
    {"centroids", 0, "FILE", "", "The centroids, one a row; without labels rows go to the nearest.",
     NULL},
    {"json", 0, "RESULT", "", "What fit, sweep or bench wrote with --json.", NULL},
    {"axes", 0, "LIST", "auto",
     "Draw two or three of the columns used, by number (1,3), or principal components (pca); auto: "
     "the columns up to three, else components.",
     NULL},
    {"sample", 0, "N", "20000", "Draw at most this many rows, chosen at random.", NULL},
    {"seed", 0, "N", "0", "Key of that choice.", NULL},
    {"per-row", 0, NULL, "", "Divide the inertias by the number of rows.", NULL},
    {"output", 'o', "FILE", "stdout",
     "Picture: .svg, .png (by gnuplot), .gp (script), .txt; without it, characters on stdout.",
     NULL},
    {0},
};

static const flag_set fit_sets[] = {
    {"Method", start_flags},    {"Outputs (.npy, .csv, .tsv, .txt; - is stdout)", fit_flags},
    {"Reading", reading_flags}, {"Messages", verbose_flags},
    {"General", common_flags},  {NULL, NULL},
};
static const flag_set predict_sets[] = {
    {"Method", given_flags},    {"Outputs (.npy, .csv, .tsv, .txt; - is stdout)", predict_flags},
    {"Reading", reading_flags}, {"Messages", verbose_flags},
    {"General", common_flags},  {NULL, NULL},
};
static const flag_set verify_sets[] = {
    {"What to check", verify_flags},
    {"Reading", reading_flags},
    {"General", common_flags},
    {NULL, NULL},
};
static const flag_set plot_sets[] = {
    {"What to draw", plot_flags},
    {"Reading", reading_flags},
    {"General", common_flags},
    {NULL, NULL},
};
static const flag_set sweep_sets[] = {
    {"Method", sweep_method_flags},
    {"Measures", measure_flags},
    {"Outputs (- is stdout)", sweep_flags},
    {"Reading", reading_flags},
    {"Messages", verbose_flags},
    {"General", common_flags},
    {NULL, NULL},
};
static const flag_set info_sets[] = {
    {"Outputs", info_flags}, {"General", common_flags}, {NULL, NULL}};
static const flag_set generate_sets[] = {
    {"What to write", generate_flags}, {"General", common_flags}, {NULL, NULL}};
static const flag_set bench_sets[] = {
    {"What to measure (a LIST has commas)", bench_flags},
    {"Outputs (- is stdout)", bench_outputs},
    {"Reading", reading_flags},
    {"General", common_flags},
    {NULL, NULL},
};

const cli_command commands[] = {
    {"fit", "[options] DATA...",
     "Find k centroids and the label of every row by exact k-means.\n"
     "DATA is .npy, .npz:NAME, .h5:/PATH, .fvecs, idx, text (csv, tsv, blanks) or raw bytes, plain "
     "or\ngzipped; - is standard input; several are one input.",
     1, -1, "no data: name a file, or - for standard input", fit_sets, "*", run_fit},
    {"predict", "--centroids FILE [options] DATA...",
     "Label rows with their nearest centroid.\nWithout an output the labels go to stdout.", 1, -1,
     "no data: name a file, or - for standard input", predict_sets,
     "nan finite_check threads isa time_limit memory_limit scratch_folder", run_predict},
    {"verify", "--centroids FILE --labels FILE [options] DATA...",
     "Check a result with an independent plain implementation.\nThe nearest centroid of every row "
     "by exact arithmetic, inertia, sizes, checksum, means; exits\nwith 1 when something differs.",
     1, -1, "no data: name a file, or - for standard input", verify_sets,
     "memory_limit scratch_folder", run_verify},
    {"sweep", "-k LIST [options] DATA...",
     "Fit for many numbers of clusters, measure each, and suggest one.\nEach fit is the one that "
     "kmeans fit makes with the same options.",
     1, -1, "no data: name a file, or - for standard input", sweep_sets,
     "init init_trials init_sample restarts algorithm max_iterations iterations batch_size "
     "max_no_improvement reassignment_ratio shift_tol shift_tol_relative inertia_tol_relative "
     "change_fraction time_limit empty nan finite_check threads isa",
     run_sweep},
    {"info", "[--json FILE]",
     "Print the version, the instruction sets, the algorithms and how this was built.", 0, 0, "",
     info_sets, "", run_info},
    {"generate", "blobs|uniform|four-gaussians -o FILE [options]",
     "Write random rows: Gaussian blobs, the unit cube, or four Gaussians in 3-D.", 1, 1,
     "what to generate: blobs, uniform or four-gaussians", generate_sets, "", run_generate},
    {"bench", "[options] [DATA...]",
     "Measure the time of a pass: instruction sets x threads x algorithms x types.\nRuns of all "
     "cells take turns; the table has medians, speed-ups and rates, and exits with 1 when\nthe "
     "results differ. Without DATA rows are drawn.",
     0, -1, "", bench_sets, "nan", run_bench},
    {"plot", "[options] [DATA...]",
     "Draw rows and their clusters, or the curves of a result.\nDATA alone is drawn as it is; with "
     "--labels or --centroids by cluster; --json RESULT alone\nhas curves.",
     0, -1, "", plot_sets, "nan threads isa", run_plot},
    {0},
};
