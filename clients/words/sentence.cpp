#include "clients/words/sentence.h"

namespace sceau::words {

std::string message(const std::string& what, const std::string& next)
{
    const std::string text = "sceau: " + what + "\n";
    return next.empty() ? text : text + "       " + next + "\n";
}

std::string enumerated(const std::vector<std::string>& items, base::Language language)
{
    std::string text;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (i > 0)
            text += i + 1 < items.size() ? language.translated(", ") : language.translated(" and ");
        text += items[i];
    }
    return text;
}

} // namespace sceau::words
