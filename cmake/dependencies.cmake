# Everything comes from Debian 12. scripts/install-dependencies names the packages; docs/architecture.md says what each
# is for.
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(fmt 9 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(GMIME REQUIRED IMPORTED_TARGET gmime-3.0)
pkg_check_modules(LIBSECCOMP REQUIRED IMPORTED_TARGET libseccomp)
pkg_check_modules(LIBXML2 REQUIRED IMPORTED_TARGET libxml-2.0)
pkg_check_modules(LIBIDN2 REQUIRED IMPORTED_TARGET libidn2)
pkg_check_modules(P11KIT REQUIRED IMPORTED_TARGET p11-kit-1)
# Only the standard's declarations: the module for mail programs links nothing of p11-kit.
add_library(p11kit_headers INTERFACE)
target_include_directories(p11kit_headers SYSTEM INTERFACE ${P11KIT_INCLUDE_DIRS})
add_library(sceau::p11kit_headers ALIAS p11kit_headers)
pkg_check_modules(PCSC REQUIRED IMPORTED_TARGET libpcsclite)
pkg_check_modules(LIBCURL REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(LIBSYSTEMD REQUIRED IMPORTED_TARGET libsystemd)

find_program(MSGFMT_PROGRAM msgfmt REQUIRED) # from Debian's package gettext

# Header-only libraries. Their includes are marked as system headers, so that their warnings are not reported.
find_path(ASIO_INCLUDE_DIR asio.hpp REQUIRED)
add_library(asio INTERFACE)
target_include_directories(asio SYSTEM INTERFACE "${ASIO_INCLUDE_DIR}")
target_compile_definitions(asio INTERFACE ASIO_STANDALONE ASIO_NO_DEPRECATED)
target_link_libraries(asio INTERFACE Threads::Threads)
add_library(sceau::asio ALIAS asio)

find_package(CLI11 2.1 REQUIRED)
pkg_check_modules(TOMLPLUSPLUS REQUIRED IMPORTED_TARGET tomlplusplus)
find_library(UNISTRING_LIBRARY unistring REQUIRED) # has no .pc file
