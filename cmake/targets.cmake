# sceau_library(NAME SOURCES ... HEADERS ... LINK ...) makes a folder's code the static library sceau::NAME. Each of its
# headers is compiled on its own when CMAKE_VERIFY_INTERFACE_HEADER_SETS is on (target
# all_verify_interface_header_sets).
function(sceau_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;HEADERS;LINK" ${ARGN})
  add_library(sceau_${name} STATIC ${ARG_SOURCES})
  add_library(sceau::${name} ALIAS sceau_${name})
  target_sources(sceau_${name} PUBLIC FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}" FILES ${ARG_HEADERS})
  target_link_libraries(sceau_${name} PUBLIC project_options ${ARG_LINK})
endfunction()

# sceau_program(NAME [LIBEXEC] [CLOSED] SOURCES ... LINK ...) makes a program in bin/, or in libexec/ if only Sceau's
# own programs start it. CLOSED is for programs through which a PIN or the use of a key passes: nobody but the owner may
# read the file. The kernel then keeps the user's other programs from tracing the program or reading its memory, from
# its first instruction on.
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
