#include "clients/words/progress.h"

#include "base/display_text.h"

namespace sceau::words {

namespace {

constexpr std::size_t kLabelColumns = 32; // the longest label of a token (CK_TOKEN_INFO)
constexpr std::size_t kProgramColumns = 160;

std::string explained_level(ipc::Level level, const Console& console)
{
    switch (level) {
    case ipc::Level::proven:
        return console.phrase("The dialog shows what will be signed.\n");
    case ipc::Level::claimed:
        return console.phrase("The dialog shows only what this program says will be signed.\n");
    case ipc::Level::unseen:
        break;
    }
    return console.phrase("The dialog cannot show the content that will be signed.\n");
}

} // namespace

std::string explained(const ipc::Progress& progress, const Console& console)
{
    const std::string token = base::shown(progress.token_label.value_or("?"), kLabelColumns);
    switch (progress.state) {
    case ipc::State::waiting_for_token:
        return console.phrase("Insert the token \"{}\".\n", token);
    case ipc::State::queued:
        return console.counted(progress.before.value_or(1), "Another request comes first.\n",
                               "{} requests come before this one.\n");
    case ipc::State::reader_in_use:
        return console.phrase("Waiting for the token \"{}\", which another program uses: {}.\n", token,
                              base::shown(progress.programs.value_or("?"), kProgramColumns));
    case ipc::State::touch:
        return console.phrase("Touch the token \"{}\".\n", token);
    case ipc::State::signing:
        return console.phrase("The token \"{}\" checks the PIN and signs if it is right.\n", token);
    case ipc::State::preview:
    case ipc::State::pin:
        return progress.shown ? explained_level(progress.shown->level, console) : "";
    case ipc::State::decrypting:
        break;
    }
    return {};
}

std::string dialog_note(const Console& console)
{
    return console.phrase("A dialog will ask for the PIN.\n");
}

} // namespace sceau::words
