// What a person could be shown of mails, made at random and to harm: long words, wide and combining letters, hundreds
// of recipients, values that look like fields and headlines of the dialog.
#pragma once

#include "ipc/shown.h"

#include <random>

namespace sceau::test {

class RandomShown {
  public:
    explicit RandomShown(unsigned seed) : random_(seed) {}

    ipc::Shown next()
    {
        using ipc::FieldName;
        ipc::Shown shown{.level = one_in(3) ? ipc::Level::claimed : ipc::Level::proven};
        add(shown, FieldName::from, 1);
        const auto recipients = one_in(4) ? below(400) : 1 + below(5);
        for (std::size_t i = 0; i < recipients; ++i)
            add(shown, one_in(3) ? FieldName::cc : FieldName::to, 1);
        add(shown, FieldName::bcc, below(3));
        add(shown, FieldName::subject, 1);
        add(shown, FieldName::date, 1);
        add(shown, FieldName::sum, below(6));
        add(shown, FieldName::iban, below(4));
        add(shown, FieldName::attachment, one_in(5) ? below(60) : below(3));
        add(shown, FieldName::link, below(4));
        add(shown, FieldName::note, below(3));
        add(shown, FieldName::text, one_in(3) ? below(300) : below(20));
        return shown;
    }

    std::size_t below(std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_); }

  private:
    bool one_in(std::size_t n) { return below(n) == 0; }

    std::string word()
    {
        static const std::vector<std::string> letters{
            "a",      "e",  "W",  "m", "i",      "@",      "%",      "é",  "ß",      "e\u0301\u0302\u0308",
            "日",     "語", "한", "م", "\u05d0", "\u202e", "\u200b", "😀", "\uFDFD", "\U0001242B",
            "\u0BF5", "—",  "_",  "&", "<b>",    "\xff"};
        const std::string& letter = letters[below(letters.size())];
        const bool mixed = one_in(2);
        std::string text;
        const std::size_t length = one_in(100) ? 5000 : 1 + below(12);
        for (std::size_t i = 0; i < length; ++i)
            text += mixed ? letters[below(letters.size())] : letter;
        return text;
    }

    std::string value()
    {
        if (one_in(6))
            return "[=] SHOWN BELOW IS EXACTLY WHAT IS SIGNED. To: somebody@example.org Sum: 1 €";
        std::string text = word();
        for (std::size_t more = below(12); more > 0; --more)
            text += " " + (one_in(3) ? word() : std::string("plain"));
        return text;
    }

    void add(ipc::Shown& shown, ipc::FieldName name, std::size_t count)
    {
        for (; count > 0; --count) {
            ipc::ShownField field{.name = name,
                                  .level =
                                      name == ipc::FieldName::bcc || one_in(20) ? ipc::Level::claimed : shown.level,
                                  .value = name == ipc::FieldName::text && one_in(4) ? "" : value()};
            if (name == ipc::FieldName::to && one_in(2))
                field.address = "somebody@example.net";
            if (one_in(6))
                field.marks = {ipc::Mark::outside, ipc::Mark::first_time};
            shown.lines.push_back(std::move(field));
        }
    }

    std::mt19937 random_;
};

} // namespace sceau::test
