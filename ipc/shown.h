// What a person is shown of a request before they are asked for their PIN, as it goes to the client with the progress
// and into the journal. Each field says how it is known.
#pragma once

#include "base/described.h"

#include <array>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace sceau::ipc {

/// How what is shown is known: derived from the bytes that are hashed, said by the program, or not at all.
enum class Level { proven, claimed, unseen };

constexpr auto enumerators(Level)
{
    using enum Level;
    return std::array{base::Enumerator{proven, "proven"}, base::Enumerator{claimed, "claimed"},
                      base::Enumerator{unseen, "unseen"}};
}

enum class FieldName {
    from,
    sender,
    reply_to,
    to,
    cc,
    bcc,
    subject,
    date,
    text,
    attachment,
    event,
    sum,
    iban,
    link,
    note
};

constexpr auto enumerators(FieldName)
{
    using enum FieldName;
    return std::array{base::Enumerator{from, "from"},
                      base::Enumerator{sender, "sender"},
                      base::Enumerator{reply_to, "reply_to"},
                      base::Enumerator{to, "to"},
                      base::Enumerator{cc, "cc"},
                      base::Enumerator{bcc, "bcc"},
                      base::Enumerator{subject, "subject"},
                      base::Enumerator{date, "date"},
                      base::Enumerator{text, "text"},
                      base::Enumerator{attachment, "attachment"},
                      base::Enumerator{event, "event"},
                      base::Enumerator{sum, "sum"},
                      base::Enumerator{iban, "iban"},
                      base::Enumerator{link, "link"},
                      base::Enumerator{note, "note"}};
}

/// Whether the field names somebody who gets the mail.
constexpr bool is_recipient(FieldName name)
{
    return name == FieldName::to || name == FieldName::cc || name == FieldName::bcc;
}

/// What a person should notice of a field. `outside`: a recipient outside the sender's domain; `first_time`: one that
/// nothing was signed to before; `hidden`: text that the mail's look hides; `looks_like_address`: a display name that
/// could be taken for an address.
enum class Mark { outside, first_time, hidden, looks_like_address };

constexpr auto enumerators(Mark)
{
    using enum Mark;
    return std::array{base::Enumerator{outside, "outside"}, base::Enumerator{first_time, "first_time"},
                      base::Enumerator{hidden, "hidden"}, base::Enumerator{looks_like_address, "looks_like_address"}};
}

/// One field, in UTF-8 that has passed base::shown or base::made_plain. A field with several values, such as the
/// recipients in To, is listed once for each.
struct ShownField {
    FieldName name = FieldName::note;
    Level level = Level::unseen;
    std::string value;
    std::optional<std::string> address = {}; // addr-spec of a recipient or sender (RFC 5322 §3.4.1)
    std::vector<Mark> marks = {};

    static constexpr auto fields()
    {
        return std::tuple{base::Field{"name", &ShownField::name}, base::Field{"level", &ShownField::level},
                          base::Field{"value", &ShownField::value}, base::Field{"address", &ShownField::address},
                          base::Field{"marks", &ShownField::marks}};
    }
    friend bool operator==(const ShownField&, const ShownField&) = default;
};

/// The level is that of the content as a whole.
struct Shown {
    Level level = Level::unseen;
    std::vector<ShownField> lines = {};

    static constexpr auto fields()
    {
        return std::tuple{base::Field{"level", &Shown::level}, base::Field{"fields", &Shown::lines}};
    }
    friend bool operator==(const Shown&, const Shown&) = default;
};

} // namespace sceau::ipc
