// The structs behind the opaque types of sceau.h, for libsceau's own files.
#pragma once

#include "base/unique_fd.h"
#include "clients/lib/watcher.h"
#include "clients/libsceau/sceau.h"
#include "ipc/client.h"

#include <memory>
#include <new>
#include <optional>
#include <string>
#include <vector>

struct sceau_token {
    sceau::ipc::Token value;
};

struct sceau_key {
    sceau::ipc::Key value;
    std::string id;
};

struct sceau_listing {
    std::vector<sceau_token> tokens;
    std::vector<sceau_key> keys;
};

struct sceau_progress {
    sceau::ipc::Progress value;
};

struct sceau_agent {
    std::optional<std::filesystem::path> socket;
    sceau::base::UniqueFd cancelled; // an eventfd
    sceau::base::Error last;
    std::optional<sceau::ipc::Client> decrypting; // kept: a repeated decryption on it is answered without asking
};

struct sceau_watch {
    sceau::client::Watcher watcher;
};

namespace sceau::client {

std::unique_ptr<sceau_listing> listing_of(const std::vector<ipc::Token>& tokens, const std::vector<ipc::Key>& keys);

/// Keeps exceptions, such as those of exhausted memory, from reaching a program in C.
int guarded(auto function)
{
    try {
        return function();
    } catch (const std::bad_alloc&) {
        return SCEAU_NO_MEMORY;
    } catch (...) {
        return SCEAU_INTERNAL;
    }
}

} // namespace sceau::client
