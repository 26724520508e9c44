// The interface files, the messages and the errors all state the same interface. Written out as Varlink's words, they
// must be identical.
#include "ipc/errors.h"
#include "ipc/interface.h"
#include "ipc/messages.h"

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

using namespace sceau;
using namespace sceau::ipc;

namespace {

// --- Varlink's words for the types of messages.h ---

template <class T>
constexpr std::string_view kTypeName; // empty: the type is written out where it is used

template <>
constexpr std::string_view kTypeName<base::Scheme> = "Scheme";
template <>
constexpr std::string_view kTypeName<base::DecryptionScheme> = "DecryptionScheme";
template <>
constexpr std::string_view kTypeName<Usage> = "Usage";
template <>
constexpr std::string_view kTypeName<PinState> = "PinState";
template <>
constexpr std::string_view kTypeName<Token> = "Token";
template <>
constexpr std::string_view kTypeName<Obstacle> = "Obstacle";
template <>
constexpr std::string_view kTypeName<Key> = "Key";
template <>
constexpr std::string_view kTypeName<Evidence> = "Evidence";
template <>
constexpr std::string_view kTypeName<Terminal> = "Terminal";
template <>
constexpr std::string_view kTypeName<State> = "State";
template <>
constexpr std::string_view kTypeName<Progress> = "Progress";
template <>
constexpr std::string_view kTypeName<Level> = "Level";
template <>
constexpr std::string_view kTypeName<Mark> = "Mark";
template <>
constexpr std::string_view kTypeName<ShownField> = "ShownField";
template <>
constexpr std::string_view kTypeName<Shown> = "Shown";

template <>
constexpr std::string_view kTypeName<LeftOut> = "LeftOut";
template <>
constexpr std::string_view kTypeName<JournalEntry> = "JournalEntry";

template <class T>
concept Enumerated = requires(T value) { enumerators(value); };

template <class T>
struct Element {
    using Type = void;
};
template <class T>
struct Element<std::vector<T>> {
    using Type = T;
};
template <class T>
struct Element<std::optional<T>> {
    using Type = T;
};

std::string listed(const std::vector<std::string>& items)
{
    std::string text = "(";
    for (const std::string& item : items)
        text += (text.size() > 1 ? " , " : " ") + item;
    return text + " )";
}

template <Enumerated T>
std::string enumeration()
{
    std::vector<std::string> names;
    for (const auto& enumerator : enumerators(T{}))
        names.emplace_back(enumerator.name);
    return listed(names);
}

template <class T>
std::string type_of()
{
    if constexpr (std::is_same_v<T, bool>)
        return "bool";
    else if constexpr (std::is_same_v<T, int>)
        return "int";
    else if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, base::Bytes> ||
                       std::is_same_v<T, base::KeyId>)
        return "string";
    else if constexpr (std::is_same_v<T, std::vector<typename Element<T>::Type>>)
        return "[] " + type_of<typename Element<T>::Type>();
    else if constexpr (std::is_same_v<T, std::optional<typename Element<T>::Type>>)
        return "? " + type_of<typename Element<T>::Type>();
    else if constexpr (Enumerated<T> && kTypeName<T>.empty())
        return enumeration<T>();
    else
        return std::string(kTypeName<T>);
}

template <class Object, class Value>
std::string member(const Field<Object, Value>& field)
{
    return std::string(field.name) + " : " + type_of<Value>();
}

template <class T>
std::string structure()
{
    return std::apply([](const auto&... field) { return listed({member(field)...}); }, T::fields());
}

template <class T>
std::string type()
{
    const std::string head = "type " + std::string(kTypeName<T>) + " ";
    if constexpr (Enumerated<T>)
        return head + enumeration<T>() + "\n";
    else
        return head + structure<T>() + "\n";
}

template <class Method>
std::string method()
{
    return "method " + std::string(Method::kName) + " " + structure<typename Method::Parameters>() + " -> " +
           structure<typename Method::Reply>() + "\n";
}

