#include "clients/cli/command_line.h"

#include "base/display_text.h"
#include "clients/cli/json.h"
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

    std::string say(std::string_view english, std::string_view french) const { return console.say(english, french); }
};

// A subcommand whose options are filled in while it is parsed, and which is then the command that was chosen.
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
    command->group(choice.say("Subcommands", "Commandes"));
    command->footer(choice.say("Example: ", "Exemple : ") + example);
    command->callback([options, &choice] { choice.command = *options; });
    return {command, options};
}

template <class Options>
void add_json(const Added<Options>& command, const Choice& choice)
{
    command.app->add_flag(
        "--json", command.options->json,
        choice.say("Write one JSON value in place of text", "Écrire une valeur JSON au lieu de texte"));
}

template <class Options>
void add_input(const Added<Options>& command, const Choice& choice)
{
    command.app
        ->add_option("FILE", command.options->input,
                     choice.say("The mail; standard input if none is named",
                                "Le courriel ; l'entrée standard si aucun n'est nommé"))
        ->type_name("");
}

template <class Options, class Value>
CLI::Option* add_key(const Added<Options>& command, Value& key, const Choice& choice)
{
    return command.app
        ->add_option("--key", key,
                     choice.say("Sign with this key (see sceau keys)", "Signer avec cette clé (voir sceau keys)"))
        ->type_name("ID")
        ->check([&choice](const std::string& text) {
            return sending::is_key_name(text)
                       ? ""
                       : choice.say("a key is named by 64 hex digits, or by the first 8 or more of them",
                                    "une clé se nomme par 64 chiffres hexadécimaux, ou par les 8 premiers "
                                    "au moins");
        });
}

void add_sign(CLI::App& app, Choice& choice)
{
    const auto sign = add<SignMail>(app, choice, "sign", choice.say("Sign a mail", "Signer un courriel"),
                                    "sceau sign -o signed.eml mail.eml");
    auto* key = add_key(sign, sign.options->key, choice);
    auto* from = sign.app->add_option(
        "--from", sign.options->from,
        choice.say("Sign for this one of the mail's senders", "Signer pour cet expéditeur du courriel"));
    from->type_name("ADDR")->excludes(key);
    sign.app->add_flag("--keep-date", sign.options->keep_date,
                       choice.say("Leave the mail's Date as it is, however old",
                                  "Laisser la date du courriel telle quelle, même ancienne"));
    sign.app
        ->add_option("-o,--output", sign.options->output,
                     choice.say("Write the signed mail here, whole or not at all",
                                "Écrire ici le courriel signé, en entier ou pas du tout"))
        ->type_name("OUT");
    add_input(sign, choice);
}

void add_moment(const Added<VerifyMail>& verify, const Choice& choice)
{
    verify.app
        ->add_option_function<std::string>(
            "--at", [options = verify.options](const std::string& text) { options->at = parse_moment(text); },
            choice.say("Judge as of then: 2026-11-24 or 2026-11-24T10:12:00Z",
                       "Juger à ce moment : 2026-11-24 ou 2026-11-24T10:12:00Z"))
        ->type_name("TIME")
        ->check([&choice](const std::string& text) {
            return parse_moment(text)
                       ? ""
                       : choice.say("a time is a date, 2026-11-24, or like 2026-11-24T10:12:00Z, from 1950 to "
                                    "9999",
                                    "un moment est une date, 2026-11-24, ou comme 2026-11-24T10:12:00Z, "
                                    "de 1950 à 9999");
        });
}

void add_verify(CLI::App& app, Choice& choice)
{
    const auto verify = add<VerifyMail>(app, choice, "verify",
                                        choice.say("Say who signed a mail and whether it is unchanged",
                                                   "Dire qui a signé un courriel et s'il est intact"),
                                        "sceau verify --ca company-ca.pem mail.eml");
    verify.app
        ->add_option("--ca", verify.options->ca,
                     choice.say("Trust the issuers in this PEM file in place of those that the system trusts",
                                "Se fier aux émetteurs de ce fichier PEM au lieu de ceux du système"))
        ->type_name("FILE");
    verify.app
        ->add_option("--certificates", verify.options->certificates,
                     choice.say("Use the certificates in this file to find the issuers, without trusting them (may be "
                                "repeated)",
                                "Se servir des certificats de ce fichier pour trouver les émetteurs, sans s'y fier "
                                "(peut se répéter)"))
        ->type_name("FILE")
        ->allow_extra_args(false);
    verify.app
        ->add_option("--crl", verify.options->crls,
                     choice.say("Look for the certificate in this revocation list (may be repeated)",
                                "Chercher le certificat dans cette liste de révocation (peut se répéter)"))
        ->type_name("FILE")
        ->allow_extra_args(false);
    verify.app->add_flag("--require-revocation", verify.options->require_revocation,
                         choice.say("Fail where it cannot be checked that nothing is revoked",
                                    "Échouer s'il ne peut être vérifié que rien n'est révoqué"));
    add_moment(verify, choice);
    verify.app
        ->add_option("--content", verify.options->content,
                     choice.say("Write here what was signed, where the signature fits it",
                                "Écrire ici ce qui a été signé, si la signature y correspond"))
        ->type_name("OUT");
    add_json(verify, choice);
    add_input(verify, choice);
}

void add_scheme(const Added<SignDigest>& digest, const Choice& choice)
{
    digest.app
        ->add_option_function<std::string>(
            "--scheme",
            [options = digest.options](const std::string& name) { options->scheme = *base::scheme_from(name); },
            choice.say("The signature scheme, by its TLS 1.3 name: rsa_pkcs1_sha256 …",
                       "Le schéma de signature, par son nom dans TLS 1.3 : rsa_pkcs1_sha256 …"))
        ->type_name("S")
        ->required()
        ->check([&choice](const std::string& name) {
            return base::scheme_from(name)
                       ? std::string()
                       : choice.say("there is no signature scheme ", "il n'y a pas de schéma de signature ") + name;
        });
}

