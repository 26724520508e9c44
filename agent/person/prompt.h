// The text that the person reads when a PIN is asked for: plain text in pages of 60 columns (agent/person/page.h), in
// the person's language. Everything that comes from outside (mails, names of programs, certificates) is cleaned of what
// could disguise it, and begins no line.
#pragma once

#include "agent/person/caller.h"
#include "agent/person/content_text.h"
#include "agent/tokens/inventory.h"
#include "base/language.h"
#include "mail/cms/signed_attributes.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sceau::agent {

/// The words of one prompt, in UTF-8, before they are escaped for pinentry.
struct PromptText {
    std::string title;
    std::string description;
    std::string prompt;
    std::string error; // empty the first time
    std::string ok;
    std::string cancel;
    // The description in four lines of 40 columns and the prompt in 16 columns, for a dialog that cuts off longer text.
    // Both may be empty.
    std::string brief = {};
    std::string brief_prompt = {};
    // What is shown and confirmed before the description, in further dialogs with the same title.
    std::vector<std::string> pages = {};
    std::string next = {}; // their first button
    bool has_content = false;
};

/// What one request wants done and who asks, as far as this can be known.
struct PromptRequest {
    std::string program; // as the program claims
    CallerKind caller = CallerKind::unknown;
    std::string program_note = {}; // what a person should know about its file, one line each; usually empty
    const Key& key;
    const pkcs11::Operation& operation;
    const mail::cms::SignedAttributes* attributes = nullptr; // of a signature, if known
    const ipc::Shown* content = nullptr;                     // likewise; none: it cannot be shown
    Content kind = Content::unknown;                         // of the content
    std::size_t place = 1;                                   // position of this prompt among those that wait now
    std::size_t waiting = 1;
    pkcs11::PinState pin;
};

/// Why the prompt opens again. `unlikely`: the token says that its PINs have another length.
enum class PinProblem { none, incorrect, refused_before, empty, too_long, unlikely };

/// What is known of the PINs that were tried before.
struct PinHistory {
    PinProblem problem = PinProblem::none;
    std::optional<unsigned> tries_left; // as the token reported
    unsigned refused = 0;               // as this agent counted
};

/// The pages come with the first dialog of a request alone.
PromptText pin_prompt(const PromptRequest& request, const PinHistory& history, base::Language language);

/// Asks for the word of last_try_word() before the last try. `again`: the person typed another word.
PromptText last_try_prompt(const Key& key, bool again, base::Language language);
std::string_view last_try_word(base::Language language);

/// Asks for the word of recipients_word() because a mail goes to these domains.
PromptText recipients_prompt(const std::vector<std::string>& domains, bool again, base::Language language);
std::string_view recipients_word(base::Language language);

/// Shown while the PIN is typed at the reader; its one button cancels.
PromptText pad_notice(const PromptRequest& request, base::Language language);

/// Shown while a token is awaited; one button hides the notice, the other gives up.
PromptText missing_token_notice(const std::string& program, const Key& key, base::Language language);

/// Says that nothing can be signed with this token until someone unblocks its PIN. The contact may be empty.
PromptText locked_message(const Key& key, const std::string& contact, base::Language language);

} // namespace sceau::agent
