#include "agent/config.h"

#include "base/ascii.h"
#include "base/installation.h"
#include "base/key_id.h"
#include "base/owned_file.h"
#include "mail/cms/address.h"

#include <fmt/ranges.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <set>
#include <string_view>

namespace sceau::agent {

using base::Result;
namespace fs = std::filesystem;

namespace {

constexpr int kLongestTimeout = 3600; // seconds

std::unexpected<base::Error> wrong(const toml::node& node, const std::string& key, std::string_view what)
{
    const auto& source = node.source();
    const std::string file = source.path ? *source.path : "configuration";
    return std::unexpected(
        base::invalid_parameter(key, fmt::format("{}:{}: {} {}", file, source.begin.line, key, what)));
}

// Reads one table. Each key must be asked for once; a key that is left over is unknown.
class Table {
  public:
    Table(const toml::table& table, std::string name) : table_(table), name_(std::move(name)) {}

    // Calls read(node, full name) if the key is present.
    Result<> key(std::string_view key, const std::function<Result<>(const toml::node&, const std::string&)>& read)
    {
        known_.emplace(key);
        const toml::node* node = table_.get(key);
        return node == nullptr ? Result<>{}
                               : read(*node, name_.empty() ? std::string(key) : name_ + "." + std::string(key));
    }

    Result<> text(std::string_view name, auto& into)
    {
        return key(name, [&into](const toml::node& node, const std::string& full) -> Result<> {
            if (!node.is_string() || node.as_string()->get().empty())
                return wrong(node, full, "must be a text");
            into = node.as_string()->get();
            return {};
        });
    }

    Result<> absolute_path(std::string_view name, fs::path& into)
    {
        return key(name, [&into](const toml::node& node, const std::string& full) -> Result<> {
            const auto value = node.value_exact<std::string>();
            if (!value || !fs::path(*value).is_absolute())
                return wrong(node, full, "must be a path that begins with /");
            into = *value;
            return {};
        });
    }

    // "~/" stands for the person's folder, so that an administrator can name a file of each person's.
    Result<> path_or_home_path(std::string_view name, fs::path& into)
    {
        return key(name, [&into](const toml::node& node, const std::string& full) -> Result<> {
            const auto value = node.value_exact<std::string>();
            const char* home = std::getenv("HOME");
            if (value && value->starts_with("~/") && home != nullptr)
                into = fs::path(home) / value->substr(2);
            else if (value && fs::path(*value).is_absolute())
                into = *value;
            else
                return wrong(node, full, "must be a path that begins with / or ~/");
            return {};
        });
    }

    Result<> flag(std::string_view name, bool& into)
    {
        return key(name, [&into](const toml::node& node, const std::string& full) -> Result<> {
            const auto value = node.value_exact<bool>();
            if (!value)
                return wrong(node, full, "must be true or false");
            into = *value;
            return {};
        });
    }

    Result<> seconds(std::string_view name, std::chrono::seconds& into)
    {
        return key(name, [&into](const toml::node& node, const std::string& full) -> Result<> {
            const auto value = node.value_exact<std::int64_t>();
            if (!value || *value < 1 || *value > kLongestTimeout)
                return wrong(node, full, fmt::format("must be a number of seconds from 1 to {}", kLongestTimeout));
            into = std::chrono::seconds(*value);
            return {};
        });
    }

    /// Reads one of the words that stand for these values.
    template <class Value>
    Result<> choice(std::string_view name, Value& into, const std::vector<std::pair<std::string_view, Value>>& words)
    {
        return key(name, [&](const toml::node& node, const std::string& full) -> Result<> {
            const auto word = node.value_exact<std::string>();
            std::vector<std::string> all;
            for (const auto& [each, value] : words) {
                all.push_back(fmt::format("\"{}\"", each));
                if (word == each) {
                    into = value;
                    return {};
                }
            }
            return wrong(node, full, fmt::format("must be {}", fmt::join(all, " or ")));
        });
    }

    Result<> blind(std::string_view name, Blind& into)
    {
        return choice<Blind>(name, into, {{"ask", Blind::ask}, {"deny", Blind::deny}});
    }

    /// Reads a list of texts; `read` returns what is wrong with one, or nothing.
    Result<> texts(std::string_view name, const std::function<std::string(const std::string&)>& read)
    {
        return key(name, [&read](const toml::node& node, const std::string& full) -> Result<> {
            const toml::array* array = node.as_array();
            if (array == nullptr)
                return wrong(node, full, "must be a list of texts");
            for (const toml::node& element : *array) {
                const auto text = element.value_exact<std::string>();
                if (!text)
                    return wrong(element, full, "must be a list of texts");
                if (const std::string fault = read(*text); !fault.empty())
                    return wrong(element, full, fault);
            }
            return {};
        });
    }

