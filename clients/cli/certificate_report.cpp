#include "clients/cli/certificate_report.h"

#include "base/display_text.h"
#include "clients/cli/finding_text.h"
#include "clients/cli/json.h"
#include "clients/cli/key_notes.h"
#include "clients/cli/layout.h"
#include "mail/cms/certificate.h"
#include "mail/cms/issuers.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace sceau::cli {

using base::shown;
using mail::cms::FileFault;
using mail::cms::FileInFolder;
using nlohmann::ordered_json;

namespace {

constexpr std::size_t kHolderColumns = 64;
constexpr std::size_t kDetailColumns = 200;

std::string holder_of(const ipc::Key& key)
{
    const auto facts = mail::cms::read_certificate(key.certificate);
    const std::string address = key.addresses.empty() ? "" : shown(key.addresses.front(), kHolderColumns) + "  ";
    return address + shown(facts ? facts->subject_name : key.subject, kHolderColumns);
}

/// "Example CA, until 24 Nov 2026"
std::string described(const base::Bytes& certificate, const Console& console)
{
    const auto facts = mail::cms::read_certificate(certificate);
    if (!facts)
        return "?";
    return console.phrase("{}, until {}", shown(facts->subject_name, kHolderColumns),
                          shown_date(facts->not_after, console.language));
}

std::string advice(const ipc::Key& key, const CertificateReport& report, const Console& console)
{
    const bool can_be_fetched = !mail::cms::issuer_urls(*end_of_chain(key)).empty();
    if (report.offline && can_be_fetched)
        return console.phrase("Fetch it: sceau certificates");
    return console.phrase("Ask whoever gave you the token for it, and put the file into {}",
                          shown(report.folder.string(), kDetailColumns));
}

std::string text_of(const ipc::Key& key, const CertificateReport& report, const Console& console)
{
    std::string text = holder_of(key) + "\n";
    for (const base::Bytes& issuer : key.chain)
        text += console.phrase("  issued by  {}\n", described(issuer, console));
    if (!key.missing_issuer)
        return text + console.phrase("  The chain is complete.\n");
    const std::string missing = name_of_missing_issuer(key);
    text += console.phrase("  issued by  {}, whose certificate is not known here\n",
                           console.painted(Colour::caution, missing));
    return text + "  " + advice(key, report, console) + "\n";
}

std::string text_of(const Fetched& fetched, const Console& console)
{
    const std::string url = shown(fetched.url, kDetailColumns);
    const std::string detail = shown(clause_of(fetched.detail, console), kDetailColumns);
    switch (fetched.end) {
    case Fetched::End::stored: {
        std::string text;
        for (const auto& file : fetched.files)
            text += console.phrase("Fetched from {}: {}\n", url, shown(file.string(), kDetailColumns));
        return text;
    }
    case Fetched::End::failed:
        return console.phrase("Nothing came from {}: {}\n", url, detail);
    case Fetched::End::not_issuer:
        return console.phrase("What came from {} is not the issuer's certificate, or not one that is valid now.\n",
                              url);
    case Fetched::End::not_stored:
        return console.phrase("What came from {} cannot be kept: {}\n", url, detail);
    }
    return {};
}

std::string fault_of(const FileInFolder& file, const Console& console)
{
    switch (file.fault) {
    case FileFault::none:
        return {};
    case FileFault::refused:
        return console.phrase("not used: {}", shown(clause_of(file.detail, console), kDetailColumns));
    case FileFault::no_certificate:
        return console.phrase("not used: there is no certificate in it");
    case FileFault::damaged:
        return console.phrase("something in it cannot be read");
    case FileFault::too_many:
        return console.phrase("not used: there is too much in this folder");
    }
    return {};
}

std::string text_of(const FileInFolder& file, const Console& console)
{
    std::string text = shown(file.path.string(), kDetailColumns) + "\n";
    for (const base::Bytes& certificate : file.certificates)
        text += "  " + described(certificate, console) + "\n";
    const std::string fault = fault_of(file, console);
    return fault.empty() ? text : text + "  " + console.painted(Colour::caution, fault) + "\n";
}

ordered_json json_of(const base::Bytes& certificate)
{
    const std::string hash = base::to_hex(base::hash_of(base::Hash::sha256, certificate));
    const auto facts = mail::cms::read_certificate(certificate);
    if (!facts)
        return {{"sha256", hash}};
    return {{"subject", facts->subject},
            {"issuer", facts->issuer},
            {"not_before", rfc3339(facts->not_before)},
            {"not_after", rfc3339(facts->not_after)},
            {"sha256", hash}};
}

ordered_json json_of(const std::vector<base::Bytes>& certificates)
{
    ordered_json all = ordered_json::array();
    for (const base::Bytes& certificate : certificates)
        all.push_back(json_of(certificate));
    return all;
}

ordered_json or_null(const std::string& text)
{
    return text.empty() ? ordered_json() : ordered_json(text);
}

ordered_json json_of(const ipc::Key& key)
{
    const auto end = end_of_chain(key);
    return {{"id", key.id.hex()},
            {"token_label", key.token_label},
            {"subject", key.subject},
            {"chain", json_of(key.chain)},
            {"missing_issuer", or_null(key.missing_issuer.value_or(""))},
            {"urls", end ? mail::cms::issuer_urls(*end) : std::vector<std::string>{}}};
}

std::string_view name_of(Fetched::End end)
{
    static constexpr std::string_view kNames[] = {"stored", "failed", "not_issuer", "not_stored"};
    return kNames[static_cast<std::size_t>(end)];
}

std::string name_of(FileFault fault)
{
    static constexpr std::string_view kNames[] = {"", "refused", "no_certificate", "damaged", "too_many"};
    return std::string(kNames[static_cast<std::size_t>(fault)]);
}

ordered_json json_of(const Fetched& fetched)
{
    ordered_json files = ordered_json::array();
    for (const auto& file : fetched.files)
        files.push_back(file.string());
    return {{"url", fetched.url},
            {"result", name_of(fetched.end)},
            {"detail", or_null(fetched.detail)},
            {"files", std::move(files)}};
}

ordered_json json_of(const FileInFolder& file)
{
    return {{"path", file.path.string()},
            {"fault", or_null(name_of(file.fault))},
            {"detail", or_null(file.detail)},
            {"certificates", json_of(file.certificates)}};
}

template <class Item>
ordered_json list_of(const std::vector<Item>& items)
{
    ordered_json list = ordered_json::array();
    for (const Item& item : items)
        list.push_back(json_of(item));
    return list;
}

} // namespace

bool is_whole(const CertificateReport& report)
{
    return std::ranges::none_of(report.keys, [](const ipc::Key& key) { return key.missing_issuer.has_value(); });
}

std::string text_of(const CertificateReport& report, const Console& console)
{
    std::string text;
    for (const Fetched& fetched : report.fetched)
        text += text_of(fetched, console);
    if (report.keys.empty())
        text += console.phrase("No token with a key is plugged in: plug it in to see who issued its certificates.\n");
    for (const ipc::Key& key : report.keys)
        text += text_of(key, report, console);
    for (const FileInFolder& file : report.files)
        text += text_of(file, console);
    return text;
}

std::string json_of(const CertificateReport& report)
{
    return text_of(ordered_json{
        {"keys", list_of(report.keys)}, {"fetched", list_of(report.fetched)}, {"files", list_of(report.files)}});
}

} // namespace sceau::cli
