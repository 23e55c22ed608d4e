// The internal headers of floor 1 for C++, and a context that cleans up after itself.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <kmeans/kmeans.h>

extern "C" {
#include "services/cgroup.h"
#include "services/context.h"
#include "services/cpu.h"
#include "services/fpmode.h"
#include "services/memory.h"
#include "services/random.h"
#include "services/source.h"
}

namespace services {

struct Message {
    int level;
    std::string code;
    std::string text;
};

class Context {
public:
    Context()
    {
        kmeans_context_create(nullptr, &context_);
        kmeans_context_set_log(context_, keep, &messages);
    }
    ~Context() { kmeans_context_free(context_); }
    Context(const Context &) = delete;
    Context &operator=(const Context &) = delete;
    operator kmeans_context *() const { return context_; }
    kmeans_context *operator->() const { return context_; }
    std::string detail() const { return kmeans_detail(context_); }
    std::vector<Message> messages;

private:
    static void keep(void *user, int level, const char *code, const char *text)
    {
        static_cast<std::vector<Message> *>(user)->push_back({level, code, text});
    }
    kmeans_context *context_ = nullptr;
};

} // namespace services
