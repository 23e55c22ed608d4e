/* The builds of the command that are measured beside each other. */
#include "bench.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "json_find.h"

/* build/scalar/kmeans is "scalar"; a program by another name than this one's has that name. */
static const char *name_of_build(const char *path)
{
    char *const copy = copy_text(path);
    char *const slash = strrchr(copy, '/');
    if (slash == NULL || strcmp(slash + 1, "kmeans") != 0) {
        return slash != NULL ? slash + 1 : copy;
    }
    *slash = '\0';
    char *const folder = strrchr(copy, '/');
    const char *const name = folder != NULL ? folder + 1 : copy;
    return *name == '\0' || strcmp(name, ".") == 0 ? "kmeans" : name;
}

static void add_build(bench_run *bench, const char *path)
{
    bench_build *const build = &bench->builds[bench->build_count];
    build->path = path;
    build->name = name_of_build(path);
    for (int b = 0; b < bench->build_count; b++) {
        if (strcmp(bench->builds[b].name, build->name) == 0) {
            build->name = path;
        }
    }
    bench->build_count++;
}

static void ask_build(bench_build *build)
{
    const char *const arguments[] = {build->path, "info", "--json", "-", NULL};
    build->info = run_child(arguments, NULL).out;
    json_find_text(build->info, "version", build->version, sizeof build->version);
    if (build->version[0] == '\0' || json_find(build->info, "isas_usable") == NULL) {
        die(EXIT_USAGE, "--against %s: its info --json does not name a version and isas_usable",
            build->path);
    }
}

void find_builds(bench_run *bench)
{
    static char own[PATH_MAX];
    const ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
    const char *const paths = arg_value(bench->args, "against");
    own[length > 0 ? length : 0] = '\0';
    add_build(bench, length > 0 ? own : "kmeans");
    snprintf(bench->builds[0].version, sizeof bench->builds[0].version, "%s", kmeans_version());
    char *rest = paths != NULL ? copy_text(paths) : NULL;
    for (char *path = strsep(&rest, ","); path != NULL; path = strsep(&rest, ",")) {
        if (bench->build_count == MOST_BUILDS) {
            die(EXIT_USAGE, "--against: at most %d builds", MOST_BUILDS - 1);
        }
        if (access(path, X_OK) != 0) {
            die(EXIT_USAGE, "--against: '%s' is no program that can be run", path);
        }
        add_build(bench, path);
        ask_build(&bench->builds[bench->build_count - 1]);
    }
}

bool build_has_isa(const bench_build *build, const char *isa)
{
    const char *name = NULL;
    int usable = 0;
    if (build->info != NULL) {
        return json_find_item(build->info, "isas_usable", isa);
    }
    for (int i = 0; (name = kmeans_isa_name(i, &usable)) != NULL; i++) {
        if (strcmp(name, isa) == 0) {
            return usable != 0;
        }
    }
    return false;
}

bool build_has_threads(const bench_build *build)
{
    char openmp[8];
    if (build->info == NULL) {
        return strstr(kmeans_build_info(), "openmp=yes") != NULL;
    }
    json_find_text(build->info, "build.openmp", openmp, sizeof openmp);
    return strcmp(openmp, "yes") == 0;
}
