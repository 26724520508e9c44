#include "clients/cli/tables.h"

#include "base/display_text.h"
#include "clients/cli/key_notes.h"
#include "clients/cli/layout.h"
#include "clients/sending/key_choice.h"
#include "clients/words/failure.h"
#include "mail/cms/certificate.h"

#include <algorithm>

namespace sceau::cli {

using base::shown;
using sending::Unfit;

namespace {

constexpr std::size_t kCellColumns = 32;
constexpr std::size_t kAddressColumns = 48;
constexpr std::size_t kKeyDigits = 16; // of 64: enough to name a key, short enough to read

Cell pin_cell(const ipc::PinState& pin, const Console& console)
{
    if (pin.locked)
        return {console.phrase("LOCKED"), Colour::bad};
    if (pin.not_set)
        return {console.phrase("never set: set it first"), Colour::caution};
    if (pin.to_be_changed)
        return {console.phrase("to be changed first"), Colour::caution};
    if (pin.final_try)
        return {console.phrase("one try left"), Colour::bad};
    if (pin.low)
        return {console.phrase("a wrong one was typed"), Colour::caution};
    if (pin.pad)
        return {console.phrase("typed at the reader")};
    return {"ok"};
}

std::vector<Cell> token_row(const ipc::Token& token, const Console& console)
{
    return {{shown(token.label, kCellColumns)},
            {shown(token.manufacturer + " " + token.model, kCellColumns)},
            {shown(token.serial, kCellColumns)},
            {shown(token.reader, kAddressColumns)},
            pin_cell(token.pin, console)};
}

std::string algorithm_of(const ipc::Key& key)
{
    std::string name = shown(key.algorithm, kCellColumns);
    for (char& letter : name)
        letter = letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - ('a' - 'A')) : letter;
    return key.bits > 0 ? fmt::format("{} {}", name, key.bits) : name;
}

/// Adds the serial number and the reader if another token has the same label.
std::string token_name(const ipc::Key& key, const std::vector<ipc::Key>& keys)
{
    const bool has_namesake = std::ranges::any_of(keys, [&](const ipc::Key& other) {
        return other.token_label == key.token_label &&
               (other.token_serial != key.token_serial || other.token_reader != key.token_reader);
    });
    std::string name = shown(key.token_label, kCellColumns);
    if (has_namesake)
        name += fmt::format(" ({}, {})", shown(key.token_serial.empty() ? "-" : key.token_serial, kCellColumns),
                            shown(key.token_reader.value_or("-"), kAddressColumns));
    return name;
}

/// Returns what keeps the key from signing mail, or else what a person should take care of soon.
Cell note_on(const ipc::Key& key, Moment now, const std::optional<Unfit>& unfit, const Console& console)
{
    if (unfit)
        return {explained(*unfit, key, console), Colour::bad};
    std::string note = note_on_expiry(key, now, console).value_or("");
    if (key.missing_issuer) {
        note += note.empty() ? "" : console.phrase("; ");
        note += console.phrase("issuer {} not known here, see sceau certificates", name_of_missing_issuer(key));
    }
    return {note, Colour::caution};
}

std::vector<Cell> key_row(const ipc::Key& key, const std::vector<ipc::Key>& keys, Moment now, const Console& console)
{
    const auto facts = mail::cms::read_certificate(key.certificate);
    const auto unfit = sending::unfit_for_mail(key, now);
    const auto note = note_on(key, now, unfit, console);
    return {{shown(key.addresses.empty() ? "-" : key.addresses.front(), kAddressColumns)},
            {shown(facts ? facts->subject_name : key.label.value_or(key.subject), kCellColumns)},
            {facts ? shown_date(facts->not_after, console.language) : "-", unfit ? Colour::bad : Colour::none},
            {token_name(key, keys)},
            {algorithm_of(key)},
            {key.id.hex().substr(0, kKeyDigits)},
            note};
}

} // namespace

std::string token_table(const std::vector<ipc::Token>& tokens, const Console& console)
{
    if (tokens.empty())
        return console.phrase("No token is plugged in: plug it in.\n");
    std::vector<std::vector<Cell>> rows = {{{console.phrase("TOKEN")},
                                            {console.phrase("MODEL")},
                                            {console.phrase("SERIAL")},
                                            {console.phrase("READER")},
                                            {"PIN"}}};
    for (const ipc::Token& token : tokens)
        rows.push_back(token_row(token, console));
    return table(rows, console);
}

std::string key_table(const std::vector<ipc::Key>& keys, Moment now, const Console& console)
{
    if (keys.empty())
        return console.phrase("No token with a key is plugged in: plug it in.\n");
    std::vector<std::vector<Cell>> rows = {{{console.phrase("ADDRESS")},
                                            {console.phrase("NAME")},
                                            {console.phrase("VALID UNTIL")},
                                            {console.phrase("TOKEN")},
                                            {console.phrase("KIND")},
                                            {console.phrase("KEY")}}};
    for (const ipc::Key& key : keys)
        rows.push_back(key_row(key, keys, now, console));
    return table(rows, console);
}

} // namespace sceau::cli
