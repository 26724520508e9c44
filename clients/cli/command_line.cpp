#include "clients/cli/command_line.h"

#include "ipc/interface.h"

#include <CLI/CLI.hpp>
#include <sysexits.h>

#include <memory>

namespace sceau::cli {

namespace {

using Chosen = std::optional<Command>;

// A subcommand whose options are filled in while it is parsed, and which is then the command that was chosen.
template <class Options>
struct Added {
    CLI::App* app;
    std::shared_ptr<Options> options;
};

template <class Options>
Added<Options> add(CLI::App& app, Chosen& chosen, const char* name, const char* description, const char* example)
{
    auto options = std::make_shared<Options>();
    CLI::App* command = app.add_subcommand(name, description);
    command->footer(std::string("Example: ") + example);
    command->callback([options, &chosen] { chosen = *options; });
    return {command, options};
}

template <class Options>
void add_json(const Added<Options>& command, const char* description = "Write one JSON value in place of text")
{
    command.app->add_flag("--json", command.options->json, description);
}

template <class Options>
void add_input(const Added<Options>& command)
{
    command.app->add_option("FILE", command.options->input, "The mail; standard input if none is named")->type_name("");
}

std::string check_key(const std::string& text)
{
    return is_key_name(text) ? "" : "a key is named by 64 hex digits, or by the first 8 or more of them";
}

void add_sign(CLI::App& app, Chosen& chosen)
{
    const auto sign = add<SignMail>(app, chosen, "sign", "Sign a mail", "sceau sign -o signed.eml mail.eml");
    auto* key = sign.app->add_option("--key", sign.options->key, "Sign with this key (see sceau keys)");
    key->type_name("ID")->check(check_key);
    auto* from = sign.app->add_option("--from", sign.options->from, "Sign for this one of the mail's senders");
    from->type_name("ADDR")->excludes(key);
    sign.app->add_option("-o,--output", sign.options->output, "Write the signed mail here, whole or not at all")
        ->type_name("OUT");
    add_input(sign);
}

void add_verify(CLI::App& app, Chosen& chosen)
{
    const auto verify = add<VerifyMail>(app, chosen, "verify", "Say who signed a mail and whether it is unchanged",
                                        "sceau verify --ca company-ca.pem mail.eml");
    verify.app
        ->add_option("--ca", verify.options->ca,
                     "Trust the issuers in this PEM file in place of those that the system trusts")
        ->type_name("FILE");
    verify.app
        ->add_option("--crl", verify.options->crls,
                     "Look for the certificate in this revocation list (may be repeated)")
        ->type_name("FILE")
        ->allow_extra_args(false);
    verify.app
        ->add_option_function<std::string>(
            "--at", [options = verify.options](const std::string& text) { options->at = parse_moment(text); },
            "Judge as of then: 2026-11-24 or 2026-11-24T10:12:00Z")
        ->type_name("TIME")
        ->check([](const std::string& text) {
            return parse_moment(text) ? "" : "a time is a date, 2026-11-24, or like 2026-11-24T10:12:00Z";
        });
    add_json(verify);
    add_input(verify);
}

void add_digest(CLI::App& app, Chosen& chosen)
{
    const auto digest = add<SignDigest>(app, chosen, "digest", "Sign a digest; the signature is written in base64",
                                        "sceau digest --key 4f1a9c0d --scheme ecdsa_secp256r1_sha256 "
                                        "$(sha256sum < file | cut -c1-64)");
    digest.app->add_option("--key", digest.options->key, "Sign with this key (see sceau keys)")
        ->type_name("ID")
        ->required()
        ->check(check_key);
    digest.app
        ->add_option_function<std::string>(
            "--scheme",
            [options = digest.options](const std::string& name) { options->scheme = *base::scheme_from(name); },
            "The signature scheme, by its TLS 1.3 name: rsa_pkcs1_sha256 …")
        ->type_name("S")
        ->required()
        ->check([](const std::string& name) {
            return base::scheme_from(name) ? std::string() : "there is no signature scheme " + name;
        });
    digest.app
        ->add_option_function<std::string>(
            "HEX", [options = digest.options](const std::string& hex) { options->digest = *base::from_hex(hex); },
            "The digest in hex")
        ->type_name("")
        ->required()
        ->check([](const std::string& hex) { return base::from_hex(hex) ? "" : "a digest is given in hex"; });
    add_json(digest);
}

} // namespace

std::expected<Command, int> parse_command_line(int argc, const char* const* argv)
{
    Chosen chosen;
    CLI::App app("Signs mail with keys that stay on smartcards and USB tokens, and verifies signed mail.", "sceau");
    app.set_version_flag("--version", "sceau " + std::string(ipc::version()));
    app.require_subcommand(1);
    app.footer("sceau COMMAND --help tells more; so does sceau(1).");
    add_sign(app, chosen);
    add_verify(app, chosen);
    add_json(add<ListKeys>(app, chosen, "keys", "Show the keys on the tokens that are plugged in", "sceau keys"));
    add_json(add<ListTokens>(app, chosen, "tokens", "Show the tokens that are plugged in", "sceau tokens"));
    add_json(add<Watch>(app, chosen, "watch", "Show tokens and keys, and again after each change", "sceau watch"),
             "Write JSON, one value a line, in place of text");
    add_digest(app, chosen);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return std::unexpected(app.exit(error) == 0 ? EX_OK : EX_USAGE);
    }
    return *chosen;
}

} // namespace sceau::cli
