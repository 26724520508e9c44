option(SCEAU_BUILD_TESTS "Build the tests" ON)
set(SCEAU_SANITIZE "" CACHE STRING "Sanitizers to build with, as -fsanitize= takes them: address,undefined or thread")
option(SCEAU_FUZZ "Build the fuzzers for libFuzzer (needs clang)" OFF)

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

# A build tree has the layout of an installation, so that programs find their siblings in both in the same way.
set(SCEAU_LIBEXEC_DIRECTORY "${CMAKE_BINARY_DIR}/libexec")
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib")

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_C_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
endif()

add_library(project_options INTERFACE)
add_library(sceau::project_options ALIAS project_options)
target_include_directories(project_options INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(project_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast
  -Woverloaded-virtual -Wnull-dereference -Wdouble-promotion -Wformat=2 -Wimplicit-fallthrough
  -fstack-protector-strong -fstack-clash-protection)
target_compile_options(project_options INTERFACE
  "$<$<COMPILE_LANGUAGE:C>:-Wno-old-style-cast;-Wno-non-virtual-dtor;-Wno-overloaded-virtual>")
target_link_options(project_options INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # Without these, Debian's Asio 1.22 looks for the coroutines of clang's old experimental header.
  target_compile_definitions(project_options INTERFACE ASIO_HAS_CO_AWAIT=1 ASIO_HAS_STD_COROUTINE=1)
else()
  # g++ 12 wrongly reports null dereferences and uninitialized values inside std::expected, and mismatched deletes of
  # coroutine frames for Asio's own pair of new and delete.
  target_compile_options(project_options INTERFACE
    -Wno-null-dereference -Wno-maybe-uninitialized -Wno-mismatched-new-delete)
endif()
if(SCEAU_SANITIZE)
  target_compile_options(project_options INTERFACE -fsanitize=${SCEAU_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(project_options INTERFACE -fsanitize=${SCEAU_SANITIZE})
  target_compile_definitions(project_options INTERFACE SCEAU_SANITIZED)
else()
  target_compile_definitions(project_options INTERFACE "$<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2>")
endif()
if(SCEAU_FUZZ)
  target_compile_options(project_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

include(CheckPIESupported)
check_pie_supported()