    Result<> tables(std::string_view name, const std::function<Result<>(Table)>& read)
    {
        return key(name, [&read](const toml::node& node, const std::string& full) -> Result<> {
            const toml::array* array = node.as_array();
            if (array == nullptr)
                return wrong(node, full, "must be a list of tables");
            for (const toml::node& element : *array) {
                if (!element.is_table())
                    return wrong(element, full, "must be a list of tables");
                TRY(read(Table(*element.as_table(), full)));
            }
            return {};
        });
    }

    // Reads a [section]. If an earlier file already has it, its keys are checked but not used.
    template <class Into>
    Result<> section(std::string_view name, std::set<std::string>& final_sections, Into& into,
                     const std::function<Result<>(Table, Into&)>& read)
    {
        return key(name, [&](const toml::node& node, const std::string& full) -> Result<> {
            if (!node.is_table())
                return wrong(node, full, "must be a table");
            Into ignored = into;
            Into& target = final_sections.emplace(name).second ? into : ignored;
            return read(Table(*node.as_table(), full), target);
        });
    }

    Result<> require(std::string_view name)
    {
        if (table_.get(name) == nullptr)
            return wrong(table_, name_.empty() ? std::string(name) : name_ + "." + std::string(name), "is missing");
        return {};
    }

    Result<> require_one_of(std::string_view one, std::string_view other)
    {
        return table_.get(other) != nullptr ? Result<>() : require(one);
    }

    Result<> nothing_else()
    {
        for (const auto& [name, node] : table_)
            if (!known_.contains(std::string(name.str())))
                return wrong(node, name_.empty() ? std::string(name.str()) : name_ + "." + std::string(name.str()),
                             "is unknown");
        return {};
    }

