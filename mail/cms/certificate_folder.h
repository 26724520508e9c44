// The folders in which an administrator and a person put certificates of issuers, so that signatures can carry them.
// The agent builds chains from them; `sceau certificates` lists them and adds to them.
#pragma once

#include "base/owned_file.h"
#include "mail/cms/certificate_file.h"

#include <filesystem>
#include <string>
#include <vector>

namespace sceau::mail::cms {

struct CertificateFolder {
    std::filesystem::path path;
    base::Writers writers;
};

/// Returns /etc/sceau/certificates and the person's folder, $XDG_CONFIG_HOME/sceau/certificates.
std::vector<CertificateFolder> certificate_folders();
CertificateFolder own_certificate_folder();

/// Why a file could not be used, or not all of it.
enum class FileFault {
    none,
    refused,        // it is unreadable or others may write to it: `detail` says what is wrong and what to do
    no_certificate, // it contains no certificate
    damaged,        // a part of it is not a certificate; the rest is used
    too_many,       // it is beyond the limits for a folder
};

struct FileInFolder {
    std::filesystem::path path;
    std::vector<base::Bytes> certificates; // DER
    FileFault fault = FileFault::none;
    std::string detail = {}; // in English
};

/// Returns the folder's files and their contents, sorted by name. Hidden files, editors' copies ("name~") and folders
/// are ignored. Reads at most 256 files of at most 1 MiB each, and 8 MiB in all. Returns nothing if the folder does not
/// exist; if it cannot be read, the folder itself is the only entry, as refused.
std::vector<FileInFolder> read_certificate_folder(const CertificateFolder& folder);

/// Returns a text that changes whenever the result of read_certificate_folder() may change. It opens no file.
std::string state_of(const CertificateFolder& folder);

} // namespace sceau::mail::cms