void add_digest(CLI::App& app, Choice& choice)
{
    const auto digest = add<SignDigest>(app, choice, "digest",
                                        choice.say("Sign a digest; the signature is written in base64",
                                                   "Signer une empreinte ; la signature est écrite en base64"),
                                        "sceau digest --key 4f1a9c0d --scheme ecdsa_secp256r1_sha256 "
                                        "$(sha256sum < file | cut -c1-64)");
    add_key(digest, digest.options->key, choice)->required();
    add_scheme(digest, choice);
    digest.app
        ->add_option_function<std::string>(
            "HEX", [options = digest.options](const std::string& hex) { options->digest = *base::from_hex(hex); },
            choice.say("The digest in hex", "L'empreinte en hexadécimal"))
        ->type_name("")
        ->required()
        ->check([&choice](const std::string& hex) {
            return base::from_hex(hex)
                       ? ""
                       : choice.say("a digest is given in hex", "une empreinte se donne en hexadécimal");
        });
    add_json(digest, choice);
}

void add_lists(CLI::App& app, Choice& choice)
{
    add_json(add<ListKeys>(
                 app, choice, "keys",
                 choice.say("Show the keys on the tokens that are plugged in", "Montrer les clés des jetons branchés"),
                 "sceau keys"),
             choice);
    add_json(add<ListTokens>(app, choice, "tokens",
                             choice.say("Show the tokens that are plugged in", "Montrer les jetons branchés"),
                             "sceau tokens"),
             choice);
    const auto watch = add<Watch>(app, choice, "watch",
                                  choice.say("Show tokens and keys, and again after each change",
                                             "Montrer jetons et clés, et de nouveau à chaque changement"),
                                  "sceau watch");
    watch.app->add_flag("--json", watch.options->json,
                        choice.say("Write JSON, one value a line, in place of text",
                                   "Écrire du JSON, une valeur par ligne, au lieu de texte"));
}

void add_certificates(CLI::App& app, Choice& choice)
{
    const auto certificates =
        add<ListCertificates>(app, choice, "certificates",
                              choice.say("Fetch what is missing between your certificates and a root, and show it",
                                         "Chercher ce qui manque entre vos certificats et une racine, et le montrer"),
                              "sceau certificates");
    certificates.app->add_flag(
        "--offline", certificates.options->offline,
        choice.say("Only show it: ask no server", "Le montrer seulement : n'interroger aucun serveur"));
    add_json(certificates, choice);
}

bool asks_for_json(int argc, const char* const* argv)
{
    return std::ranges::any_of(std::span(argv, static_cast<std::size_t>(argc)),
                               [](std::string_view argument) { return argument == "--json"; });
}

// What CLI11 says by itself. Its errors stay in English.
void speak(CLI::App& app, const Choice& choice)
{
    app.set_help_flag("-h,--help", choice.say("Print this help and exit", "Afficher cette aide et finir"));
    const auto formatter = app.get_formatter();
    formatter->label("Usage", choice.say("Usage", "Utilisation"));
    formatter->label("Positionals", choice.say("Positionals", "Arguments"));
    formatter->label("SUBCOMMAND", choice.say("SUBCOMMAND", "COMMANDE"));
    formatter->label("REQUIRED", choice.say("REQUIRED", "OBLIGATOIRE"));
    formatter->label("Excludes", choice.say("Excludes", "Exclut"));
}

// A word where a command belongs that is none, with the one that may be meant; empty where that is not what is wrong.
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
    std::string text =
        console.say("sceau: There is no command \"{}\".", "sceau: Il n'y a pas de commande « {} ».", typed);
    if (const auto meant = nearest(*word, commands))
        text += console.say(" Did you mean: sceau {}", " Vouliez-vous dire : sceau {}", *meant);
    return text + "\n       " + choice.say("All of them: sceau --help", "Toutes : sceau --help") + "\n";
}

} // namespace

std::expected<Command, int> parse_command_line(int argc, const char* const* argv, const Console& console)
{
    Choice choice{.console = console};
    CLI::App app(choice.say("Signs mail with keys that stay on smartcards and USB tokens, and verifies signed mail.",
                            "Signe le courriel avec des clés qui restent sur des cartes à puce et des jetons USB, et "
                            "vérifie le courriel signé."),
                 "sceau");
    speak(app, choice);
    app.set_version_flag("--version", "sceau " + std::string(ipc::version()),
                         choice.say("Print the version and exit", "Afficher la version et finir"));
    app.require_subcommand(1);
    app.footer(choice.say("sceau COMMAND --help tells more; so does sceau(1).",
                          "sceau COMMANDE --help en dit plus ; sceau(1) aussi."));
    add_sign(app, choice);
    add_verify(app, choice);
    add_lists(app, choice);
    add_certificates(app, choice);
    add_digest(app, choice);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        std::ostringstream usage;
        std::ostringstream mistake;
        const bool asked_for_help = app.exit(error, usage, mistake) == 0;
        const std::string wrong = asked_for_help ? std::string() : wrong_command(app, argc, argv, choice);
        console.tell(wrong.empty() ? mistake.str() : wrong);
        if (!asked_for_help && asks_for_json(argc, argv))
            usage << json_of_error("usage", wrong.empty() ? error.what() : wrong);
        return std::unexpected(console.print(usage.str()) && asked_for_help ? EX_OK : EX_USAGE);
    }
    return *choice.command;
}

} // namespace sceau::cli
