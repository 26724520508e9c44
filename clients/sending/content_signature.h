// Content signed by a key on a token, as CMS SignedData (RFC 5652): the key is found, the signed attributes are
// drafted, the agent is asked for the signature. For sending/outgoing_mail.h, and for what signs other content than
// mail.
#pragma once

#include "clients/sending/key_search.h"

#include <functional>
#include <variant>

namespace sceau::sending {

/// The agent is about to be asked for a signature by this key.
struct KeyChosen {
    ipc::Key key;
    bool is_second = false; // since the token of the first one turned out not to have it
};

/// What happens on the way, as it happens, so that a person can be told.
using Stage = std::variant<KeyChosen, ipc::Progress>;
using OnStage = std::function<void(const Stage&)>;

/// What is signed.
struct Content {
    std::function<base::Result<base::Bytes>(base::Hash)> digest;
};

struct ContentSignature {
    ipc::Key key;
    base::Bytes signed_data; // DER of the ContentInfo, detached

    /// The one the signature is made with.
    base::Hash hash() const { return base::traits(key.schemes.front()).hash; }
};

/// One signature, for which the person is asked once; a second time only where the token had the first key's
/// certificate without the key.
Outcome<ContentSignature> sign(const Content& content, const KeyWanted& wanted, Agent& agent, const OnStage& on_stage);

} // namespace sceau::sending
