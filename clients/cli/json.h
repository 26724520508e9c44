// Answers as JSON, for --json: what the agent said in the words of the wire (ipc/org.sceau.Agent.varlink), and
// verdicts.
#pragma once

#include "clients/cli/words.h"
#include "ipc/messages.h"
#include "mail/mime/judge/verdict.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace sceau::cli {

/// `pretty` over several lines, `line` without a line end inside. Either ends with one, and is ASCII.
enum class JsonForm { pretty, line };

/// So that nothing in a name can steer the terminal that it is written to.
std::string text_of(const nlohmann::ordered_json& value, JsonForm form = JsonForm::pretty);

std::string json_of(const ipc::ListTokens::Reply& reply);
/// With what keeps more keys from being seen.
std::string json_of(const ipc::ListKeys::Reply& reply, const std::vector<ipc::Obstacle>& obstacles);
std::string json_of(const ipc::Watch::Reply& reply, JsonForm form);
std::string json_of(const base::Bytes& signature);
std::string json_of(const mail::mime::Verdict& verdict, Moment judged_at);
/// In place of an answer, on one line; the code is that of the error ("io", "no_keys" …), the message for people.
std::string json_of_error(std::string_view code, std::string_view message);

} // namespace sceau::cli
