# sceau_catalogues(LIBRARY) adds the translations that po/LINGUAS names to the library. msgfmt checks and compiles them,
# and write_catalogues.cmake turns its output into C++.
function(sceau_catalogues library)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/po/LINGUAS")
  file(STRINGS "${PROJECT_SOURCE_DIR}/po/LINGUAS" languages REGEX "^[a-z]")
  foreach(language IN LISTS languages)
    set(compiled "${CMAKE_CURRENT_BINARY_DIR}/${language}.mo")
    add_custom_command(OUTPUT "${compiled}" VERBATIM
      COMMAND "${MSGFMT_PROGRAM}" --check --no-hash --endianness=little -o "${compiled}"
              "${PROJECT_SOURCE_DIR}/po/${language}.po"
      DEPENDS "${PROJECT_SOURCE_DIR}/po/${language}.po")
    list(APPEND all_compiled "${compiled}")
  endforeach()
  set(source "${CMAKE_CURRENT_BINARY_DIR}/catalogues.cpp")
  set(script "${PROJECT_SOURCE_DIR}/cmake/write_catalogues.cmake")
  add_custom_command(OUTPUT "${source}" VERBATIM
    COMMAND "${CMAKE_COMMAND}" -D "OUTPUT=${source}" -D "COMPILED=${all_compiled}" -P "${script}"
    DEPENDS ${all_compiled} "${script}")
  target_sources(${library} PRIVATE "${source}")
  # Plural rules are written with only as many parentheses as C needs.
  set_source_files_properties("${source}" PROPERTIES COMPILE_OPTIONS -Wno-parentheses)
endfunction()
