// DescribeContent: what a person would be shown of a content, and the attributes that say so.
#pragma once

#include "agent/content/examine.h"
#include "agent/person/use_of_key.h"

namespace sceau::agent {

/// Asks nobody. Fails like `sign` where the key is unknown or kept from this program, or the content does not fit.
asio::awaitable<base::Result<ipc::Reply>> describe_content(UseOfKey::Means means, Examination& examination,
                                                           const ipc::Peer& peer,
                                                           const ipc::DescribeContent::Parameters& request);

} // namespace sceau::agent
