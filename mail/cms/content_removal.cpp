#include "mail/cms/content_removal.h"

#include "mail/cms/ber.h"
#include "mail/cms/content_kind.h"
#include "mail/limit.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace sceau::mail::cms {

using base::Bytes;
using base::BytesView;
using base::Result;

namespace {

constexpr std::uint8_t kSequence = 0x30;
constexpr std::uint8_t kSet = 0x31;
constexpr std::uint8_t kObject = 0x06;
constexpr std::uint8_t kExplicit0 = 0xa0;
constexpr std::uint8_t kOctetString = 0x04;
constexpr std::uint8_t kOctetStringParts = 0x24;
constexpr std::uint64_t kLargestRest = 4U << 20U; // bytes besides the content
constexpr unsigned kMostMembers = 256;            // certificates, lists, signers: each costs OpenSSL time and memory
constexpr std::size_t kBuffer = 65536;
constexpr unsigned kDeepest = 8; // nested octet strings

std::unexpected<base::Error> malformed(const char* what)
{
    return std::unexpected(base::bad_message(what));
}

class Remover {
  public:
    explicit Remover(const Source& source) : reader_(source) {}

    /// ContentInfo ::= SEQUENCE { contentType, [0] SignedData }. It gets indefinite lengths, because a definite length
    /// would be wrong without the content.
    Result<Separated> run() &&
    {
        TRY_ASSIGN(const Element info, open_copied(kSequence));
        TRY_ASSIGN(const Element type, reader_.open(kObject));
        TRY(must_be_signed_data(type));
        TRY(copy(type));
        TRY_ASSIGN(const Element wrapper, open_copied(kExplicit0));
        TRY(signed_data());
        TRY(close_copied(wrapper));
        TRY(close_copied(info));
        return Separated{
            .signed_data = std::move(copy_), .content = std::move(content_), .bytes_behind = !reader_.at_end()};
    }

  private:
    /// SignedData ::= SEQUENCE { version, digestAlgorithms, encapContentInfo, [0] certificates, [1] crls, signerInfos }
    Result<> signed_data()
    {
        TRY_ASSIGN(const Element signed_data, open_copied(kSequence));
        for (int i = 0; i < 2; ++i) {
            TRY_ASSIGN(const Element element, reader_.open());
            TRY(element.constructed() ? copy_set(element) : copy(element));
        }
        TRY(encapsulated());
        after_content_ = true;
        for (;;) {
            TRY_ASSIGN(const bool done, reader_.at_end(signed_data));
            if (done)
                break;
            TRY_ASSIGN(const Element element, reader_.open());
            TRY(element.constructed() ? copy_set(element) : copy(element));
        }
        return put({{0, 0}});
    }

    /// Copies the set member by member, so that the members can be counted.
    Result<> copy_set(const Element& set)
    {
        TRY(put({{set.tag, 0x80}}));
        for (unsigned members = 0;; ++members) {
            TRY_ASSIGN(const bool done, reader_.at_end(set));
            if (done)
                return put({{0, 0}});
            if (members == kMostMembers)
                return std::unexpected(
                    over(after_content_ && set.tag == kSet ? Limit::signatures : Limit::certificates));
            TRY_ASSIGN(const Element member, reader_.open());
            TRY(copy(member));
        }
    }

    /// EncapsulatedContentInfo ::= SEQUENCE { eContentType, [0] eContent OCTET STRING OPTIONAL }
    Result<> encapsulated()
    {
        TRY_ASSIGN(const Element encapsulated, open_copied(kSequence));
        TRY_ASSIGN(const Element type, reader_.open(kObject));
        TRY(copy(type));
        TRY_ASSIGN(const bool detached, reader_.at_end(encapsulated));
        if (detached)
            return put({{0, 0}});
        TRY_ASSIGN(const Element wrapper, reader_.open(kExplicit0));
        TRY_ASSIGN(file_, temporary_file());
        TRY(octets(0));
        TRY(flush());
        TRY_ASSIGN(const bool wrapper_ends, reader_.at_end(wrapper));
        if (!wrapper_ends)
            return malformed("the signature's CMS structure holds more than one content");
        TRY_ASSIGN(content_, Source::open(std::move(file_)));
        return close_copied(encapsulated);
    }

    /// Reads an octet string in one or several pieces (X.690 §8.7).
    Result<> octets(unsigned depth)
    {
        TRY_ASSIGN(const Element string, reader_.open());
        if (string.tag == kOctetString) {
            TRY(copy_content(string));
            return reader_.skip(string, string.end - string.begin);
        }
        if (depth == kDeepest)
            return std::unexpected(over(Limit::cms_nesting));
        if (string.tag != kOctetStringParts)
            return malformed("the content in the signature's CMS structure is no octet string");
        for (;;) {
            TRY_ASSIGN(const bool done, reader_.at_end(string));
            if (done)
                return {};
            TRY(octets(depth + 1));
        }
    }

    Result<> copy_content(const Element& string)
    {
        for (std::uint64_t at = string.contents; at < string.end;) {
            const std::size_t held = pending_.size();
            const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(kBuffer - held, string.end - at));
            pending_.resize(held + count);
            TRY(reader_.read(at, std::span(pending_).subspan(held)));
            at += count;
            if (pending_.size() == kBuffer)
                TRY(flush());
        }
        return {};
    }

    Result<> flush()
    {
        for (BytesView rest = pending_; !rest.empty();) {
            const ssize_t written = ::write(file_.value(), rest.data(), rest.size());
            if (written < 0 && errno == EINTR)
                continue;
            if (written < 0)
                return std::unexpected(base::io_errno("cannot write a temporary file", errno));
            rest = rest.subspan(static_cast<std::size_t>(written));
        }
        pending_.clear();
        return {};
    }

    Result<> must_be_signed_data(const Element& type)
    {
        std::array<std::uint8_t, kSignedData.size()> oid{};
        TRY(reader_.read(type.contents, oid));
        if (type.end - type.contents != oid.size() || oid != kSignedData)
            return malformed("the CMS structure is not one of signed data");
        return {};
    }

    Result<Element> open_copied(std::uint8_t tag)
    {
        TRY_ASSIGN(const Element element, reader_.open(tag));
        TRY(put({{tag, 0x80}}));
        return element;
    }

    Result<> close_copied(const Element& element)
    {
        TRY_ASSIGN(const bool done, reader_.at_end(element));
        if (!done)
            return malformed("the signature's CMS structure holds more than it should");
        return put({{0, 0}});
    }

    /// Copies the element that was just opened, with its header.
    Result<> copy(const Element& element)
    {
        TRY(reader_.skip(element, kLargestRest));
        Bytes bytes(static_cast<std::size_t>(reader_.position() - element.begin));
        TRY(reader_.read(element.begin, bytes));
        return put(bytes);
    }

    Result<> put(BytesView bytes)
    {
        copy_.insert(copy_.end(), bytes.begin(), bytes.end());
        if (copy_.size() > kLargestRest)
            return std::unexpected(over(Limit::signed_data));
        return {};
    }

    BerReader reader_;
    bool after_content_ = false;
    Bytes copy_;
    base::UniqueFd file_; // holds the content
    Bytes pending_;       // content to be written to file_
    std::optional<Source> content_;
};

} // namespace

Result<Separated> remove_content(const Source& content_info)
{
    return Remover(content_info).run();
}

} // namespace sceau::mail::cms
