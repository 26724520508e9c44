# cmake -D OUTPUT=catalogues.cpp -D "COMPILED=…/fr.mo;…" -P write_catalogues.cmake writes the catalogues() of
# base/catalogue.h. A language's plural rule is an expression in C syntax, so the compiler parses it.
set(arrays "")
set(catalogues "")
set(count 0)
foreach(file IN LISTS COMPILED)
  get_filename_component(language "${file}" NAME_WE)
  string(MAKE_C_IDENTIFIER "kCompiled_${language}" array)
  file(STRINGS "${file}" header REGEX "^Plural-Forms: *nplurals *= *[0-9]+; *plural *= *[^;]+;")
  if(NOT header MATCHES "plural *= *([-+*/%n0-9<>=!&|?:() ]+)")
    message(FATAL_ERROR "${language}.po has no Plural-Forms that can be used: ${header}")
  endif()
  set(rule "${CMAKE_MATCH_1}")
  file(READ "${file}" bytes HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  string(APPEND arrays "constexpr unsigned char ${array}[] = {${bytes}};\n")
  string(APPEND catalogues "    Catalogue(\"${language}\", ${array},
              []([[maybe_unused]] unsigned long n) { return static_cast<unsigned long>(${rule}); }),\n")
  math(EXPR count "${count} + 1")
endforeach()
file(WRITE "${OUTPUT}" "// Written by cmake/write_catalogues.cmake from po/.
#include \"base/catalogue.h\"

#include <array>

namespace sceau::base {

namespace {

${arrays}
constexpr std::array<Catalogue, ${count}> kCatalogues = {
${catalogues}};

} // namespace

std::span<const Catalogue> catalogues()
{
    return kCatalogues;
}

} // namespace sceau::base
")
