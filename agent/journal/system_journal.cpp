#include "agent/journal/system_journal.h"

// Without these macros, each message would name a line of this file.
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <syslog.h>
#include <systemd/sd-journal.h>

namespace sceau::agent {

void tell_system_journal(const std::filesystem::path& journal, const base::ChainHead& head)
{
    static_cast<void>(::sd_journal_send("MESSAGE=journal of signatures: entry %u, %s", head.number, head.sha256.c_str(),
                                        "PRIORITY=%i", LOG_INFO, "SYSLOG_IDENTIFIER=sceau-agent", "SCEAU_JOURNAL=%s",
                                        journal.c_str(), "SCEAU_NUMBER=%u", head.number, "SCEAU_HEAD=%s",
                                        head.sha256.c_str(), nullptr));
}

} // namespace sceau::agent
