#include "clients/words/reason.h"

#include "base/pattern.h"

#include <array>
#include <vector>

namespace sceau::words {

namespace {

// Each {} stands for any text.
constexpr std::array kReasons = {
    base::translatable("the terminal's window is too small for the PIN dialog: make it larger"),
    base::translatable("the PIN dialog {} cannot be started ({}): install the package {}"),
    base::translatable("the PIN dialog was not opened: another program, {}, watches it and would read the PIN"),
    base::translatable(
        "the PIN was not used: another program, {}, watched the dialog while it was typed; change the PIN"),
    base::translatable(
        "the PIN was not sent to the token: another program, {}, watches the process that would take it"),
    base::translatable("the PIN was not sent to the token: another program has opened the process that would take it"),
    base::translatable("the configuration forbids signatures whose content cannot be shown (policy.blind)"),

    base::translatable("the configuration forbids {} signatures whose content cannot be shown (policy.programs)"),
    base::translatable("the configuration keeps this key from {} (policy.programs)"),
    base::translatable("the configuration forbids mail to {} (policy.other_recipients)"),
    base::translatable("the disk of the journal {} is full"),
    base::translatable("the journal {} is on a read-only disk"),
    base::translatable("the journal {} is being written by another agent"),
    base::translatable("the journal {} can be written by another account"),
    base::translatable(
        "the configuration wants signatures to say what was shown, and this one would not (policy.attest)"),
    base::translatable("cancelled three times within a minute: wait a minute"),
    // About a content that the agent examined before it asked.
    base::translatable("the mail is larger than 256 MiB, the most that can be shown"),
    base::translatable("the content could not be examined in time"),
    base::translatable("the content could not be examined: {}"),
    base::translatable("the signing time is more than 10 minutes off"),
    base::translatable("the content does not say who it is from"),
    base::translatable("the mail is from {}, and the certificate is for another address"),
    base::translatable("the content has the field {} more than once"),
    base::translatable("programs may read other addresses in the content's field {}"),
    base::translatable("programs may read another text in the content's field {}"),
    base::translatable("programs may find other parts in the content"),
    base::translatable("the content has more than {} recipients"),
    base::translatable("the content has more than {} addresses in the field {}"),
    base::translatable("an address in the content's field {} is longer than addresses may be"),
    base::translatable("the content's parts are nested too deep"),
    base::translatable("the content has too many parts"),
    base::translatable("the content's header is too large"),
    base::translatable("the content is beyond the limits for mails"),
    base::translatable("the content's field {} is not UTF-8"),
    base::translatable("the content cannot be taken apart as a mail"),
    base::translatable("this is not a request for a certificate (PKCS #10)"),
    base::translatable("the certificate does not allow this key to sign (keyUsage)"),
    base::translatable("the certificate does not allow this key to decrypt (keyUsage)"),
    base::translatable("the key cannot be used with this scheme"),
    base::translatable("too many requests of one program are waiting"),
    base::translatable("the agent's configuration is wrong: {}"),
    base::translatable("no agent answers at {}: Connection refused"),
    base::translatable("no agent answers at {}: No such file or directory"),
    base::translatable(
        "nobody is logged in here whose agent it could be: neither SCEAU_SOCKET nor XDG_RUNTIME_DIR is set, and "
        "/run/user has no folder of yours"),
    base::translatable("the agent closed the connection"),
    base::translatable("the connection to the agent is closed"),
    base::translatable("the token's PKCS#11 module did not answer in time"),
    base::translatable("the token's signature is wrong; it was not released"),
    base::translatable("the token's worker was ended by {}"),
    base::translatable("the token took the PIN but not for this key, which seems to have a PIN of its own"),
    // From mail/ about a mail that cannot be read, judged or signed, and from base/ about files.
    base::translatable("{} (at byte {})"),
    base::translatable("{}: programs read the message in several ways"),
    base::translatable("the signed mail could be read in more than one way: {}"),
    base::translatable("the message's structure can be read in more than one way"),
    base::translatable("the message is empty"),
    base::translatable("the message has no From field"),
    base::translatable("the message has several {} fields: a reader may see either"),
    base::translatable("the From field has no address"),
    base::translatable("the addresses in From or Sender can be read in more than one way"),
    base::translatable("the message's Content-Type cannot be read"),
    base::translatable("the field {} cannot be written in ASCII"),
    base::translatable("the field {} holds 8-bit bytes in a charset that is not told"),
    base::translatable("a part's header runs into the delimiter of a multipart"),
    base::translatable("a line in a header is no header field"),
    base::translatable("a header field holds a NUL byte"),
    base::translatable("a header field holds a CR that is no line end"),
    base::translatable("a part has several fields {}"),
    base::translatable("a part's Content-Type has a parameter twice"),
    base::translatable("a part's Content-Transfer-Encoding has a parameter, which it may not have"),
    base::translatable("the boundary of a multipart ends in a blank"),
    base::translatable("a multipart is said to be encoded, which it may not be, and is not"),
    base::translatable("a multipart has no boundary parameter"),
    base::translatable("a multipart has no close delimiter"),
    base::translatable("a multipart has no parts"),
    base::translatable("a part's base64 is cut off or damaged"),
    base::translatable("a part that is declared base64 holds something else"),
    base::translatable("a part that is not declared binary holds NUL bytes"),
    base::translatable("a part has an unknown transfer encoding and is not 7-bit"),
    base::translatable("{} holds {}, and cannot be altered"),
    base::translatable("what is signed or encrypted already"),
    base::translatable("a part that may be only 7-bit"),
    base::translatable("the header"),
    base::translatable("a part's header"),
    base::translatable("the line after a header"),
    base::translatable("an encoded part"),
    base::translatable("a part"),
    base::translatable("the text before or between the parts of a multipart"),
    base::translatable("the text after the parts of a multipart"),
    base::translatable("a CR that is no line end"),
    base::translatable("a NUL byte"),
    base::translatable("8-bit bytes"),
    base::translatable("a line of more than 998 bytes"),
    base::translatable("{} would not be the same in the signed mail"),
    base::translatable("the structure"),
    base::translatable("the content of a part"),
    base::translatable("the field {}"),
    base::translatable("the signature is no well-formed CMS structure"),
    base::translatable("the name of the CMS structure's type is too long"),
    base::translatable("the signature's CMS structure cannot be read"),
    base::translatable("the signature is over something else than a mail"),
    base::translatable("the signature's CMS structure holds more than one content"),
    base::translatable("the content in the signature's CMS structure is no octet string"),
    base::translatable("the CMS structure is not one of signed data"),
    base::translatable("the signature's CMS structure holds more than it should"),
    base::translatable("the certificate's key cannot sign by {}"),
    base::translatable("this is not an X.509 certificate"),
    base::translatable("this is not a public key"),
    base::translatable("the certificate has no readable validity"),
    base::translatable("the message has more than 10,000 parts"),
    base::translatable("the message's parts are nested more than 100 deep"),
    base::translatable("the message has more than 50,000 header fields"),
    base::translatable("the message's headers are larger than 4 MiB"),
    base::translatable("text beside the parts of a multipart is larger than 1 MiB"),
    base::translatable("a list of addresses is larger than 1 MiB, or all together than 2 MiB"),
    base::translatable("the message's headers have more than 50,000 addresses"),
    base::translatable("groups of addresses are nested more than 20 deep, or there are more than 5,000"),
    base::translatable("the subject is larger than 1 MiB"),
    base::translatable("a field that describes a part is larger than 64 KiB"),
    base::translatable("the message's parts have more than 50,000 parameters"),
    base::translatable("the signature's CMS structure is larger than 4 MiB"),
    base::translatable("the elements of the signature's CMS structure are nested too deep"),
    base::translatable("the signature holds more than 256 certificates, revocation lists or hashes"),
    base::translatable("the mail has more than 16 signatures"),
    base::translatable("there is no certificate in {}"),
    base::translatable("there is no revocation list in {}"),
    base::translatable("{}: belongs to user {}, who may not decide here; it must belong to user {}"),
    base::translatable("{}: every user of this machine can write to it; take that away (chmod o-w)"),
    base::translatable("{}: group {} can write to it; take that away (chmod g-w)"),
    base::translatable("{}: cannot be looked at: {}"),
    base::translatable("{}: cannot be read: {}"),
    base::translatable("{}: is a link to a file that does not exist"),
    base::translatable("{}: is a folder, not a file"),
    base::translatable("{}: is not a regular file"),
    base::translatable("{}: is larger than 1 MiB"),
    base::translatable("{}: is no longer there"),
    base::translatable("the message became shorter while it was read"),
    base::translatable("cannot open {}: {}"),
    base::translatable("cannot read the message: {}"),
    base::translatable("cannot write the message: {}"),
    base::translatable("cannot write a temporary file: {}"),
    base::translatable("cannot make a temporary file in {}: {}"),
    base::translatable("No such file or directory"),
    base::translatable("Permission denied"),
    base::translatable("Is a directory"),
    base::translatable("No space left on device"),
};

// About a dialog that did not open, and the possible cause.
constexpr std::array kDialogs = {
    base::translatable("the PIN dialog ended unexpectedly ({})"),
    base::translatable("the PIN dialog cannot open here (pinentry: {})"),
};
constexpr std::array kAdvice = {
    std::string_view(),
    base::translatable(": start the agent in the graphical session, or sign from a terminal"),
    base::translatable(": it opens on terminals only; install the package {}, which opens on the desktop"),
    base::translatable(": the session's display does not answer; log in to the desktop again, or sign from a terminal"),
    base::translatable(
        ": this terminal belongs to another user, as it does after su; log in as yourself, with ssh for example"),
};

// The text in place of a {} may be a reason itself: "the header holds a NUL byte, and cannot be altered".
std::string in_words(base::Language language, std::string_view pattern, std::vector<std::string_view> found)
{
    std::vector<std::string> parts;
    parts.reserve(found.size());
    for (std::string_view& each : found) {
        parts.push_back(reason_in(language, each).value_or(std::string(each)));
        each = parts.back();
    }
    return base::filled(pattern, found);
}

} // namespace

std::optional<std::string> reason_in(base::Language language, std::string_view reason)
{
    if (language == base::Language::english)
        return std::string(reason);
    for (const std::string_view known : kReasons)
        if (const auto found = base::match(reason, known))
            return in_words(language, language.translated(known), *found);
    for (const std::string_view dialog : kDialogs)
        for (const std::string_view advice : kAdvice)
            if (const auto found = base::match(reason, std::string(dialog) + std::string(advice)))
                return in_words(language,
                                std::string(language.translated(dialog)) + std::string(language.translated(advice)),
                                *found);
    return std::nullopt;
}

} // namespace sceau::words
