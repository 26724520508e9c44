// Signs content as CMS SignedData (RFC 5652) with a key on a token: finds the key, drafts the signed attributes and
// asks the agent for the signature. Used by sending/outgoing_mail.h and by programs that sign content other than mail.
#pragma once

#include "clients/sending/key_search.h"

#include <functional>
#include <variant>

namespace sceau::sending {

/// The agent is about to be asked for a signature by this key.
struct KeyChosen {
    ipc::Key key;
    bool is_second = false; // because the token of the first key turned out not to have it
};

/// What happens on the way, reported as it happens so that a person can be told.
using Stage = std::variant<KeyChosen, ipc::Progress>;
using OnStage = std::function<void(const Stage&)>;

/// What is signed. The agent gets it as a file, so that it can show what it has examined.
struct Content {
    std::function<base::Result<base::Bytes>(base::Hash)> digest;
    base::SealedMemory file;
    std::vector<std::string> bcc; // recipients that the content does not name, each an addr-spec
};

struct ContentSignature {
    ipc::Key key;
    base::Bytes signed_data; // DER of the ContentInfo, detached

    /// The hash that the signature is made with.
    base::Hash hash() const { return base::traits(key.schemes.front()).hash; }
};

/// Makes one signature, for which the person is asked once. A second request follows only if the token had the
/// certificate of the first key without the key.
Outcome<ContentSignature> sign(Content content, const KeyWanted& wanted, Agent& agent, const OnStage& on_stage);

} // namespace sceau::sending
