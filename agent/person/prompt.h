// What the person reads before a PIN is asked: plain text, 80 columns, in the person's language. Everything that comes
// from outside (programs' names, certificates) is cleaned of what could disguise it.
#pragma once

#include "agent/person/caller.h"
#include "agent/tokens/inventory.h"
#include "base/language.h"
#include "mail/cms/signed_attributes.h"

#include <optional>
#include <string>
#include <string_view>

namespace sceau::agent {

/// The words of one prompt, in UTF-8, as pinentry takes them before its escaping.
struct PromptText {
    std::string title;
    std::string description;
    std::string prompt;
    std::string error; // empty at the first asking
    std::string ok;
    std::string cancel;
    // The description in four lines of 40 columns and the prompt in 16, for a dialog that clips more; they may be
    // empty.
    std::string brief = {};
    std::string brief_prompt = {};
};

/// What one request wants done and who asks, as far as it can be known.
struct PromptRequest {
    std::string program; // as it claims
    CallerKind caller = CallerKind::unknown;
    std::string program_note = {}; // what a person should know of its file, a line each; mostly nothing
    const Key& key;
    const pkcs11::Operation& operation;
    const mail::cms::SignedAttributes* attributes = nullptr; // of a signature, where they are known
    std::size_t place = 1;                                   // of the prompts that wait now, this is the first
    std::size_t waiting = 1;
    pkcs11::PinState pin;
};

/// Why the prompt opens again. Unlikely: the token says that its PINs have another length.
enum class PinProblem { none, incorrect, refused_before, empty, too_long, unlikely };

/// What is known of the PINs that were tried before.
struct PinHistory {
    PinProblem problem = PinProblem::none;
    std::optional<unsigned> tries_left; // as the token told it
    unsigned refused = 0;               // as this agent counted them
};

PromptText pin_prompt(const PromptRequest& request, const PinHistory& history, base::Language language);

/// Before the last try: asks for the word that last_try_word() gives. `again`: another one was typed.
PromptText last_try_prompt(const Key& key, bool again, base::Language language);
std::string_view last_try_word(base::Language language);

/// While the PIN is typed at the reader: the one button cancels.
PromptText pad_notice(const PromptRequest& request, base::Language language);

/// A token is waited for: one button hides that, the other gives it up.
PromptText missing_token_notice(const std::string& program, const Key& key, base::Language language);

/// Nothing can be signed with this token until somebody unblocks its PIN. The contact may be empty.
PromptText locked_message(const Key& key, const std::string& contact, base::Language language);

} // namespace sceau::agent
