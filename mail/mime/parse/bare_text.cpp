#include "mail/mime/parse/bare_text.h"

namespace sceau::mail::mime {

std::string bare_text(std::string_view raw)
{
    std::string bare;
    std::size_t comments = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < raw.size(); ++i) {
        const char c = raw[i];
        if (c == '\\' && (quoted || comments > 0))
            ++i;
        else if (c == '"' && comments == 0)
            quoted = !quoted;
        else if (c == '(' && !quoted)
            ++comments;
        else if (c == ')' && !quoted && comments > 0)
            --comments;
        else if (!quoted && comments == 0)
            bare += c;
    }
    return bare;
}

} // namespace sceau::mail::mime
