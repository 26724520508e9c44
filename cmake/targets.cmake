# sceau_library(NAME SOURCES ... HEADERS ... LINK ...): a folder's code as a static library sceau::NAME. Its headers
# are compiled each by itself when CMAKE_VERIFY_INTERFACE_HEADER_SETS is on (target all_verify_interface_header_sets).
function(sceau_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;HEADERS;LINK" ${ARGN})
  add_library(sceau_${name} STATIC ${ARG_SOURCES})
  add_library(sceau::${name} ALIAS sceau_${name})
  target_sources(sceau_${name} PUBLIC FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}" FILES ${ARG_HEADERS})
  target_link_libraries(sceau_${name} PUBLIC project_options ${ARG_LINK})
endfunction()

# sceau_program(NAME [LIBEXEC] [CLOSED] SOURCES ... LINK ...): a program in bin/, or in libexec/ when only our own
# programs start it. CLOSED: a PIN or a key's use passes through it, so nobody but its owner may read the file. The kernel
# then lets no other program of a user's trace it or read its memory, from its first instruction on.
function(sceau_program name)
  cmake_parse_arguments(ARG "LIBEXEC;CLOSED" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE project_options ${ARG_LINK})
  set(destination "${CMAKE_INSTALL_BINDIR}")
  if(ARG_LIBEXEC)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${SCEAU_LIBEXEC_DIRECTORY}")
    set(destination "${CMAKE_INSTALL_LIBEXECDIR}/sceau")
  endif()
  set(permissions OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_EXECUTE WORLD_EXECUTE)
  if(ARG_CLOSED)
    add_custom_command(TARGET ${name} POST_BUILD COMMAND chmod 0711 "$<TARGET_FILE:${name}>" VERBATIM)
  else()
    list(APPEND permissions GROUP_READ WORLD_READ)
  endif()
  install(TARGETS ${name} RUNTIME DESTINATION "${destination}" PERMISSIONS ${permissions})
endfunction()