  private:
    const toml::table& table_;
    std::string name_;
    std::set<std::string, std::less<>> known_;
};

Result<> read_environment(const toml::node& node, const std::string& full, std::map<std::string, std::string>& into)
{
    const toml::table* table = node.as_table();
    if (table == nullptr)
        return wrong(node, full, "must be a table of texts");
    for (const auto& [name, value] : *table) {
        if (!value.is_string())
            return wrong(value, full + "." + std::string(name.str()), "must be a text");
        into[std::string(name.str())] = value.as_string()->get();
    }
    return {};
}

Result<> read_module(Table table, std::vector<pkcs11::Module>& into)
{
    pkcs11::Module module;
    TRY(table.require("path"));
    TRY(table.text("path", module.path));
    TRY(table.key("environment", [&](const toml::node& node, const std::string& full) {
        return read_environment(node, full, module.environment);
    }));
    TRY(table.seconds("timeout_s", module.timeout));
    TRY(table.nothing_else());
    into.push_back(std::move(module));
    return {};
}

Result<> read_token(Table table, Config& into)
{
    TRY(table.seconds("wait_s", into.token_wait));
    return table.nothing_else();
}

Result<> read_pin(Table table, Config& into)
{
    TRY(table.absolute_path("pinentry", into.pinentry));
    TRY(table.seconds("timeout_s", into.pin_timeout));
    TRY(table.text("contact", into.pin_contact));
    return table.nothing_else();
}

bool is_script(const fs::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    return stream.get() == '#' && stream.get() == '!';
}

// A rule that can never apply would be ignored without anyone noticing.
Result<> read_executable(const toml::node& node, const std::string& full, ProgramRule& into)
{
    std::error_code unresolved; // set if the program is not installed yet
    into.file = fs::weakly_canonical(into.exe, unresolved);
    if (unresolved)
        into.file = into.exe;
    if (fs::is_directory(into.file, unresolved))
        return wrong(node, full, "is a folder: name the program's file");
    if (is_script(into.file))
        return wrong(node, full, "is a script, and what runs is its interpreter: name that program");
    return {};
}

std::string read_key_name(const std::string& text, std::vector<std::string>& into)
{
    if (!base::is_key_name(text))
        return "must name keys by 64 hex digits, or the first 8 or more (sceau keys)";
    into.push_back(base::ascii_lower(text));
    return {};
}

Result<> read_program(Table table, std::vector<ProgramRule>& into)
{
    ProgramRule rule;
    TRY(table.require("exe"));
    TRY(table.require_one_of("blind", "keys"));
    TRY(table.absolute_path("exe", rule.exe));
    TRY(table.key("exe",
                  [&](const toml::node& node, const std::string& full) { return read_executable(node, full, rule); }));
    TRY(table.blind("blind", rule.blind));
    TRY(table.texts("keys", [&](const std::string& text) { return read_key_name(text, rule.keys); }));
    TRY(table.nothing_else());
    into.push_back(std::move(rule));
    return {};
}

std::string read_domain(const std::string& text, std::vector<std::string>& into)
{
    const bool with_those_below = text.starts_with('.');
    const auto address = mail::cms::parse_address("x@" + text.substr(with_those_below ? 1 : 0));
    if (!address)
        return "must name domains, such as \"example.org\", or \".example.org\" to include those below it";
    into.push_back((with_those_below ? "." : "") + address->domain);
    return {};
}

Result<> read_policy(Table table, Config& into)
{
    TRY(table.blind("blind", into.blind));
    TRY(table.flag("attest", into.attest));
    TRY(table.choice<pkcs11::AfterLogin>("after_signature", into.after_signature,
                                         {{"reset", pkcs11::AfterLogin::reset}, {"leave", pkcs11::AfterLogin::leave}}));
    TRY(table.tables("programs", [&](Table program) { return read_program(std::move(program), into.programs); }));
    TRY(table.texts("recipients", [&](const std::string& text) { return read_domain(text, into.recipients.domains); }));
    TRY(table.choice<OtherRecipients>(
        "other_recipients", into.recipients.others,
        {{"ask", OtherRecipients::ask}, {"confirm", OtherRecipients::confirm}, {"deny", OtherRecipients::deny}}));
    return table.nothing_else();
}

Result<> read_journal_section(Table table, Config& into)
{
    TRY(table.path_or_home_path("path", into.journal));
    return table.nothing_else();
}

Result<toml::table> parse(const std::string& text, const fs::path& path)
{
    try {
        return toml::parse(text, path.string());
    } catch (const toml::parse_error& error) {
        return std::unexpected(base::invalid_parameter(
            {}, fmt::format("{}:{}: {}", path.string(), error.source().begin.line, error.description())));
    }
}

Result<> read_text(const std::string& text, const fs::path& path, std::set<std::string>& final_sections, Config& config)
{
    TRY_ASSIGN(const toml::table parsed, parse(text, path));
    Table table(parsed, {});
    std::vector<pkcs11::Module> modules;
    TRY(table.tables("module", [&](Table module) { return read_module(std::move(module), modules); }));
    if (!modules.empty() && final_sections.emplace("module").second)
        config.modules = std::move(modules);
    TRY(table.section<Config>("token", final_sections, config, read_token));
    TRY(table.section<Config>("pin", final_sections, config, read_pin));
    TRY(table.section<Config>("policy", final_sections, config, read_policy));
    TRY(table.section<Config>("journal", final_sections, config, read_journal_section));
    return table.nothing_else();
}

/// The same file under two names would show each token twice. A different environment makes it a different store.
bool is_same_module(const pkcs11::Module& one, const pkcs11::Module& other)
{
    std::error_code error; // set if a file does not exist
    return one.environment == other.environment &&
           (one.path == other.path || fs::equivalent(one.path, other.path, error));
}

void drop_repetitions(std::vector<pkcs11::Module>& modules)
{
    std::vector<pkcs11::Module> once;
    for (pkcs11::Module& module : modules)
        if (std::ranges::none_of(once, [&](const auto& each) { return is_same_module(each, module); }))
            once.push_back(std::move(module));
    modules = std::move(once);
}

void take_default_module(Config& config)
{
    std::error_code error;
    if (config.modules.empty() && fs::exists(SCEAU_DEFAULT_MODULE, error))
        config.modules.push_back({.path = SCEAU_DEFAULT_MODULE, .environment = {}});
}

} // namespace

Result<Config> load_config(const fs::path& administrators, const fs::path& users, bool users_is_required,
                           uid_t administrator, const fs::path& prefixes)
{
    Config config;
    config.journal = base::default_journal();
    std::set<std::string> final_sections;
    TRY_ASSIGN(const auto for_all, base::read_owned_file(administrators, base::for_all(administrator)));
    if (for_all)
        TRY(read_text(*for_all, administrators, final_sections, config));
    // A prefix in a person's home belongs to that person.
    const base::Writers decides_for_prefix{.owners = {administrator, ::geteuid()}, .group = false, .folder = true};
    if (!prefixes.empty()) {
        TRY_ASSIGN(const auto for_prefix, base::read_owned_file(prefixes, decides_for_prefix));
        if (for_prefix)
            TRY(read_text(*for_prefix, prefixes, final_sections, config));
    }
    TRY_ASSIGN(const auto own, base::read_owned_file(users, base::for_oneself(administrator)));
    if (!own && users_is_required)
        return std::unexpected(base::invalid_parameter({}, users.string() + ": there is no such file"));
    if (own)
        TRY(read_text(*own, users, final_sections, config));
    take_default_module(config);
    drop_repetitions(config.modules);
    return config;
}

fs::path default_user_config()
{
    return base::user_folder() / "agent.toml";
}

} // namespace sceau::agent
