// The folders in which an administrator and a person put certificates of issuers, so that signatures can carry them:
// the agent makes chains of what is there, `sceau certificates` shows it and adds to it.
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

/// /etc/sceau/certificates and the person's own, $XDG_CONFIG_HOME/sceau/certificates.
std::vector<CertificateFolder> certificate_folders();
CertificateFolder own_certificate_folder();

/// Why nothing, or not all, of a file could be used.
enum class FileFault {
    none,
    refused,        // not a file of those who may decide, or not readable: `detail` says what is wrong and what to do
    no_certificate, // nothing in it is one
    damaged,        // something in it is none; the rest is used
    too_many,       // beyond what is read of a folder
};

struct FileInFolder {
    std::filesystem::path path;
    std::vector<base::Bytes> certificates; // DER
    FileFault fault = FileFault::none;
    std::string detail = {}; // English
};

/// The folder's files by their names, with what is in them. Hidden files, editors' copies ("name~") and folders are
/// passed over. 256 files of 1 MiB at most, 8 MiB in all. Empty where there is no such folder; one that cannot be read
/// is the only entry, refused.
std::vector<FileInFolder> read_certificate_folder(const CertificateFolder& folder);

/// Changes whenever read_certificate_folder() may have another answer; looks at no file's contents.
std::string state_of(const CertificateFolder& folder);

} // namespace sceau::mail::cms
