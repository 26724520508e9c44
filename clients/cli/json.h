// Answers as JSON for --json: verdicts, and the agent's answers in the names of the wire (ipc/org.sceau.Agent.varlink).
#pragma once

#include "clients/cli/shown_to_signer.h"
#include "clients/cli/words.h"
#include "ipc/messages.h"
#include "mail/mime/judge/verdict.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace sceau::cli {

/// `pretty` takes several lines, `line` only one. Both end with a line end and are ASCII.
enum class JsonForm { pretty, line };

/// Escapes everything in names that could control the terminal.
std::string text_of(const nlohmann::ordered_json& value, JsonForm form = JsonForm::pretty);

std::string json_of(const ipc::ListTokens::Reply& reply);
/// Includes what keeps more keys from being seen.
std::string json_of(const ipc::ListKeys::Reply& reply, const std::vector<ipc::Obstacle>& obstacles);
std::string json_of(const ipc::Watch::Reply& reply, JsonForm form);
std::string json_of(const base::Bytes& signature);
std::string json_of(const mail::mime::Verdict& verdict, Moment judged_at, const ShownToSigner& shown = {});
/// Takes the place of an answer, on one line. The code is that of the error ("io", "no_keys" …); the message is for
/// people.
std::string json_of_error(std::string_view code, std::string_view message);

} // namespace sceau::cli
