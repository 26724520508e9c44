#include "mail/cms/signed_attributes.h"
#include "tests/support/pki.h"
#include "tests/support/signed_attributes.h"

#include <catch2/catch.hpp>
#include <openssl/objects.h>

#include <array>

using namespace sceau;
using namespace sceau::test;
using namespace sceau::mail::cms;
using base::Bytes;

TEST_CASE("the attributes of a mail are read")
{
    const auto attributes = read_signed_attributes(
        attributes_of({content_type(), signing_time(), capabilities(), message_digest(Bytes(48, 9))}));
    REQUIRE(attributes);
    CHECK(attributes->of_data);
    CHECK(attributes->of_mail);
    CHECK(attributes->message_digest == Bytes(48, 9));
    CHECK(attributes->signing_time == moment("20261125172000Z"));
}

TEST_CASE("attributes of another content, without a time or capabilities, say so")
{
    const auto attributes =
        read_signed_attributes(attributes_of({content_type("060b2a864886f70d0109100104"), message_digest()}));
    REQUIRE(attributes);
    CHECK_FALSE(attributes->of_data);
    CHECK_FALSE(attributes->of_mail);
    CHECK_FALSE(attributes->signing_time);
}

TEST_CASE("the attributes of a signature by OpenSSL are read")
{
    const Identity signer = self_signed({});
    const BioPtr content(BIO_new_mem_buf("a mail", 6));
    const CmsPtr cms(CMS_sign(signer.certificate.get(), signer.key.get(), nullptr, content.get(), CMS_DETACHED));
    REQUIRE(cms);
    CMS_SignerInfo* info = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms.get()), 0);
    Bytes all;
    for (int i = 0; i < CMS_signed_get_attr_count(info); ++i) {
        unsigned char* der = nullptr;
        const int size = i2d_X509_ATTRIBUTE(CMS_signed_get_attr(info, i), &der);
        all.insert(all.end(), der, der + size);
        OPENSSL_free(der);
    }
    const auto attributes = read_signed_attributes(tlv(0x31, {all}));
    REQUIRE(attributes);
    CHECK((attributes->of_data && attributes->of_mail && attributes->signing_time));
    CHECK(attributes->message_digest == base::hash_of(base::Hash::sha256, base::as_bytes("a mail")));
}

TEST_CASE("whatever is not exactly the attributes of a CMS signature is refused")
{
    const Bytes good = attributes_of({content_type(), message_digest()});
    REQUIRE(read_signed_attributes(good));
    for (std::size_t size = 0; size < good.size(); ++size)
        CHECK_FALSE(read_signed_attributes(base::BytesView(good).first(size)));
    Bytes longer = good;
    longer.push_back(0);
    Bytes implicit = good;
    implicit.front() = 0xa0; // the form in the SignerInfo, which is not what is hashed
    Bytes sequence = good;
    sequence.front() = 0x30;
    for (const Bytes& wrong :
         {longer, implicit, sequence, attributes_of({}), attributes_of({content_type()}),
          attributes_of({message_digest()}), attributes_of({content_type(), content_type(), message_digest()}),
          attributes_of({content_type(), message_digest(), message_digest(Bytes(32, 8))}),
          attributes_of({content_type(), attribute(hex("06092a864886f70d010904"), hex("0500"))}),
          attributes_of({attribute(hex("06092a864886f70d010903"), hex("0500")), message_digest()}),
          attributes_of({content_type(), message_digest(), attribute(hex("06092a864886f70d010905"), hex("0500"))}),
          attributes_of({content_type(), message_digest(), hex("0500")}), Bytes(kSignedAttributesLimit + 1, 0x31)})
        CHECK(read_signed_attributes(wrong).error().code == base::ErrorCode::bad_message);
}

TEST_CASE("a certificate that the attributes name is distinguished from another")
{
    const Identity signer = self_signed({});
    const Identity other = self_signed({});
    const auto named =
        read_signed_attributes(attributes_of({content_type(), message_digest(), signing_certificate(signer.der())}));
    REQUIRE(named);
    CHECK(is_named_certificate(*named, signer.der()));
    CHECK_FALSE(is_named_certificate(*named, other.der()));
    const auto unnamed = read_signed_attributes(attributes_of({content_type(), message_digest()}));
    CHECK(is_named_certificate(*unnamed, other.der()));
    const auto broken = read_signed_attributes(attributes_of(
        {content_type(), message_digest(), attribute(hex("060b2a864886f70d010910022f"), hex("30020500"))}));
    REQUIRE(broken);
    CHECK_FALSE(is_named_certificate(*broken, signer.der()));
}

TEST_CASE("P18: the attributes that say what was shown are read as they are written")
{
    const ShownSummary summary{.version = GENERATE(1, 2, 127, 128, 70000), .hash = Bytes(32, 5)};
    const auto attributes = read_signed_attributes(attributes_of(
        {content_type(), message_digest(), encode_attribute(summary), encode_journal_head(Bytes(32, 6))}));
    REQUIRE(attributes);
    CHECK(attributes->own.shown_summary == summary);
    CHECK(attributes->own.journal_head == Bytes(32, 6));
    const auto without = read_signed_attributes(attributes_of({content_type(), message_digest()}));
    CHECK(without->own == OwnAttributes{});
}

TEST_CASE("the types of the attributes of our own are those of the documented arc")
{
    const auto type_in = [](const Bytes& der) {
        const unsigned char* position = der.data();
        X509_ATTRIBUTE* attribute = d2i_X509_ATTRIBUTE(nullptr, &position, static_cast<long>(der.size()));
        REQUIRE(attribute != nullptr);
        std::array<char, 80> text{};
        OBJ_obj2txt(text.data(), text.size(), X509_ATTRIBUTE_get0_object(attribute), 1);
        X509_ATTRIBUTE_free(attribute);
        return std::string(text.data());
    };
    CHECK(type_in(encode_attribute(ShownSummary{.version = 1, .hash = Bytes(32)})) == kShownSummaryType);
    CHECK(type_in(encode_journal_head(Bytes(32))) == kJournalHeadType);
    const Bytes other = hex("060b2a864886f70d010910022f");
    CHECK(own_attribute(base::BytesView(other).subspan(2)) == OwnAttribute::none);
}

TEST_CASE(
    "P18: attributes of our own with another kind of value are refused, and later versions are read as far as known")
{
    const Bytes good = encode_attribute(ShownSummary{.version = 1, .hash = Bytes(32)});
    const Bytes type(good.begin() + 2, good.begin() + 24); // the OBJECT IDENTIFIER, behind the SEQUENCE's head
    const auto read = [&](const Bytes& value) {
        return read_signed_attributes(attributes_of({content_type(), message_digest(), attribute(type, value)}));
    };
    for (const char* wrong : {"0500", "04020102", "3000", "3003020100", "30030201ff", "300304010a"})
        CHECK(read(hex(wrong)).error().code == base::ErrorCode::bad_message);
    for (const char* later : {"3003020102", "30050201020500", "30080201020401aa0500"})
        CHECK(read(hex(later))->own.shown_summary == ShownSummary{.version = 2, .hash = {}});
    Bytes head = type;
    head.back() = 2;
    CHECK_FALSE(
        read_signed_attributes(attributes_of({content_type(), message_digest(), attribute(head, hex("0500"))})));
}
