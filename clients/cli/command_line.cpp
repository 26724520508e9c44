#include "clients/cli/command_line.h"

#include "base/display_text.h"
#include "clients/cli/json.h"
#include "clients/cli/mistake.h"
#include "clients/cli/suggestion.h"
#include "ipc/interface.h"

#include <CLI/CLI.hpp>
#include <sysexits.h>

#include <algorithm>
#include <memory>
#include <span>
#include <sstream>

namespace sceau::cli {

namespace {

constexpr std::size_t kWordColumns = 40;

struct Choice {
    const Console& console;
    std::optional<Command> command = {};

    std::string phrase(fmt::format_string<> english) const { return console.phrase(english); }
};

// Adds a subcommand. Parsing fills in its options, and it becomes the chosen command.
template <class Options>
struct Added {
    CLI::App* app;
    std::shared_ptr<Options> options;
};

template <class Options>
Added<Options> add(CLI::App& app, Choice& choice, const char* name, const std::string& description, const char* example)
{
    auto options = std::make_shared<Options>();
    CLI::App* command = app.add_subcommand(name, description);
    command->group(choice.phrase("Subcommands"));
    command->get_help_ptr()->group(choice.phrase("Options"));
    command->footer(choice.phrase("Example: ") + example);
    command->callback([options, &choice] { choice.command = *options; });
    return {command, options};
}

template <class Options>
void add_json(const Added<Options>& command, const Choice& choice)
{
    command.app->add_flag("--json", command.options->json, choice.phrase("Write one JSON value in place of text"));
}

template <class Options>
void add_input(const Added<Options>& command, const Choice& choice)
{
    command.app
        ->add_option(choice.phrase("FILE"), command.options->input,
                     choice.phrase("The mail; standard input if none is named"))
        ->type_name("");
}

template <class Options, class Value>
CLI::Option* add_key(const Added<Options>& command, Value& key, const Choice& choice)
{
    return command.app->add_option("--key", key, choice.phrase("Sign with this key (see sceau keys)"))
        ->type_name("ID")
        ->check([&choice](const std::string& text) {
            return base::is_key_name(text)
                       ? ""
                       : choice.phrase("a key is named by 64 hex digits, or by the first 8 or more of them");
        });
}

void add_sign(CLI::App& app, Choice& choice)
{
    const auto sign =
        add<SignMail>(app, choice, "sign", choice.phrase("Sign a mail"), "sceau sign -o signed.eml mail.eml");
    auto* key = add_key(sign, sign.options->key, choice);
    auto* from =
        sign.app->add_option("--from", sign.options->from, choice.phrase("Sign for this one of the mail's senders"));
    from->type_name(choice.phrase("ADDR"))->excludes(key);
    sign.app
        ->add_option("--bcc", sign.options->bcc,
                     choice.phrase("Show this address as one that gets a blind copy, without writing it into the mail "
                                   "(may be repeated)"))
        ->type_name(choice.phrase("ADDR"))
        ->allow_extra_args(false);
    sign.app->add_flag("--keep-date", sign.options->keep_date,
                       choice.phrase("Leave the mail's Date as it is, however old"));
    sign.app
        ->add_option("-o,--output", sign.options->output,
                     choice.phrase("Write the signed mail here, whole or not at all"))
        ->type_name(choice.phrase("OUT"));
    add_input(sign, choice);
}

std::function<std::string(const std::string&)> moment_check(const Choice& choice)
{
    return [&choice](const std::string& text) {
        return parse_moment(text)
                   ? ""
                   : choice.phrase("a time is a date, 2026-11-24, or like 2026-11-24T10:12:00Z, from 1950 to 9999");
    };
}

void add_moment(const Added<VerifyMail>& verify, const Choice& choice)
{
    verify.app
        ->add_option_function<std::string>(
            "--at", [options = verify.options](const std::string& text) { options->at = parse_moment(text); },
            choice.phrase("Judge as of this time: 2026-11-24 or 2026-11-24T10:12:00Z"))
        ->type_name(choice.phrase("TIME"))
        ->check(moment_check(choice));
}

void add_verify(CLI::App& app, Choice& choice)
{
    const auto verify =
        add<VerifyMail>(app, choice, "verify", choice.phrase("Say who signed a mail and whether it is unchanged"),
                        "sceau verify --ca company-ca.pem mail.eml");
    verify.app
        ->add_option("--ca", verify.options->ca,
                     choice.phrase("Trust the issuers in this PEM file in place of those that the system trusts"))
        ->type_name(choice.phrase("FILE"));
    verify.app
        ->add_option(
            "--certificates", verify.options->certificates,
            choice.phrase("Use the certificates in this file to find the issuers, without trusting them (may be "
                          "repeated)"))
        ->type_name(choice.phrase("FILE"))
        ->allow_extra_args(false);
    verify.app
        ->add_option("--crl", verify.options->crls,
                     choice.phrase("Look for the certificate in this revocation list (may be repeated)"))
        ->type_name(choice.phrase("FILE"))
        ->allow_extra_args(false);
    verify.app->add_flag("--require-revocation", verify.options->require_revocation,
                         choice.phrase("Fail unless it can be checked that nothing is revoked"));
    add_moment(verify, choice);
    verify.app
        ->add_option("--content", verify.options->content,
                     choice.phrase("Write here what was signed, where the signature fits it"))
        ->type_name(choice.phrase("OUT"));
    add_json(verify, choice);
    add_input(verify, choice);
}

void add_scheme(const Added<SignDigest>& digest, const Choice& choice)
{
    digest.app
        ->add_option_function<std::string>(
            "--scheme",
            [options = digest.options](const std::string& name) { options->scheme = *base::scheme_from(name); },
            choice.phrase("The signature scheme, by its TLS 1.3 name: rsa_pkcs1_sha256 …"))
        ->type_name("S")
        ->required()
        ->check([&choice](const std::string& name) {
            return base::scheme_from(name) ? std::string()
                                           : choice.console.phrase("there is no signature scheme {}", name);
        });
}

void add_digest(CLI::App& app, Choice& choice)
{
    const auto digest =
        add<SignDigest>(app, choice, "digest", choice.phrase("Sign a digest; the signature is written in base64"),
                        "sceau digest --key 4f1a9c0d --scheme ecdsa_secp256r1_sha256 "
                        "$(sha256sum < file | cut -c1-64)");
    add_key(digest, digest.options->key, choice)->required();
    add_scheme(digest, choice);
    digest.app
        ->add_option_function<std::string>(
            "HEX", [options = digest.options](const std::string& hex) { options->digest = *base::from_hex(hex); },
            choice.phrase("The digest in hex"))
        ->type_name("")
        ->required()
        ->check([&choice](const std::string& hex) {
            return base::from_hex(hex) ? "" : choice.phrase("a digest is given in hex");
        });
    add_json(digest, choice);
}

void add_lists(CLI::App& app, Choice& choice)
{
    add_json(add<ListKeys>(app, choice, "keys", choice.phrase("Show the keys on the tokens that are plugged in"),
                           "sceau keys"),
             choice);
    add_json(
        add<ListTokens>(app, choice, "tokens", choice.phrase("Show the tokens that are plugged in"), "sceau tokens"),
        choice);
    const auto watch = add<Watch>(app, choice, "watch",
                                  choice.phrase("Show tokens and keys, and again after each change"), "sceau watch");
    watch.app->add_flag("--json", watch.options->json, choice.phrase("Write JSON, one value a line, in place of text"));
}

void add_certificates(CLI::App& app, Choice& choice)
{
    const auto certificates = add<ListCertificates>(
        app, choice, "certificates",
        choice.phrase("Fetch what is missing between your certificates and a root, and show it"), "sceau certificates");
    certificates.app->add_flag("--offline", certificates.options->offline,
                               choice.phrase("Only show it: ask no server"));
    add_json(certificates, choice);
}

void add_file(CLI::App& app, std::filesystem::path& file, const Choice& choice)
{
    app.add_option("--file", file, choice.phrase("Read this file in place of the agent's journal"))
        ->type_name(choice.phrase("FILE"));
}

void add_search(CLI::App& app, const std::shared_ptr<ShowJournal>& options, const Choice& choice)
{
    app.add_option("--to", options->to, choice.phrase("Only what went to this address"))
        ->type_name(choice.phrase("ADDR"));
    app.add_option_function<std::string>(
           "--since", [options](const std::string& text) { options->since = parse_moment(text); },
           choice.phrase("Only from this time on: 2026-11-24 or 2026-11-24T10:12:00Z"))
        ->type_name(choice.phrase("TIME"))
        ->check(moment_check(choice));
    add_file(app, options->file, choice);
    app.add_flag("--json", options->json, choice.phrase("Write one JSON value in place of text"));
}

// `sceau journal` alone shows it.
void add_journal(CLI::App& app, Choice& choice)
{
    const auto journal =
        add<ShowJournal>(app, choice, "journal", choice.phrase("Show what keys were used for, and verify that record"),
                         "sceau journal --to bank@example.org");
    journal.app->callback([journal, &choice] {
        if (journal.app->get_subcommands().empty())
            choice.command = *journal.options;
    });
    add_search(*journal.app, journal.options, choice);
    const auto show = add<ShowJournal>(*journal.app, choice, "show",
                                       choice.phrase("Show what keys were used for: when, for whom, by which program"),
                                       "sceau journal show --since 2026-11-24");
    add_search(*show.app, show.options, choice);
    const auto verify =
        add<VerifyJournal>(*journal.app, choice, "verify",
                           choice.phrase("Say whether the journal is as it was written; the exit status is 1 if not"),
                           "sceau journal verify");
    add_file(*verify.app, verify.options->file, choice);
    add_json(verify, choice);
}

bool asks_for_json(int argc, const char* const* argv)
{
    return std::ranges::any_of(std::span(argv, static_cast<std::size_t>(argc)),
                               [](std::string_view argument) { return argument == "--json"; });
}

// Translates the messages that CLI11 writes itself.
void speak(CLI::App& app, const Choice& choice)
{
    app.option_defaults()->group(choice.phrase("Options"));
    app.set_help_flag("-h,--help", choice.phrase("Print this help and exit"));
    app.failure_message([&choice](const CLI::App*, const CLI::Error& error) {
        return mistake_in(choice.console.language, error.what()) + "\n" +
               choice.phrase("Run with --help for more information.") + "\n";
    });
    const auto formatter = app.get_formatter();
    formatter->label("OPTIONS", choice.phrase("OPTIONS"));
    formatter->label("Usage", choice.phrase("Usage"));
    formatter->label("Positionals", choice.phrase("Positionals"));
    formatter->label("SUBCOMMAND", choice.phrase("SUBCOMMAND"));
    formatter->label("REQUIRED", choice.phrase("REQUIRED"));
    formatter->label("Excludes", choice.phrase("Excludes"));
}

// Returns the message for a mistyped command, with the command that may be meant. Empty if something else is wrong.
std::string wrong_command(const CLI::App& app, int argc, const char* const* argv, const Choice& choice)
{
    std::vector<std::string> commands;
    for (const CLI::App* command : app.get_subcommands({}))
        commands.push_back(command->get_name());
    const auto arguments = std::span(argv, static_cast<std::size_t>(argc)).subspan(1);
    const auto word = std::ranges::find_if(arguments, [](std::string_view text) { return !text.starts_with('-'); });
    if (word == arguments.end() || std::ranges::find(commands, *word) != commands.end())
        return {};
    const std::string typed = base::shown(*word, kWordColumns);
    const Console& console = choice.console;
    std::string text = console.phrase("sceau: There is no command \"{}\".", typed);
    if (const auto meant = nearest(*word, commands))
        text += console.phrase(" Did you mean: sceau {}", *meant);
    return text + "\n       " + choice.phrase("All of them: sceau --help") + "\n";
}

} // namespace

std::expected<Command, int> parse_command_line(int argc, const char* const* argv, const Console& console)
{
    Choice choice{.console = console};
    CLI::App app(
        choice.phrase("Signs mail with keys that stay on smartcards and USB tokens, and verifies signed mail."),
        "sceau");
    speak(app, choice);
    app.set_version_flag("--version", "sceau " + std::string(ipc::version()),
                         choice.phrase("Print the version and exit"));
    app.require_subcommand(1);
    app.footer(choice.phrase("For more, see sceau COMMAND --help and sceau(1)."));
    add_sign(app, choice);
    add_verify(app, choice);
    add_lists(app, choice);
    add_certificates(app, choice);
    add_digest(app, choice);
    add_journal(app, choice);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        std::ostringstream usage;
        std::ostringstream mistake;
        const bool asked_for_help = app.exit(error, usage, mistake) == 0;
        const std::string wrong = asked_for_help ? std::string() : wrong_command(app, argc, argv, choice);
        console.tell(wrong.empty() ? mistake.str() : wrong);
        if (!asked_for_help && asks_for_json(argc, argv))
            usage << json_of_error("usage", wrong.empty() ? mistake_in(console.language, error.what()) : wrong);
        return std::unexpected(console.print(usage.str()) && asked_for_help ? EX_OK : EX_USAGE);
    }
    return *choice.command;
}

} // namespace sceau::cli
