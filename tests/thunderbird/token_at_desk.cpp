#include "tests/thunderbird/token_at_desk.h"

#include "tests/support/run.h"

namespace sceau::test {

std::filesystem::path CardToken::certificate_for_encryption() const
{
    const auto der =
        desk.folder.write("9d.der", std::string(base::as_text(desk.card.certificate(PivSlot::key_management))));
    auto pem = desk.folder.path() / "9d.pem";
    run({"openssl", "x509", "-inform", "DER", "-in", der, "-out", pem});
    return pem;
}

} // namespace sceau::test
