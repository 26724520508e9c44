// Reads DER element by element (X.690), for the parts of a certificate that certificate.cpp needs. When OpenSSL reads a
// certificate, it loads its configuration and looks for decoders of the key, which takes longer than everything else in
// listing a token.
#pragma once

#include "base/bytes.h"

#include <openssl/asn1.h>

#include <optional>

namespace sceau::pkcs11_module {

struct DerElement {
    int tag = 0;           // of the universal class; -1 for other classes
    base::BytesView whole; // with tag and length
    base::BytesView content;
};

class DerReader {
  public:
    explicit DerReader(base::BytesView der) : rest_(der) {}

    bool at_end() const { return rest_.empty(); }

    std::optional<DerElement> next()
    {
        constexpr int kIndefinite = 1;
        constexpr int kError = 0x80;
        const unsigned char* position = rest_.data();
        long size = 0;
        int tag = 0;
        int tag_class = 0;
        const int form = ASN1_get_object(&position, &size, &tag, &tag_class, static_cast<long>(rest_.size()));
        if ((form & (kIndefinite | kError)) != 0)
            return std::nullopt;
        const auto header = static_cast<std::size_t>(position - rest_.data());
        const base::BytesView whole = rest_.first(header + static_cast<std::size_t>(size));
        rest_ = rest_.subspan(whole.size());
        return DerElement{
            .tag = tag_class == V_ASN1_UNIVERSAL ? tag : -1, .whole = whole, .content = whole.subspan(header)};
    }

    std::optional<DerElement> next(int tag)
    {
        auto element = next();
        return element && element->tag == tag ? element : std::nullopt;
    }

  private:
    base::BytesView rest_;
};

} // namespace sceau::pkcs11_module
