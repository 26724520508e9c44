#include "clients/cli/suggestion.h"

#include <algorithm>

namespace sceau::cli {

namespace {

constexpr std::size_t kMostMistakes = 2;
constexpr std::size_t kLongestWord = 32;

// The optimal string alignment distance: counts letters that are missing, added or changed, and swapped neighbours.
std::size_t mistakes(std::string_view typed, std::string_view meant)
{
    std::vector<std::vector<std::size_t>> cost(typed.size() + 1, std::vector<std::size_t>(meant.size() + 1));
    for (std::size_t i = 0; i <= typed.size(); ++i)
        for (std::size_t j = 0; j <= meant.size(); ++j) {
            if (i == 0 || j == 0) {
                cost[i][j] = i + j;
                continue;
            }
            const std::size_t other = typed[i - 1] == meant[j - 1] ? 0 : 1;
            cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + other});
            if (i > 1 && j > 1 && typed[i - 1] == meant[j - 2] && typed[i - 2] == meant[j - 1])
                cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
    return cost[typed.size()][meant.size()];
}

} // namespace

std::optional<std::string> nearest(std::string_view typed, const std::vector<std::string>& words)
{
    if (typed.size() > kLongestWord)
        return std::nullopt;
    std::optional<std::string> best;
    std::size_t fewest = kMostMistakes + 1;
    for (const std::string& word : words) {
        const std::size_t count = mistakes(typed, word);
        if (count >= fewest || 2 * count >= std::max(typed.size(), word.size()))
            continue;
        fewest = count;
        best = word;
    }
    return best;
}

} // namespace sceau::cli
