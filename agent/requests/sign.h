// Sign: signs a digest, with the evidence that the caller shows.
#pragma once

#include "agent/content/examine.h"
#include "agent/journal/account.h"
#include "agent/journal/correspondents.h"
#include "agent/person/use_of_key.h"

namespace sceau::agent {

/// The parts of the agent that know of contents.
struct ContentMeans {
    Examination& examination;
    Correspondents& correspondents;
};

/// The signature is returned only if it verifies with the key.
asio::awaitable<base::Result<ipc::Reply>> sign(UseOfKey::Means means, ContentMeans contents, const ipc::Peer& peer,
                                               const ipc::Sign::Parameters& request, ipc::ReplyStream& stream,
                                               Account& account);

} // namespace sceau::agent
