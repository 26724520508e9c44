# sceau_library(NAME SOURCES ... HEADERS ... LINK ...): a folder's code as a static library sceau::NAME. Its headers
# are compiled each by itself when CMAKE_VERIFY_INTERFACE_HEADER_SETS is on (target all_verify_interface_header_sets).
function(sceau_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;HEADERS;LINK" ${ARGN})
  add_library(sceau_${name} STATIC ${ARG_SOURCES})
  add_library(sceau::${name} ALIAS sceau_${name})
  target_sources(sceau_${name} PUBLIC FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}" FILES ${ARG_HEADERS})
  target_link_libraries(sceau_${name} PUBLIC project_options ${ARG_LINK})
endfunction()

# sceau_program(NAME [LIBEXEC] SOURCES ... LINK ...): a program in bin/, or in libexec/ when only our own programs start it.
function(sceau_program name)
  cmake_parse_arguments(ARG "LIBEXEC" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE project_options ${ARG_LINK})
  if(ARG_LIBEXEC)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${SCEAU_LIBEXEC_DIRECTORY}")
    install(TARGETS ${name} RUNTIME DESTINATION "${CMAKE_INSTALL_LIBEXECDIR}/sceau")
  else()
    install(TARGETS ${name} RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
  endif()
endfunction()
