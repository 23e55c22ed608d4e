/* kmeans info */
#include "tables.h"

#include <string.h>

#include "json.h"
#include "machine.h"
#include "outputs.h"
#include "run.h"

typedef struct info_facts {
    char cpu[128];
    char isa[32];
    int threads;
    const char *build;
} info_facts;

static void write_isas(json_writer *json, const char *key, bool usable_only)
{
    const char *name = NULL;
    int usable = 0;
    put_begin(json, key, '[');
    for (int i = 0; (name = kmeans_isa_name(i, &usable)) != NULL; i++) {
        if (usable || !usable_only) {
            put_text(json, NULL, name);
        }
    }
    put_end(json, ']');
}

/* "key=value key=value" as members; a word without '=' is true. */
static void write_build(json_writer *json, const char *build)
{
    char *const copy = copy_text(build);
    char *rest = copy;
    put_begin(json, "build", '{');
    for (char *word = strsep(&rest, " "); word != NULL; word = strsep(&rest, " ")) {
        char *const equals = strchr(word, '=');
        if (equals != NULL) {
            *equals = '\0';
            put_text(json, word, equals + 1);
        } else if (*word != '\0') {
            put_bool(json, word, true);
        }
    }
    put_end(json, '}');
    release(copy);
}

static void write_info_json(FILE *stream, const info_facts *info)
{
    json_writer writer = {stream, 0, true};
    json_writer *const json = &writer;
    const char *name = NULL;
    const char *memory = NULL;
    int exact = 0;
    put_begin(json, NULL, '{');
    put_text(json, "version", kmeans_version());
    put_integer(json, "bits_version", kmeans_bits_version());
    write_isas(json, "isas_built", false);
    write_isas(json, "isas_usable", true);
    put_text(json, "isa", info->isa);
    put_begin(json, "algorithms", '[');
    for (int i = 0; (name = kmeans_algorithm_name(i, &exact, &memory)) != NULL; i++) {
        put_begin(json, NULL, '{');
        put_text(json, "name", name);
        put_bool(json, "exact", exact != 0);
        put_text(json, "memory", memory);
        put_end(json, '}');
    }
    put_end(json, ']');
    put_text(json, "cpu", info->cpu);
    put_integer(json, "threads", info->threads);
    write_build(json, info->build);
    put_end(json, '}');
}

static void print_info(FILE *stream, const info_facts *info)
{
    const char *name = NULL;
    const char *memory = NULL;
    int usable = 0;
    int exact = 0;
    fprintf(stream, "kmeans      %s (results of version %d)\n", kmeans_version(),
            kmeans_bits_version());
    fprintf(stream, "cpu         %s\n", info->cpu);
    fprintf(stream, "threads     %d\n", info->threads);
    fprintf(stream, "isas       ");
    for (int i = 0; (name = kmeans_isa_name(i, &usable)) != NULL; i++) {
        fprintf(stream, " %s%s", name,
                strcmp(name, info->isa) == 0 ? " (used)"
                : !usable                    ? " (not on this CPU)"
                                             : "");
    }
    fprintf(stream, "\nalgorithms\n");
    for (int i = 0; (name = kmeans_algorithm_name(i, &exact, &memory)) != NULL; i++) {
        fprintf(stream, "  %-10s%s; %s\n", name, exact ? "exact" : "not exact",
                memory != NULL ? memory : "");
    }
    fprintf(stream, "build       %s\n", info->build);
}

int run_info(const cli_args *args)
{
    info_facts info = {.threads = find_threads(), .build = kmeans_build_info()};
    kmeans_context *context = NULL;
    kmeans_options *options = NULL;
    output_set outputs = {0};
    output_file *const json = add_output(&outputs, "json", arg_value(args, "json"), OUTPUT_JSON);
    begin_run(args, &context, &options);
    find_cpu(info.cpu, sizeof info.cpu);
    find_isa(options, info.isa, sizeof info.isa);
    open_outputs(&outputs, NULL, 0);
    if (json != NULL) {
        write_info_json(json->stream, &info);
        finish_output(&outputs, json);
    } else if (!is_quiet()) {
        print_info(stdout, &info);
    }
    kmeans_options_free(options);
    kmeans_context_free(context);
    return outputs_exit_code(&outputs);
}