std::string errors_of(std::string_view interface)
{
    std::string text;
    for (const WireError& error : wire_errors()) {
        if (error.interface != interface)
            continue;
        const std::string parameter(error.parameter);
        text += "error " + std::string(error.name) + " ";
        if (error.carried == Carried::nothing)
            text += listed({});
        else
            text += listed({parameter + (error.carried == Carried::tries_left ? " : ? int" : " : string")});
        text += "\n";
    }
    return text;
}

// --- the words of a file ---

bool of_word(char c)
{
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
}

// Returns one declaration a line, with one space between words and without comments.
std::string words_of(std::string_view text)
{
    static constexpr std::array<std::string_view, 4> kDeclarations = {"interface", "type", "method", "error"};
    std::string words;
    while (!text.empty()) {
        std::size_t size = 1;
        if (text.starts_with("#"))
            size = std::min(text.find('\n'), text.size());
        else if (text.starts_with("->") || text.starts_with("[]"))
            size = 2;
        else if (of_word(text.front()))
            size = static_cast<std::size_t>(std::ranges::find_if_not(text, of_word) - text.begin());
        const std::string_view word = text.substr(0, size);
        text.remove_prefix(size);
        if (word.starts_with("#") || std::isspace(static_cast<unsigned char>(word.front())) != 0)
            continue;
        // A member's name may be one of these words.
        const bool after_list = words.ends_with("(") || words.ends_with(",");
        const bool declares = std::ranges::find(kDeclarations, word) != kDeclarations.end() && !after_list;
        if (!words.empty())
            words += declares ? '\n' : ' ';
        words += word;
    }
    return words + "\n";
}

std::vector<std::string> sorted_lines(const std::string& text)
{
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    std::ranges::sort(lines);
    return lines;
}

std::string file_text(const std::string& name)
{
    std::ifstream file(std::string(SCEAU_SOURCE_DIR) + "/ipc/" + name);
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace

TEST_CASE("the agent's interface file and its messages and errors say the same")
{
    const std::string messages = "interface org.sceau.Agent\n" + type<base::Scheme>() + type<base::DecryptionScheme>() +
                                 type<Usage>() + type<PinState>() + type<Token>() + type<Obstacle>() + type<Key>() +
                                 type<Evidence>() + type<Terminal>() + type<State>() + type<Level>() + type<Mark>() +
                                 type<ShownField>() + type<Shown>() + type<Progress>() + type<LeftOut>() +
                                 type<JournalEntry>() + method<ListTokens>() + method<ListKeys>() + method<Sign>() +
                                 method<DescribeContent>() + method<Decrypt>() + method<Derive>() + method<Watch>() +
                                 method<ReadJournal>() + errors_of(kAgentInterface);
    CHECK(words_of(interface_description()) == messages);
}

// Varlink's own file has the errors in an order of its own.
TEST_CASE("the service's interface file and its messages and errors say the same")
{
    const std::string messages =
        "interface org.varlink.service\n" + method<GetInfo>() + method<GetInterfaceDescription>();
    const std::string words = words_of(service_description());
    REQUIRE(words.starts_with(messages));
    CHECK(sorted_lines(words.substr(messages.size())) == sorted_lines(errors_of(kServiceInterface)));
}

TEST_CASE("the program returns the interface file as its interface")
{
    CHECK(interface_description() == file_text("org.sceau.Agent.varlink"));
    CHECK(service_description() == file_text("org.varlink.service.varlink"));
}

TEST_CASE("an error has the same name on the wire as in logs, in PascalCase")
{
    for (const base::ErrorTraits& error : base::kErrors) {
        std::string name;
        for (const char c : error.wire.name)
            name += std::isupper(static_cast<unsigned char>(c)) == 0
                        ? std::string(1, c)
                        : (name.empty() ? "" : "_") + std::string(1, static_cast<char>(std::tolower(c)));
        CHECK((name == error.name || name.empty()));
        CHECK(base::to_string(error.code) == error.name);
    }
}

TEST_CASE("a field or type that differs from the interface is seen")
{
    CHECK(words_of("method A(a: ?int) -> ()\n") == "method A ( a : ? int ) -> ( )\n");
    CHECK(words_of("method A(a: int) # ?\n -> ()") != words_of("method A(a: ?int) -> ()"));
    CHECK(words_of("type T (a: []string, b: bool)") != words_of("type T (b: bool, a: []string)"));
}
