#include "result.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void km_warn(kmeans_result *result, const char *code, const char *format, ...)
{
    for (int64_t i = 0; i < result->warning_count; i++) {
        if (strcmp(result->warnings[i].code, code) == 0)
            return;
    }
    if (result->warning_count == KM_MAX_WARNINGS)
        return;
    km_warning *const warning = &result->warnings[result->warning_count++];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(warning->text, sizeof warning->text, format, arguments);
    va_end(arguments);
    warning->code = code;
    km_log(result->context, KMEANS_LOG_WARNING, code, "%s", warning->text);
}
