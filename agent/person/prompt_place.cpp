#include "agent/person/prompt_place.h"

namespace sceau::agent {

PromptPlace prompt_place(const ipc::Peer& peer, const std::optional<ipc::Terminal>& terminal, std::string locale)
{
    PromptPlace place{.tty = {}, .term = {}, .locale = std::move(locale)};
    if (terminal && ipc::controls_terminal(peer, terminal->tty)) {
        place.tty = terminal->tty;
        place.term = terminal->term;
    } else if (terminal) {
        place.terminal_is_others = ipc::is_others_terminal(peer, terminal->tty);
    }
    return place;
}

PromptPlace second_place(PromptPlace place)
{
    place.in_session = place.tty.empty();
    return place;
}

} // namespace sceau::agent
