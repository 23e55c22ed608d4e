/* The text of one option to its field in the settings, and back. */
#include "options.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../services/cpu.h"
#include "numbers.h"

/* At most 60 bytes of a value are repeated in an error text. */
#define SHOW "%.60s"

static void store_integer(const km_option *option, int64_t value, km_settings *settings)
{
    char *const field = (char *)settings + option->offset;
    if (option->size == sizeof(bool))
        *(bool *)field = value != 0;
    else if (option->size == sizeof(int32_t))
        *(int32_t *)field = (int32_t)value;
    else
        *(int64_t *)field = value;
}

static int64_t load_integer(const km_option *option, const km_settings *settings)
{
    const char *const field = (const char *)settings + option->offset;
    if (option->size == sizeof(bool))
        return *(const bool *)field;
    if (option->size == sizeof(int32_t))
        return *(const int32_t *)field;
    return *(const int64_t *)field;
}

static int parse_integer(kmeans_context *context, const km_option *option, const char *text,
                         km_settings *settings)
{
    const char *const name = option->info.name;
    const bool is_seed = option->kind == KM_OPTION_SEED;
    const uint64_t max = is_seed ? UINT64_MAX : (uint64_t)option->max;
    bool negative = false;
    uint64_t value = 0;
    const km_number_status found = km_read_integer(text, &negative, &value);
    if (found == KM_NUMBER_NONE || found == KM_NUMBER_FRACTION)
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "%s \"" SHOW "\" is not an integer", name,
                       text);
    if (negative || (found == KM_NUMBER_OK && value < (uint64_t)option->min))
        return km_fail(context, KMEANS_ERROR_ARGUMENT,
                       "%s is " SHOW "; it must be at least %" PRId64, name, text, option->min);
    if (found == KM_NUMBER_HUGE || value > max)
        return km_fail(context, KMEANS_ERROR_ARGUMENT,
                       "%s is " SHOW "; it must be at most %" PRIu64, name, text, max);
    if (is_seed)
        settings->seed = value;
    else
        store_integer(option, (int64_t)value, settings);
    return KMEANS_OK;
}

/* Take the unit off a duration: text without it to number[], seconds per unit returned. */
static double take_unit(const char *text, char number[80])
{
    const size_t length = strlen(text);
    snprintf(number, 80, "%s", length < 80 ? text : "");
    if (length == 0 || length >= 80)
        return 1;
    const char unit = text[length - 1];
    if (unit != 's' && unit != 'm' && unit != 'h')
        return 1;
    number[length - 1] = '\0';
    return unit == 'h' ? 3600 : unit == 'm' ? 60 : 1;
}

static int parse_real(kmeans_context *context, const km_option *option, const char *text,
                      km_settings *settings)
{
    const char *const name = option->info.name;
    const bool is_duration = option->kind == KM_OPTION_DURATION;
    double *const field = (double *)(void *)((char *)settings + option->offset);
    char number[80];
    double value = 0;
    if (strcmp(text, "off") == 0) {
        *field = KM_RULE_OFF;
        return KMEANS_OK;
    }
    const double unit = is_duration ? take_unit(text, number) : 1;
    const km_number_status found = km_read_real(is_duration ? number : text, &value);
    if (found == KM_NUMBER_NONE)
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "%s \"" SHOW "\" is not %s or off", name,
                       text, is_duration ? "a time (90, 90s, 5m, 2h)" : "a number");
    if (value < 0 || (found == KM_NUMBER_HUGE && text[0] == '-'))
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "%s is " SHOW "; it must be at least 0",
                       name, text);
    if (found == KM_NUMBER_HUGE || value > option->limit / unit) {
        km_write_real(option->limit, number);
        return km_fail(context, KMEANS_ERROR_ARGUMENT, "%s is " SHOW "; it must be at most %s",
                       name, text, number);
    }
    *field = value * unit;
    return KMEANS_OK;
}

/* Bytes, in binary units: 4096, 64K, 256M, 2G, 1T. */
static int parse_size(kmeans_context *context, const km_option *option, const char *text,
                      km_settings *settings)
{
    static const char units[] = "KMGT";
    const char *const name = option->info.name;
    char number[80];
    bool negative = false;
    uint64_t value = 0;
    if (strcmp(text, "off") == 0) {
        store_integer(option, 0, settings);
        return KMEANS_OK;
    }
    const size_t length = strlen(text);
    const char *const unit = length > 0 ? strchr(units, text[length - 1]) : NULL;
    const int shift = unit != NULL ? 10 * (int)(unit - units + 1) : 0;
    snprintf(number, sizeof number, "%.*s", (int)(length < 80 ? length - (shift > 0) : 0), text);
    const km_number_status found = km_read_integer(number, &negative, &value);
    if (found == KM_NUMBER_NONE || found == KM_NUMBER_FRACTION)
        return km_fail(context, KMEANS_ERROR_ARGUMENT,
                       "%s \"" SHOW "\" is not a size (4096, 64K, 256M, 2G) or off", name, text);
    if (negative || (found == KM_NUMBER_OK && value < (uint64_t)option->min))
        return km_fail(context, KMEANS_ERROR_ARGUMENT,
                       "%s is " SHOW "; it must be at least %" PRId64, name, text, option->min);
    if (found == KM_NUMBER_HUGE || value > (uint64_t)option->max >> shift)
        return km_fail(context, KMEANS_ERROR_ARGUMENT,
                       "%s is " SHOW "; it must be at most %" PRId64, name, text, option->max);
    store_integer(option, (int64_t)(value << shift), settings);
    return KMEANS_OK;
}

