#include "mail/mime/judge/header_comparison.h"

#include "base/ascii.h"
#include "base/display_text.h"
#include "mail/cms/address.h"
#include "mail/mime/parse/origin.h"

#include <algorithm>
#include <map>
#include <set>

namespace sceau::mail::mime {

namespace {

constexpr std::size_t kValueColumns = 90; // short enough that a sentence with two values is shown whole

/// Unfolds and trims a value, as a person reads it.
std::string in_one_line(std::string_view text)
{
    std::string line = with_single_blanks(text);
    return line.starts_with(' ') ? line.substr(1) : line;
}

/// Returns the same text for the same address (cms::same_address), so that long lists can be compared quickly.
std::string key_of(const std::string& addr_spec)
{
    const auto address = cms::parse_address(addr_spec);
    if (!address)
        return "?" + addr_spec;
    return (base::is_ascii(address->local) ? base::ascii_lower(address->local) : address->local) + "@" +
           address->domain;
}

/// Returns the words of a name in any order, because directories turn "Alice Example" into "Example, Alice". A name
/// that only repeats the address has no words.
std::multiset<std::string> words_of(const Mailbox& mailbox)
{
    std::multiset<std::string> words;
    std::string name = base::ascii_lower(mailbox.name);
    if (key_of(mailbox.name) == key_of(mailbox.address) || cms::same_address(name, mailbox.address))
        return words;
    std::ranges::replace_if(name, [](char c) { return c == ',' || c == '"' || c == '\t'; }, ' ');
    for (std::size_t at = 0; at < name.size();) {
        const auto end = std::min(name.find(' ', at), name.size());
        if (end > at)
            words.insert(name.substr(at, end - at));
        at = end + 1;
    }
    return words;
}

struct Named {
    std::multiset<std::string> name;
    std::string shown;
};
using People = std::map<std::string, Named>; // keyed by key_of()

People people_in(const Entity& header_of, const char* field_name)
{
    People people;
    const HeaderField* field = header_of.field(field_name);
    if (field == nullptr)
        return people;
    for (const Mailbox& mailbox : read_mailboxes(field->value)) {
        const std::string name = in_one_line(mailbox.name);
        people.emplace(key_of(mailbox.address),
                       Named{.name = words_of(mailbox),
                             .shown = name.empty() ? mailbox.address : name + " <" + mailbox.address + ">"});
    }
    return people;
}

People both(People one, const People& other)
{
    one.insert(other.begin(), other.end());
    return one;
}

/// Returns the people that are not among the others.
People without(const People& people, const People& others)
{
    People rest;
    for (const auto& [key, named] : people)
        if (!others.contains(key))
            rest.emplace(key, named);
    return rest;
}

/// A missing name does not contradict the other.
bool same_names(const People& outer, const People& inner)
{
    return std::ranges::all_of(outer, [&](const auto& person) {
        const auto same = inner.find(person.first);
        return person.second.name.empty() || (same != inner.end() && same->second.name == person.second.name);
    });
}

std::string text_of(const People& first, const People& then)
{
    std::string text;
    for (const People* people : {&first, &then})
        for (const auto& [key, named] : *people)
            if (text.size() < kValueColumns * 4)
                text += (text.empty() ? "" : ", ") + named.shown;
    return text;
}

class Comparison {
  public:
    Comparison(const Entity& outer, const Entity& inner) : outer_(outer), inner_(inner) {}

    HeaderDifferences run() &&
    {
        for (const char* name : kAllowedOnce)
            if (const HeaderField* field = outer_.field(name); field != nullptr && says_something(*field))
                compare(*field, name);
        return std::move(differences_);
    }

  private:
    /// Returns false for an empty field, an empty group, and words that stand for nobody ("undisclosed-recipients").
    static bool says_something(const HeaderField& field)
    {
        const std::string text = in_one_line(read_unstructured(field.value));
        if (field.is("Subject") || field.is("Date") || field.is("From"))
            return !text.empty() || field.is("From");
        if (text.find_first_of('@') != std::string::npos)
            return true;
        return !std::ranges::all_of(read_mailboxes(field.value), [](const Mailbox& mailbox) {
            return mailbox.address.empty() || base::ascii_lower(mailbox.address).starts_with("undisclosed");
        });
    }

    void compare(const HeaderField& outer, const char* name)
    {
        const HeaderField* inner = inner_.field(name);
        if (inner != nullptr && in_one_line(outer.value) == in_one_line(inner->value))
            return;
        if (outer.is("Subject") || outer.is("Date"))
            compare_text(outer, inner);
        else
            compare_people(name);
    }

    void compare_text(const HeaderField& outer, const HeaderField* inner)
    {
        const std::string outside = in_one_line(read_unstructured(outer.value));
        const std::string inside = inner == nullptr ? "" : in_one_line(read_unstructured(inner->value));
        const auto moment = outer.is("Date") ? read_date(outer.value) : std::nullopt;
        if (inner != nullptr && (outside == inside || (moment && moment == read_date(inner->value))))
            return;
        differences_.slight.push_back(difference(outer.name, outside, inner == nullptr, inside));
    }

    void compare_people(const std::string& name)
    {
        const People outer = people_in(outer_, name.c_str());
        const People inner = people_in(inner_, name.c_str());
        const People foreign = without(outer, signed_for(name, inner));
        const bool same = without(outer, inner).empty() && without(inner, outer).empty();
        if (same && same_names(outer, inner))
            return;
        const bool nobody_else = foreign.empty() && !outer.empty();
        if (nobody_else && (name == "Sender" || (name == "Reply-To" && inner.empty())))
            return; // it repeats From
        // A Sender that a mailing list added misleads nobody, since From is signed.
        const bool grave = name == "From" || (name != "Sender" && !nobody_else);
        (grave ? differences_.grave : differences_.slight)
            .push_back(difference(name, text_of(foreign, without(outer, foreign)), inner_.field(name) == nullptr,
                                  text_of(without(inner, outer), without(inner, without(inner, outer)))));
    }

    /// Returns the people whom a field may name without leading to anybody who is not signed.
    People signed_for(const std::string& name, const People& inner) const
    {
        if (name == "To" || name == "Cc")
            return both(people_in(inner_, "To"), people_in(inner_, "Cc"));
        return name == "From" ? inner : both(inner, people_in(inner_, "From"));
    }

    static Finding difference(const std::string& name, const std::string& outside, bool is_new,
                              const std::string& inside)
    {
        const auto short_one = [](const std::string& value) {
            return base::shown(base::made_plain(value), kValueColumns);
        };
        if (is_new)
            return {.what = Found::field_added, .field = name, .value = short_one(outside)};
        return {.what = Found::field_replaced, .field = name, .value = short_one(outside), .other = short_one(inside)};
    }

    const Entity& outer_;
    const Entity& inner_;
    HeaderDifferences differences_;
};

} // namespace

HeaderDifferences compare_headers(const Entity& outer, const Entity& inner)
{
    return Comparison(outer, inner).run();
}

} // namespace sceau::mail::mime
