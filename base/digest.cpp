#include "base/digest.h"

namespace sceau::base {

Result<Digest> Digest::for_scheme(Scheme scheme, BytesView bytes)
{
    const std::size_t wanted = digest_size(traits(scheme).hash);
    if (bytes.size() != wanted)
        return std::unexpected(invalid_parameter("digest", std::string(to_string(scheme)) + " takes a digest of " +
                                                               std::to_string(wanted) + " bytes, not of " +
                                                               std::to_string(bytes.size())));
    return Digest(Bytes(bytes.begin(), bytes.end()));
}

} // namespace sceau::base