static int parse_switch(kmeans_context *context, const km_option *option, const char *text,
                        km_settings *settings)
{
    static const char *const words[] = {"off", "on", "no", "yes", "false", "true", "0", "1"};
    for (int i = 0; i < (int)(sizeof words / sizeof words[0]); i++) {
        if (strcmp(text, words[i]) == 0) {
            store_integer(option, i & 1, settings);
            return KMEANS_OK;
        }
    }
    return km_fail(context, KMEANS_ERROR_ARGUMENT, "%s \"" SHOW "\" is neither on nor off",
                   option->info.name, text);
}

/* Index of text among the words of "a | b | c", -1 when it is none. */
static int find_choice(const char *words, const char *text)
{
    for (int i = 0;; i++) {
        const size_t length = strcspn(words, " ");
        if (strlen(text) == length && memcmp(words, text, length) == 0)
            return i;
        words += length;
        if (*words == '\0')
            return -1;
        words += strlen(" | ");
    }
}

static int parse_choice(kmeans_context *context, const km_option *option, const char *text,
                        km_settings *settings)
{
    const char *const name = option->info.name;
    const int index = find_choice(option->info.values, text);
    if (index >= 0) {
        store_integer(option, index, settings);
        return KMEANS_OK;
    }
    if (option->offset == offsetof(km_settings, init) &&
        (strcmp(text, "centroids") == 0 || strcmp(text, "labels") == 0))
        return km_fail(context, KMEANS_ERROR_ARGUMENT,
                       "%s \"%s\" comes with its numbers: call kmeans_options_set_%s", name, text,
                       text);
    return km_fail(context, KMEANS_ERROR_NAME, "%s \"" SHOW "\" is none of: %s", name, text,
                   option->info.values);
}

/* Whether the CPU can run it is for the call that uses it to say. */
static int parse_isa(kmeans_context *context, const char *text, km_settings *settings)
{
    const km_isa *isa = NULL;
    const char *const name = text[0] != '\0' ? text : "\"\""; /* empty means auto there */
    if (strcmp(text, "auto") != 0 && km_isa_choose(NULL, name, &isa) == KMEANS_ERROR_NAME)
        return km_isa_choose(context, name, &isa);
    snprintf(settings->isa, sizeof settings->isa, "%s", text);
    return KMEANS_OK;
}

int km_option_parse(kmeans_context *context, const km_option *option, const char *text,
                    km_settings *settings)
{
    switch (option->kind) {
    case KM_OPTION_INTEGER:
    case KM_OPTION_SEED: return parse_integer(context, option, text, settings);
    case KM_OPTION_TOLERANCE:
    case KM_OPTION_DURATION: return parse_real(context, option, text, settings);
    case KM_OPTION_SIZE: return parse_size(context, option, text, settings);
    case KM_OPTION_SWITCH: return parse_switch(context, option, text, settings);
    case KM_OPTION_CHOICE: return parse_choice(context, option, text, settings);
    case KM_OPTION_ISA: return parse_isa(context, text, settings);
    case KM_OPTION_PATH:
    default: return KMEANS_ERROR_ARGUMENT;
    }
}

static void format_choice(const km_option *option, int64_t index, char text[KM_OPTION_TEXT])
{
    const char *word = option->info.values;
    if (option->offset == offsetof(km_settings, init) && index >= KM_INIT_CENTROIDS)
        word = index == KM_INIT_CENTROIDS ? "centroids" : "labels";
    else
        for (; index > 0; index--)
            word += strcspn(word, " ") + strlen(" | ");
    snprintf(text, KM_OPTION_TEXT, "%.*s", (int)strcspn(word, " "), word);
}

static void format_real(double value, char text[KM_OPTION_TEXT])
{
    if (value < 0)
        snprintf(text, KM_OPTION_TEXT, "off");
    else
        km_write_real(value, text);
}

void km_option_format(const km_option *option, const km_settings *settings,
                      char text[KM_OPTION_TEXT])
{
    const char *const field = (const char *)settings + option->offset;
    switch (option->kind) {
    case KM_OPTION_INTEGER:
        snprintf(text, KM_OPTION_TEXT, "%" PRId64, load_integer(option, settings));
        if (option->min > load_integer(option, settings)) /* k before it is set */
            text[0] = '\0';
        break;
    case KM_OPTION_SEED: snprintf(text, KM_OPTION_TEXT, "%" PRIu64, settings->seed); break;
    case KM_OPTION_TOLERANCE:
    case KM_OPTION_DURATION: format_real(*(const double *)(const void *)field, text); break;
    case KM_OPTION_SIZE:
        snprintf(text, KM_OPTION_TEXT, "%" PRId64, load_integer(option, settings));
        if (load_integer(option, settings) == 0)
            snprintf(text, KM_OPTION_TEXT, "off");
        break;
    case KM_OPTION_SWITCH:
        snprintf(text, KM_OPTION_TEXT, "%s", load_integer(option, settings) ? "on" : "off");
        break;
    case KM_OPTION_CHOICE: format_choice(option, load_integer(option, settings), text); break;
    case KM_OPTION_ISA: snprintf(text, KM_OPTION_TEXT, "%s", field); break;
    case KM_OPTION_PATH: text[0] = '\0'; break;
    }
}
