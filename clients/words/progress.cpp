#include "clients/words/progress.h"

#include "base/display_text.h"

namespace sceau::words {

namespace {

constexpr std::size_t kLabelColumns = 32; // as long as a token's label can be (CK_TOKEN_INFO)
constexpr std::size_t kProgramColumns = 160;

} // namespace

std::string explained(const ipc::Progress& progress, const Console& console)
{
    const std::string token = base::shown(progress.token_label.value_or("?"), kLabelColumns);
    switch (progress.state) {
    case ipc::State::waiting_for_token:
        return console.say("Insert the token \"{}\".\n", "Branchez le jeton « {} ».\n", token);
    case ipc::State::queued:
        if (const int before = progress.before.value_or(1); before != 1)
            return console.say("{} requests come before this one.\n", "{} demandes passent avant celle-ci.\n", before);
        return console.say("Another request comes first.\n", "Une autre demande passe avant.\n");
    case ipc::State::reader_in_use:
        return console.say("Waiting for the token \"{}\", which another program uses: {}.\n",
                           "En attente du jeton « {} », qu'un autre programme utilise : {}.\n", token,
                           base::shown(progress.programs.value_or("?"), kProgramColumns));
    case ipc::State::touch:
        return console.say("Touch the token \"{}\".\n", "Touchez le jeton « {} ».\n", token);
    case ipc::State::signing:
        return console.say("The token \"{}\" checks the PIN and signs if it is right.\n",
                           "Le jeton « {} » vérifie le code PIN et signe s'il est juste.\n", token);
    case ipc::State::decrypting:
    case ipc::State::preview:
    case ipc::State::pin:
        break;
    }
    return {};
}

std::string dialog_note(const Console& console)
{
    return console.say("A dialog will ask for the PIN.\n", "Une fenêtre va demander le code PIN.\n");
}

} // namespace sceau::words
