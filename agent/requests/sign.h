// Sign: signs a digest, with the evidence that the caller shows.
#pragma once

#include "agent/content/preview.h"
#include "agent/journal/account.h"
#include "agent/person/use_of_key.h"

namespace sceau::agent {

/// The signature is returned only if it verifies with the key.
asio::awaitable<base::Result<ipc::Reply>> sign(UseOfKey::Means means, Previews& previews, const ipc::Peer& peer,
                                               const ipc::Sign::Parameters& request, ipc::ReplyStream& stream,
                                               Account& account);

} // namespace sceau::agent
